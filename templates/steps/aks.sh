az aks get-credentials --resource-group <%= group %> --name <%= cluster %> --context aks --file "$KUBECONFIG"
chmod 600 "$KUBECONFIG"
kubectl config set-credentials pipewright --exec-api-version=client.authentication.k8s.io/v1 \
  --exec-interactive-mode=Never --exec-command=bash --exec-arg="$GITHUB_WORKSPACE/"<%= credential %>
kubectl config set-context aks --user=pipewright
