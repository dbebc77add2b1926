#!/usr/bin/env bash
# Checks that generated pages are up to date.
set -euo pipefail
npm run --silent docs
if git diff --exit-code --stat -- docs README.md src helm; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; exit 1; fi
