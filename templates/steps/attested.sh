digest=${GIVEN##*@}
repository=<%= repository %>
workflow=<%= workflow %>
branch=<%= branch %>
if ! [[ $digest =~ ^sha256:[0-9a-f]{64}$ && ${GIVEN%"$digest"} =~ ^("$repository@")?$ ]]; then
  echo "::error::The digest must be sha256:..., of $repository"
  exit 1
fi
if ! commit=$(gh attestation verify "oci://$repository@$digest" --repo "$GITHUB_REPOSITORY" \
  --signer-workflow "$GITHUB_REPOSITORY/$workflow" --source-ref "refs/heads/$branch" --format json \
  --jq '.[0].verificationResult.signature.certificate.sourceRepositoryDigest // ""'); then
  echo "::error::$digest was not built by $workflow on $branch"
  exit 1
fi
echo "$repository@$digest was built from commit $commit"
echo "digest=$digest" >> "$GITHUB_OUTPUT"
echo "commit=$commit" >> "$GITHUB_OUTPUT"
