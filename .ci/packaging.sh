#!/usr/bin/env bash
# Checks the files that other programs read: workflows, Compose files, Prometheus' configuration, systemd unit, formula, shell scripts.
# Installs what it needs. Prints each check and ends with 'N passed, N failed'.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH DEBIAN_FRONTEND=noninteractive GOFLAGS="-buildvcs=false -p=2" CGO_ENABLED=0
cache=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}; bin=$cache/bin; mkdir -p "$bin"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
passed=0; failed=0
check() {
  local name=$1; shift
  if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok   $name"
  else failed=$((failed + 1)); echo "FAIL $name"; tail -n 40 "$work/out" | cut -c1-300 | sed 's/^/       /'; fi
}
# go_tool NAME PACKAGE@VERSION: builds a command under a name of its own.
go_tool() { [ -x "$bin/$1" ] || { GOBIN=$work/go-$1 nice go install "$2" && mv "$work/go-$1"/* "$bin/$1"; }; }
debian() {
  local tool
  for tool in prometheus shellcheck ruby lintian man systemd-analyze; do command -v "$tool" >/dev/null || break; done
  command -v "$tool" >/dev/null && return
  apt-get update -qq && apt-get install -y -qq --no-install-recommends prometheus shellcheck ruby lintian man-db systemd
}
python() { [ -x "$cache/workflows/bin/zizmor" ] || { python3 -m venv "$cache/workflows" && "$cache/workflows/bin/pip" install -q zizmor==1.30.0; }; }
check "install actionlint" go_tool actionlint github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
check "install compose-go" go_tool compose-go github.com/compose-spec/compose-go/v2/cmd@v2.16.2
check "install zizmor" python
check "install promtool, shellcheck, ruby, lintian, systemd-analyze" debian

check "workflows: actionlint, with shellcheck" "$bin/actionlint"
check "workflows: zizmor" "$cache/workflows/bin/zizmor" --offline --quiet --min-severity=medium .github
check "shell scripts: shellcheck" shellcheck --severity=warning --exclude=SC2164 .ci/run .ci/*.sh packaging/deb/{build.sh,postinst,prerm,postrm} test/install/*.sh test/deploy/compose/run.sh

check "Compose files" sh -c "cd deploy && '$bin/compose-go' -format json compose.yaml >'$work/compose.json'"
check "the model has all services" node -e "
  const { services } = JSON.parse(require('fs').readFileSync('$work/compose.json'));
  require('assert').deepEqual(Object.keys(services).sort(), ['airflow', 'demo', 'grafana', 'pitot', 'prometheus']);"
mkdir "$work/prometheus" && cp deploy/compose/prometheus.yaml "$work/prometheus/" && cp -rL helm/files/rules "$work/prometheus/rules"
check "Prometheus' configuration, with the rules" promtool check config "$work/prometheus/prometheus.yaml"
check "Dag" env PYTHONPYCACHEPREFIX="$work" python3 -m py_compile deploy/compose/dags/every_minute.py

check "formula" ruby -c packaging/homebrew/pitot.rb
check "man page" sh -c "man --warnings -l packaging/deb/pitot.1 2>&1 >/dev/null | grep . && exit 1 || exit 0"
mkdir -p "$work/pitot" && printf '#!/bin/sh\n' >"$work/pitot/pitot" && chmod +x "$work/pitot/pitot"
sed "s|/usr/bin/pitot|$work/pitot/pitot|; s/^User=.*/User=nobody/; s/^Group=.*/Group=nogroup/" packaging/deb/pitot.service >"$work/pitot.service"
check "systemd unit" systemd-analyze verify "$work/pitot.service"
# Exposure times ten: 0 is none, 100 is a service without any restriction.
check "its exposure is at most 2.0" systemd-analyze security --offline=true --threshold=20 packaging/deb/pitot.service
cp LICENSE "$work/pitot/" && echo notices >"$work/pitot/THIRD-PARTY-NOTICES.txt"
check "Debian package" bash packaging/deb/build.sh "$work/pitot" amd64 "$work"
check "the Debian package is as Debian wants it" lintian --allow-root --fail-on error --suppress-tags unstripped-binary-or-object,embedded-library,no-copyright-file "$work"/pitot_*_amd64.deb
check "a second build has the same bytes" sh -c "bash packaging/deb/build.sh '$work/pitot' amd64 '$work/again' && cmp '$work'/pitot_*.deb '$work'/again/pitot_*.deb"
# A clone with one more entry: after a release, the changelog has none that is unreleased.
git clone -q . "$work/clone" && sed -i '0,/^## /s//## Unreleased\n- [FEATURE] an entry.\n\n&/' "$work/clone/CHANGELOG.md"
release() { (cd "$work/clone" && npm run --silent release -- 9.8.7 "$@"); }
lines() { for line in 'ARG VERSION=9.8.7' 'appVersion: 9.8.7' '"version": "9.8.7"' '## 9.8.7 ('; do grep -qF -- "$line" "$@" || { echo "no $line"; return 1; }; done; }
changed() { git -C "$work/clone" status --porcelain; }
dry_run() { release --dry-run >"$work/dry" && lines "$work/dry" && [ "$(changed)" = ' M CHANGELOG.md' ]; }
wet_run() { release && (cd "$work/clone" && lines package.json package-lock.json CHANGELOG.md Dockerfile helm/Chart.yaml && npm ls --package-lock-only); }
check "npm run release -- --dry-run shows every version and writes nothing" dry_run
check "npm run release writes every version, and the lock file agrees" wet_run

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
