# A string of curl's configuration, with all special characters escaped.
quoted() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//$'\n'/\\n}"
}
curl --silent --show-error --fail --retry 5 --retry-all-errors --max-time 10 --config - <<CONFIG
request = "PUT"
url = $(quoted "$AWS_ENDPOINT/$BUCKET")
aws-sigv4 = $(quoted "aws:amz:$AWS_REGION:s3")
user = $(quoted "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY")
CONFIG
