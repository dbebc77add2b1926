#!/usr/bin/env bash
# Opens every view of the console in Debian's chromium. Screenshots go to PITOT_SCREENSHOTS.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
[ -x "${PITOT_CHROMIUM:-/usr/bin/chromium}" ] || { apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium; }
vitest run --project console --maxWorkers=1
