#!/usr/bin/env bash
# Pushes data and recordings of Airflow to the newest Prometheus, VictoriaMetrics, and Thanos receive with a hashring of two, and reads
# them back; then runs the topologies of docs/scale.md (test:engines). Builds the engines from their Go modules into a cache, which takes up to half an hour; the tests take ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
prometheus=v0.316.0 victoriametrics=v1.151.0 thanos=v0.42.4
tools=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}
work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOWORK=off CGO_ENABLED=0

# module PATH VERSION: copies a Go module to a folder that can be written, and prints the folder.
module() {
  local dir; dir=$(go mod download -json "$1@$2" | python3 -c 'import json,sys; print(json.load(sys.stdin)["Dir"])')
  cp -r "$dir" "$work/module-$2" && chmod -R u+w "$work/module-$2"; echo "$work/module-$2"
}
if ! [ -x "$tools/prometheus-$prometheus/prometheus" ]; then
  (cd "$(module github.com/prometheus/prometheus $prometheus)" && go build -tags=remove_all_sd -o "$tools/prometheus-$prometheus/" ./cmd/prometheus)
fi
if ! [ -x "$tools/victoria-metrics-$victoriametrics" ]; then
  (cd "$(module github.com/VictoriaMetrics/VictoriaMetrics $victoriametrics)" && go build -mod=mod -o "$tools/victoria-metrics-$victoriametrics" ./app/victoria-metrics)
fi
# Without the tag, Thanos ends with a panic.
if ! [ -x "$tools/thanos-$thanos" ]; then
  (cd "$(module github.com/thanos-io/thanos $thanos)" && go build -mod=mod -tags slicelabels -o "$tools/thanos-$thanos" ./cmd/thanos)
fi
export PROMETHEUS=$tools/prometheus-$prometheus/prometheus
export VICTORIA_METRICS=$tools/victoria-metrics-$victoriametrics THANOS=$tools/thanos-$thanos
vitest run --project receivers "$@"
npm run --silent test:engines
