#!/usr/bin/env bash
# Real OpenTelemetry SDKs, old and new, that fork, retry, and restart: totals are exact with a store, and never too high without one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
clients=("js=node_modules/.bin/node .ci/sdk-totals/client.mjs")
for version in 1.27.0 1.35.0 newest; do
  pin=$([ "$version" = newest ] || echo "==$version")
  "$work/venv/bin/pip" install --quiet --no-compile --target "$work/$version" \
    "opentelemetry-sdk$pin" "opentelemetry-exporter-otlp-proto-http$pin"
  clients+=("python-$version=env PYTHONPATH=$work/$version $work/venv/bin/python .ci/sdk-totals/client.py")
done
python3 .ci/sdk-totals/run.py "${clients[@]}"
