#!/usr/bin/env bash
# Follows docs/guide.md, docs/migration.md, and docs/troubleshooting.md line by line, with Helm and kubectl against a small cluster
# (test/helm/cluster). Installs the tools. Needs root. Prints each step and ends with 'N passed, N failed'.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH DEBIAN_FRONTEND=noninteractive GOFLAGS="-buildvcs=false -p=2" CGO_ENABLED=0
helm=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/bin/helm4
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
quiet() { "$@" >"$work/install" 2>&1 || { tail -n 20 "$work/install"; return 1; }; }
# As .ci/kubernetes.sh does.
[ -x "$helm" ] || { mkdir -p "${helm%/*}" && quiet env GOBIN="$work" nice go install helm.sh/helm/v4/cmd/helm@v4.3.1 && mv "$work/helm" "$helm"; }
missing=0; for tool in kubectl ip curl nsenter; do command -v "$tool" >/dev/null || missing=1; done
[ "$missing" = 0 ] || { quiet apt-get update -qq && quiet apt-get install -y -qq --no-install-recommends kubernetes-client iproute2 curl util-linux; }
# Namespaces of its own: the ports of the pages are free, and /etc/hosts is the cluster's DNS.
TMPDIR=$work unshare --net --mount node test/helm/cluster/follow-docs.ts "$helm" "$(command -v kubectl)"
