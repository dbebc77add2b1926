#!/usr/bin/env bash
# Attacks and fuzzes pitot for hours: every kind of request with every transport on every target, from 25 clients, then random requests in
# every encoding. Hours of fuzzing: FUZZ_HOURS (4 by default). Exits with status 1 if something failed.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
npm run --silent bundle || exit 1
PITOT_ATTACK=full npx vitest run --project attack || status=1
FUZZ_SECONDS=$((${FUZZ_HOURS:-4} * 3600)) npx vitest run --project fuzz-process || status=1
exit $status
