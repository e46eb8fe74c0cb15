#!/usr/bin/env bash
# Prints a short-lived credential for a cluster on Google Cloud, in the form that kubectl asks plug-ins for.
# https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
set -euo pipefail

token=$(gcloud auth print-access-token)
printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}\n' "$token"
