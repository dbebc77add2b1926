#!/usr/bin/env bash
# A real OpenTelemetry SDK for Python exports to a running pitot over http/protobuf and gRPC, plain and compressed.
set -euo pipefail
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet opentelemetry-sdk opentelemetry-exporter-otlp-proto-http opentelemetry-exporter-otlp-proto-grpc
"$venv/bin/python" .ci/python-sdk.py
