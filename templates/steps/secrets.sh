status=0
for variable in "${!PIPEWRIGHT_SECRET_@}"; do
  if [ -n "${!variable}" ]; then continue; fi
  message="${variable#PIPEWRIGHT_SECRET_} is not set for the environment $ENVIRONMENT"
  if [ "$FORK" = true ]; then
    message+=" here: GitHub passes no secrets to pull requests from forks"
  fi
  echo "::error title=Missing secret::$message"
  status=1
done
exit "$status"
