#!/usr/bin/env bash
# Replays recordings of Airflow into Debian's Prometheus and the newest one, and compares panels and alerts with what is expected.
# Builds the newest Prometheus and its rule engine from its Go module into a cache. `--draw FOLDER` also draws the dashboards.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
version=v0.316.0
cache=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/prometheus-$version
if ! [ -x "$cache/prometheus" ] || ! [ -x "$cache/evaluate-rules" ]; then
  work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
  module=$(go mod download -json "github.com/prometheus/prometheus@$version" | python3 -c 'import json,sys; print(json.load(sys.stdin)["Dir"])')
  cp -r "$module" "$work/prometheus" && chmod -R u+w "$work/prometheus"
  mkdir -p "$cache" "$work/prometheus/cmd/evaluate-rules"
  cp test/monitoring/replay/evaluate-rules.go "$work/prometheus/cmd/evaluate-rules/main.go"
  # Without service discovery, which is most of the code. Both programs share most of the rest.
  (cd "$work/prometheus" && GOWORK=off GOFLAGS=-tags=remove_all_sd CGO_ENABLED=0 nice go build -o "$cache/" ./cmd/prometheus ./cmd/evaluate-rules)
fi
command -v prometheus >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends prometheus; }
if [ "${1:-}" = --draw ]; then node test/monitoring/draw.ts "$2"; fi
# Prometheus 3.16 is v0.316 of the Go module.
PITOT_PROMETHEUS=$cache PITOT_PROMETHEUS_VERSION=${version/v0.3/3.} vitest run --project monitoring --maxWorkers=2
