#!/usr/bin/env bash
# Runs Prometheus's compliance suite for senders of Remote Write with pitot as the sender. The suite offers a target to scrape, so a bridge
# scrapes it and sends OTLP to pitot: the Collector's prometheus receiver and otlp_http exporter. Both are built from Go modules into a cache.
# `SENDER=COMMAND` tests another program. Needs Go 1.26 and, the first time, network and about ten minutes of two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v0.0.0-20260223092825-818283e1171e
cache=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/remote-write-compliance-$version
export CGO_ENABLED=0
mkdir -p "$cache"
work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
if ! [ -x "$cache/bridge" ]; then
  cp -r test/compliance/bridge "$work/bridge"
  # Without service discovery, which is most of the code.
  (cd "$work/bridge" && GOWORK=off nice go build -mod=mod -tags=remove_all_sd -ldflags='-s -w' -o "$cache/bridge" .)
fi
if ! [ "$cache/sender.test" -nt test/compliance/otlp_test.go ]; then
  module=$(go mod download -json "github.com/prometheus/compliance/remotewrite@$version" | python3 -c 'import json,sys; print(json.load(sys.stdin)["Dir"])')
  cp -r "$module" "$work/suite" && chmod -R u+w "$work/suite"
  cp test/compliance/otlp_test.go "$work/suite/sender/"
  (cd "$work/suite/sender" && GOWORK=off nice go test -c -o "$cache/sender.test" .)
fi
node=$PWD/node_modules/.bin/node
export BRIDGE=$cache/bridge SENDER=${SENDER:-$node $PWD/src/main.ts} NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$work/compile-cache}
# The suite measures time from the start of the sender. The first start of a checkout compiles it.
sh -c "$SENDER --version"
cd "$work" && "$cache/sender.test" -test.run TestOTLP -test.v -test.timeout 10m "$@"
