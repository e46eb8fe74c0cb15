#!/usr/bin/env bash
# Prints a short-lived credential for a cluster on Google Cloud, in the form that kubectl asks plug-ins for.
# https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
set -euo pipefail

TOKEN=$(gcloud auth print-access-token)
export TOKEN
jq --null-input '{apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: {token: env.TOKEN}}'
