curl --silent --show-error --fail --retry 5 --retry-all-errors --max-time 10 --config - <<CONFIG
request = "PUT"
url = "$AWS_ENDPOINT/$BUCKET"
aws-sigv4 = "aws:amz:$AWS_REGION:s3"
user = "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"
CONFIG
