version=$(<%= start %> playwright --version)
echo "version=${version##* }" >> "$GITHUB_OUTPUT"
