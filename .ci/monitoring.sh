#!/usr/bin/env bash
# Replays recordings of Airflow into Debian's Prometheus and the newest one, and compares panels and alerts with what is expected.
# Builds the newest Prometheus from its Go module into a cache. `--draw FOLDER` also draws the dashboards.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
version=v0.316.0
cache=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/prometheus-$version
if ! [ -x "$cache/prometheus" ] || ! [ -x "$cache/promtool" ]; then
  mkdir -p "$cache"
  # Without service discovery, which is most of the code.
  GOFLAGS="-tags=remove_all_sd -p=2" CGO_ENABLED=0 GOBIN=$cache nice \
    go install github.com/prometheus/prometheus/cmd/{prometheus,promtool}@$version
fi
command -v prometheus >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends prometheus; }
if [ "${1:-}" = --draw ]; then node test/monitoring/draw.ts "$2"; fi
# Prometheus 3.16 is v0.316 of the Go module.
PITOT_PROMETHEUS=$cache PITOT_PROMETHEUS_VERSION=${version/v0.3/3.} vitest run --project monitoring --maxWorkers=2
