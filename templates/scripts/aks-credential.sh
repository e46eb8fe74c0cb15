#!/usr/bin/env bash
# Prints a short-lived credential for a cluster on Azure, in the form that kubectl asks plug-ins for.
# https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
set -euo pipefail

# The server application of AKS, the same for every cluster.
resource=6dae42f8-4368-4678-94ff-3960e28e3630
TOKEN=$(az account get-access-token --resource "$resource" --query accessToken --output tsv)
export TOKEN
jq --null-input '{apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: {token: env.TOKEN}}'
