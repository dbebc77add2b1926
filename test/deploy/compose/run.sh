#!/usr/bin/env bash
# Runs deploy/compose.yaml with podman-compose: pitot's image, Debian's Prometheus, and, in the place of Grafana, a program that waits.
#   test/deploy/compose/run.sh IMAGE BASE_IMAGE
# Prints each check and 'N passed, N failed'.
set -uo pipefail
image=$1 base=$2
cd "$(dirname "$0")/../../.."
podman_compose=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/compose/bin/podman-compose
if [ "${3:-}" != --inside ]; then
  [ -x "$podman_compose" ] || { python3 -m venv "${podman_compose%/bin/*}" && "${podman_compose%/*}/pip" install -q podman-compose==1.6.0; }
  # A network namespace, so that the ports are free.
  exec unshare --net bash "test/deploy/compose/${0##*/}" "$image" "$base" --inside
fi
work=$(mktemp -d)
passed=0; failed=0
check() { local name=$1; shift; if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok   $name"; else failed=$((failed + 1)); echo "FAIL $name"; tail -n 5 "$work/out" | cut -c1-300; fi; }
# until_true COMMAND...: tries for a minute.
until_true() { local end=$((SECONDS + 60)); until "$@"; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.5; done; }

ip link set lo up
cat >"$work/containers.conf" <<'C'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[network]
network_backend = "netavark"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
C
export CONTAINERS_CONF=$work/containers.conf
compose() { PITOT_IMAGE=$image "$podman_compose" -f deploy/compose.yaml "$@"; }
name_of() { sed -n "s|^    image: \(docker.io/$1:.*\)|\1|p" deploy/compose.yaml; }

# Images for the names in the file, made here: no image registry is needed.
prometheus=$(name_of prom/prometheus) grafana=$(name_of grafana/grafana)
mkdir "$work/empty"; cp -L "$(command -v prometheus)" "$work/prometheus"
printf 'FROM %s\nCOPY prometheus /bin/prometheus\nCOPY --chown=65534:65534 empty /prometheus\nUSER 65534\nENTRYPOINT ["/bin/prometheus"]\n' "$base" >"$work/Prometheus"
printf 'FROM %s\nUSER 472\nENTRYPOINT ["/nodejs/bin/node", "-e", "process.on(`SIGTERM`, () => process.exit()); setInterval(() => {}, 1e6)"]\n' "$base" >"$work/Grafana"
check "an image for $prometheus" buildah bud --isolation chroot --format docker -t "$prometheus" -f "$work/Prometheus" "$work"
check "an image for $grafana" buildah bud --isolation chroot --format docker -t "$grafana" -f "$work/Grafana" "$work"
trap 'compose down --volumes >/dev/null 2>&1; buildah rmi --force "$prometheus" "$grafana" >/dev/null 2>&1; rm -rf "$work"' EXIT

query() { curl -sSf http://localhost:9090/api/v1/query --data-urlencode "query=$1"; }
send() { for body in test/fixtures/recordings/airflow-3.3/*.bin; do curl -sSf -o /dev/null -H 'Content-Type: application/x-protobuf' --data-binary @"$body" http://localhost:4318/v1/metrics || return; done; }
total() { curl -sSf http://localhost:8889/metrics | grep -c '^airflow_ti_finish_total{.*state="success".*task_id="tick".*} 12$'; }
both_up() { query 'count(up{job=~"airflow-otlp|pitot"} == 1)' | grep '"2"\]'; }
twelve() { query 'airflow_ti_finish_total{task_id="tick",state="success",job="airflow"}' | grep '"12"\]'; }
demo() { query 'count(airflow_ti_finish_total{dag_id!="every_minute"}) > 5' | grep '"value"'; }

check "compose up" compose up --detach --no-build
check "pitot is healthy" until_true curl -sSf http://localhost:13133
check "the console answers" curl -sSf http://localhost:8890
check "Prometheus scrapes pitot" until_true both_up
check "pitot accepts requests" send
check "the dashboard's query has the right total" until_true twelve
check "the demo sends, too" until_true demo
check "Prometheus has loaded every rule" sh -c "curl -sSf http://localhost:9090/api/v1/rules | python3 -c '
import json, sys
rules = [rule for group in json.load(sys.stdin)[\"data\"][\"groups\"] for rule in group[\"rules\"]]
assert len(rules) > 20 and not [rule for rule in rules if rule.get(\"lastError\")], rules'"
check "pitot starts again" compose restart pitot
check "with the same total, from the volume" until_true total
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
