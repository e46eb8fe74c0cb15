describe() {
  gcloud container clusters describe <%= cluster %> --location=<%= location %> --project=<%= project %> --format="value($1)"
}
touch "$KUBECONFIG"
chmod 600 "$KUBECONFIG"
kubectl config set-cluster gke --server="https://$(describe endpoint)"
kubectl config set clusters.gke.certificate-authority-data "$(describe masterAuth.clusterCaCertificate)"
kubectl config set-credentials gke --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=Never \
  --exec-command=bash --exec-arg="$GITHUB_WORKSPACE/"<%= credential %>
kubectl config set-context gke --cluster=gke --user=gke
kubectl config use-context gke
