IFS=, read -ra digests <<< "$SOURCES"
IFS=, read -ra names <<< "$TAGS"
docker buildx imagetools create "${names[@]/#/--tag=}" "${digests[@]}"
manifest=$(docker buildx imagetools inspect "${names[0]}" --format '{{json .Manifest}}')
digest=$(jq --raw-output --exit-status .digest <<< "$manifest")
echo "digest=$digest" >> "$GITHUB_OUTPUT"
