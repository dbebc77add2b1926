#!/usr/bin/env bash
# Records a live Airflow (LocalExecutor, SQLite) through `pitot record`, and compares pitot's totals with what the processes sent and with
# Airflow's database: scripts/airflow/live/record.sh FOLDER [MINUTES]. Meanwhile it kills pitot once, and starts it again after OUTAGE (2) seconds.
# The ports P to P+4 have to be free (PITOT_LIVE_PORT, 25900). Takes 8 minutes more than MINUTES (8) if Airflow is not installed yet.
set -euo pipefail
folder=$(realpath -m "${1:?usage: record.sh FOLDER [MINUTES]}"); minutes=${2:-8}
here=$(cd "$(dirname "$0")" && pwd); cd "$here/../../.."
export PATH=$PWD/node_modules/.bin:$PATH
venv=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/airflow-live; work=$(mktemp -d); port=${PITOT_LIVE_PORT:-25900}
if ! [ -x "$venv/bin/airflow" ]; then
  python3.12 -m venv "$venv"
  "$venv/bin/pip" install -q "apache-airflow[otel]==${AIRFLOW_VERSION:-3.3.2}" apache-airflow-providers-standard
fi
export PATH=$venv/bin:$PATH
mkdir "$folder" "$work/dags"; cp "$here/dags.py" "$work/dags/shapes.py"

http=$port page=$((port + 1)) front=$((port + 2)) api=$((port + 3)) own=$((port + 4))
cat >"$work/pitot.yaml" <<END
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:$http"}}}}
exporters: {prometheus: {endpoint: "127.0.0.1:$page", accumulation: {enabled: true, zero_first: false, storage: file_storage}}}
extensions: {file_storage: {directory: "$work/state", create_directory: true}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: $own}}}}]}}
  pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}
END
# shellcheck source=scripts/airflow/live/processes.sh
. "$here/processes.sh"
pitot() { start node src/main.ts --config="$work/pitot.yaml" >>"$work/pitot.log" 2>&1; pitot=$last; }

pitot; serves "$page/metrics"
start node src/main.ts record "$folder/requests" --listen "127.0.0.1:$front" --to "http://127.0.0.1:$http" >"$work/record.log" 2>&1; recorder=$last

export AIRFLOW_HOME=$work/airflow AIRFLOW__CORE__DAGS_FOLDER=$work/dags AIRFLOW__CORE__LOAD_EXAMPLES=False
export AIRFLOW__CORE__EXECUTOR=LocalExecutor AIRFLOW__CORE__PARALLELISM=6 AIRFLOW__LOGGING__LOGGING_LEVEL=WARNING PYTHONWARNINGS=ignore
export AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False AIRFLOW__API__PORT=$api AIRFLOW__API__WORKERS=1 AIRFLOW__API__HOST=127.0.0.1
export AIRFLOW__CORE__EXECUTION_API_SERVER_URL=http://127.0.0.1:$api/execution/ AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT=0 AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT=0
AIRFLOW__API_AUTH__JWT_SECRET=$(head -c 32 /dev/urandom | base64); export AIRFLOW__API_AUTH__JWT_SECRET
export AIRFLOW__METRICS__OTEL_ON=True
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$front OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_METRIC_EXPORT_INTERVAL=5000
airflow db migrate >"$work/migrate.log" 2>&1
start airflow api-server >"$work/api.log" 2>&1; serves "$api/api/v2/version"
start airflow dag-processor >"$work/dag-processor.log" 2>&1
start airflow triggerer >"$work/triggerer.log" 2>&1
start airflow scheduler >"$work/scheduler.log" 2>&1; event "Airflow $(airflow version 2>/dev/null | tail -n 1) started"

sleep $((minutes * 30)); event 'SIGKILL pitot'; kill -9 "$pitot"; ended "$pitot"; sleep "${OUTAGE:-2}"; pitot; serves "$page/metrics"; event 'pitot serves again'
sleep $((minutes * 30)); event 'Dags paused'
airflow dags pause --treat-dag-id-as-regex -y '.*' >"$work/pause.log" 2>&1
unfinished="SELECT count(*) FROM task_instance WHERE state IN ('running','queued','scheduled','deferred','up_for_retry','up_for_reschedule','restarting')"
database=$AIRFLOW_HOME/airflow.db
for _ in $(seq 60); do
  [ "$(python -c "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])" "$database" "$unfinished")" = 0 ] && break
  sleep 3
done
sleep 12; event 'all tasks ended'
curl -fsS "http://127.0.0.1:$page/metrics" -o "$work/page.live"
kill -INT "$recorder"; ended "$recorder"
cp "$folder/events.log" "$work/page.live" "$folder/requests/"
python "$here/truth.py" "$folder/requests" "$database"
failed=0
python "$here/compare.py" "$folder/requests" "$work/page.live" live || failed=1

# Once more into a new pitot, for which the recording is history.
kill "$pitot"; ended "$pitot"; rm -r "$work/state"
sed -i 's/enabled: true, /enabled: true, history_margin: 0s, /' "$work/pitot.yaml"; pitot; serves "$page/metrics"
node src/main.ts replay "$folder/requests" --to "http://127.0.0.1:$http" --speed=max || true
curl -fsS "http://127.0.0.1:$page/metrics" -o "$work/page.replayed"
python "$here/compare.py" "$folder/requests" "$work/page.replayed" replayed || failed=1
exit $failed
