aws eks update-kubeconfig --name <%= cluster %> --region <%= region %> --kubeconfig "$KUBECONFIG"
chmod 600 "$KUBECONFIG"
