#!/usr/bin/env bash
# Downloads Airflow's wheels and compares src/airflow/versions.ts and deploy/airflow/metrics.json with them.
# `--write` writes deploy/airflow/metrics.json. Prints 'N passed, N failed'.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH
cache=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/airflow
mkdir -p "$cache/wheels"
if ! [ -x "$cache/venv/bin/python" ]; then
  python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" install -q pyyaml==6.0.3 opentelemetry-exporter-otlp==1.40.0
fi
download() { "$cache/venv/bin/pip" download -q --no-deps --python-version 3.12 --only-binary=:all: --dest "$cache/wheels" "$1"; }
wanted=()
while read -r version release; do
  case $version in
    2.*) wanted+=("apache-airflow==$release") ;;
    # The Task SDK's 1.x belongs to Airflow's 3.x.
    *) wanted+=("apache-airflow-core==$release" "apache-airflow-task-sdk==1.${release#*.}") ;;
  esac
done < <(node -e 'import("#airflow/versions.ts").then(({ airflowVersions }) => airflowVersions.forEach((each) => console.log(each.version, each.release)))')
for package in "${wanted[@]}"; do
  name=${package%%==*}; file="$cache/wheels/${name//-/_}-${package##*==}-py3-none-any.whl"
  [ -f "$file" ] || download "$package"
done
# Only the releases of the table.
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
for package in "${wanted[@]}"; do name=${package%%==*}; ln -s "$cache/wheels/${name//-/_}-${package##*==}-py3-none-any.whl" "$folder/"; done
"$cache/venv/bin/python" -W ignore scripts/airflow/wheels.py "$folder" >"$folder/facts.json" 2>"$folder/log" || { cat "$folder/log"; exit 1; }
check=--check; [ "${1:-}" = --write ] && check=
# shellcheck disable=SC2086
if node scripts/airflow/write-metrics.ts $check "$folder/facts.json"; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; exit 1; fi
