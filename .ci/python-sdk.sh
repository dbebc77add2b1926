#!/usr/bin/env bash
# A real OpenTelemetry SDK for Python exports to a running pitot over http/protobuf, plain and with gzip, and over gRPC.
set -euo pipefail
venv=$(mktemp -d)
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet opentelemetry-sdk opentelemetry-exporter-otlp-proto-http opentelemetry-exporter-otlp-proto-grpc
"$venv/bin/python" .ci/python-sdk.py
