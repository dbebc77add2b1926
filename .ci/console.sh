#!/usr/bin/env bash
# Opens every view of the console in Debian's chromium, and follows "Getting started" with real SDKs and a real Prometheus, right and wrong.
# Screenshots go to PITOT_SCREENSHOTS. Needs root, because the newcomer's programs use the default ports,
# in namespaces of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
missing=(); for tool in chromium prometheus ip:iproute2 script:bsdutils unshare:util-linux; do command -v "${tool%:*}" >/dev/null || missing+=("${tool#*:}"); done
[ -z "${missing[*]}" ] || { apt-get update -qq; apt-get install -y -qq --no-install-recommends "${missing[@]}"; }
venv=$(mktemp -d); trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet opentelemetry-sdk opentelemetry-exporter-otlp-proto-http opentelemetry-exporter-otlp-proto-grpc statsd
export PITOT_PYTHON=$venv/bin/python PITOT_DEFAULT_PORTS=free
unshare --net --pid --fork --mount-proc --kill-child sh -c 'ip link set lo up && exec vitest run --project console --maxWorkers=1'
