variables=$(cargo llvm-cov show-env --sh)
eval "$variables"
mkdir -p "$PIPEWRIGHT_WORK/coverage"
cargo llvm-cov report --lcov --output-path "$PIPEWRIGHT_WORK/coverage/lcov.info"<% for package in packages %> --package <%= package %><% endfor %><% if build %> <%= build %><% endif %>

