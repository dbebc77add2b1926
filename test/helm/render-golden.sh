#!/usr/bin/env bash
# Renders the chart for golden.test.ts and the test of the image, which then need no Helm.
# usage: [PITOT_GOLDEN=folder] render-golden.sh HELM
set -euo pipefail
cd "$(dirname "$0")/../.."
render() { "$1" template otel-collector helm --namespace re --kube-version 1.33.0 --set image.override.repository=registry.example/pitot "${@:2}"; }
out=${PITOT_GOLDEN:-test/helm/golden}
render "$1" --values helm/ci/seed-values.yaml >"$out/pitot-seed.yaml"
render "$1" --values helm/ci/seed-values.yaml --values test/helm/values/upstream-ports.yaml >"$out/pitot-upstream-ports.yaml"
render "$1" --values helm/ci/airflow-values.yaml >"$out/pitot-airflow.yaml"
render "$1" >"$out/pitot-defaults.yaml"
render "$1" --values test/helm/values/sharded.yaml >"$out/pitot-sharded.yaml"
for pods in 1 3 4; do
  render "$1" --values test/helm/values/sharded.yaml --set "replicaCount=$pods" --show-only templates/configmap.yaml >"$out/pitot-sharded-$pods.yaml"
done
