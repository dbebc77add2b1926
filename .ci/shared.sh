#!/usr/bin/env bash
# Runs the checkers in a folder outside the checkout. usage: shared.sh FOLDER
set -uo pipefail
shared=$1; passed=0; failed=0
check() { if python3 "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
pitot=(npm run --silent pitot --)
check "$shared/conformance/check.py" "$shared/conformance/cases" -- "${pitot[@]}"
check "$shared/conformance/check-http.py" "$shared/conformance/http.json" -- "${pitot[@]}"
check "$shared/conformance/check-recording.py" "$shared"/recordings/* -- "${pitot[@]}"
check "$shared/conformance/check-recording.py" --accumulate "$shared"/recordings/* -- "${pitot[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
