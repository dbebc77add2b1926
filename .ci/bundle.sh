#!/usr/bin/env bash
# Tests the files of the image in an empty folder without node_modules: they start, work under both names, accept a metric, and expose it.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
passed=0; failed=0
check() { local name=$1; shift; if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok   $name"; else failed=$((failed + 1)); echo "FAIL $name"; tail -n 20 "$work/out"; fi; }

check "the bundle is built" node scripts/bundle.ts --out="$work/image" --code-cache
# Modes, names, and bytes of all files, in a form to compare.
contents() { (cd "$1" && find . -type f ! -name '*.cache' -exec stat -c '%a %n' {} + -exec sha256sum {} + | LC_ALL=C sort); }
elsewhere() { (umask 077 && TZ=Asia/Kolkata LC_ALL=tr_TR.UTF-8 node scripts/bundle.ts --out="$work/again") && diff <(contents "$work/image") <(contents "$work/again"); }
check "a second build has the same bytes and modes, with another umask, time zone, and language" elsewhere
check "the compiled code exists for the Node.js of the checkout" sh -c "ls '$work'/image/pitot.\$(node --version)-*.cache"
cd "$work/image" || exit 1
for command in otelcol-contrib pitot; do check "./$command --version" sh -c "./$command --version | grep '^$command version '"; done
check "the file of the built-in configuration is valid" ./otelcol-contrib validate --config=config.yaml
read -r http page < <(node -e '
  const { createServer } = require("node:net");
  const servers = [0, 0].map(() => createServer().listen(0, "127.0.0.1"));
  setTimeout(() => { console.log(...servers.map((server) => server.address().port)); servers.map((server) => server.close()); }, 100)')
cat >"$work/config.yaml" <<Y
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:$http"}}}}
exporters: {prometheus: {endpoint: "127.0.0.1:$page"}}
service: {telemetry: {metrics: {level: none}}, pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}}
Y
./otelcol-contrib --config="$work/config.yaml" >"$work/log" 2>&1 & pid=$!
check "a sent metric appears in /metrics" ./otlp-roundtrip "http://127.0.0.1:$http" "http://127.0.0.1:$page/metrics"
kill -TERM "$pid"; wait "$pid"; code=$?
check "SIGTERM stops the process with status 0" test "$code" -eq 0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
