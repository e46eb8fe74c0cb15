digest=${GIVEN##*@}
repository=<%= repository %>
if ! [[ $digest =~ ^sha256:[0-9a-f]{64}$ && ${GIVEN%"$digest"} =~ ^("$repository@")?$ ]]; then
  echo "::error::The digest must be sha256:..., of $repository"
  exit 1
fi
gh attestation verify "oci://$repository@$digest" --repo "$GITHUB_REPOSITORY"
echo "digest=$digest" >> "$GITHUB_OUTPUT"
