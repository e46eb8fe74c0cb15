if ! {
  sudo apt-get update &&
    sudo apt-get install --yes --no-install-recommends lcov &&
    genhtml --quiet --ignore-errors source --output-directory "$REPORT/html" "$REPORT/lcov.info"
}; then
  echo "::warning title=Coverage report::The report has no pages of HTML, since genhtml failed."
fi
