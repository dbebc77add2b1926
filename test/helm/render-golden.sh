#!/usr/bin/env bash
# Renders the chart for golden.test.ts, so that the test itself needs no Helm. usage: [PITOT_GOLDEN=folder] render-golden.sh HELM
set -euo pipefail
cd "$(dirname "$0")/../.."
render() { "$1" template otel-collector helm --namespace re --kube-version 1.33.0 --values helm/ci/seed-values.yaml "${@:2}"; }
out=${PITOT_GOLDEN:-test/helm/golden}
render "$1" >"$out/pitot-seed.yaml"
render "$1" --values test/helm/values/upstream-ports.yaml >"$out/pitot-upstream-ports.yaml"
