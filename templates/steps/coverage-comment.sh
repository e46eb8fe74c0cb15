shopt -s nullglob
files=("$FOLDER"/*.md)
if [ "${#files[@]}" -eq 0 ]; then
  echo "There is no coverage to write about."
  exit
fi
body=$RUNNER_TEMP/comment.md
{
  echo "$MARKER"
  for file in "${files[@]}"; do
    cat "$file"
    echo
  done
  echo "[Summary of the run]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID)"
} > "$body"
comments=repos/$GITHUB_REPOSITORY/issues
# An earlier comment of another user may quote the marker.
earlier='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARKER))) | .id'
if ! {
  id=$(gh api --paginate "$comments/$NUMBER/comments?per_page=100" --jq "$earlier" | sed -n 1p) &&
    if [ -n "$id" ]; then
      gh api --silent --method PATCH "$comments/comments/$id" --field "body=@$body"
    else
      gh api --silent --method POST "$comments/$NUMBER/comments" --field "body=@$body"
    fi
}; then
  echo "::warning title=Coverage comment::GitHub did not take the comment. The summary of the run has the coverage."
fi
