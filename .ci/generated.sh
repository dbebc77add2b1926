#!/usr/bin/env bash
# Generated pages are what their generators write.
set -euo pipefail
npm run --silent docs
if git diff --exit-code --stat -- docs README.md src helm; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; exit 1; fi
