#!/usr/bin/env bash
# Records a live Airflow 2 (LocalExecutor, PostgreSQL, several schedulers) through `pitot record`, and counts the finishes that arrive:
# scripts/airflow/live/airflow-2.sh FOLDER [MINUTES] [SCHEDULERS]. With FLUSH=1, Airflow has deploy/airflow/airflow_local_settings.py.
# After two thirds of the time, it pauses the Dags and kills the last scheduler, if there are several.
# The ports P to P+4 have to be free (PITOT_LIVE_PORT, 25900). Runs as root, because PostgreSQL runs as its own user.
set -euo pipefail
folder=$(realpath -m "${1:?usage: airflow-2.sh FOLDER [MINUTES] [SCHEDULERS]}"); minutes=${2:-9} schedulers=${3:-1}
here=$(cd "$(dirname "$0")" && pwd); cd "$here/../../.."
export PATH=$PWD/node_modules/.bin:$PATH
venv=${PITOT_TOOLS:-$HOME/.cache/pitot-tools}/airflow-2-live; work=$(mktemp -d); chmod 755 "$work"; port=${PITOT_LIVE_PORT:-25900}
if ! [ -x "$venv/bin/airflow" ]; then
  "${PYTHON:-python3.11}" -m venv "$venv"
  "$venv/bin/pip" install -q uv
  # The packages as they were when this version was new: later ones do not fit.
  "$venv/bin/uv" pip install -q --python "$venv/bin/python" "apache-airflow[otel]==2.11.2" psycopg2-binary --exclude-newer 2026-03-15
fi
postgres=$(dirname "$(command -v initdb || find /usr/lib/postgresql -name initdb | tail -n 1)")
export PATH=$venv/bin:$PATH
mkdir "$folder"
http=$port page=$((port + 1)) front=$((port + 2)) own=$((port + 3)) sql=$((port + 4))
cat >"$work/pitot.yaml" <<END
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:$http"}}}}
exporters: {prometheus: {endpoint: "127.0.0.1:$page", accumulation: {enabled: true, zero_first: false}}}
service:
  telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: $own}}}}]}}
  pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}
END
# shellcheck source=scripts/airflow/live/processes.sh
. "$here/processes.sh"

install -d -o postgres "$work/data"
runuser -u postgres -- "$postgres/initdb" -D "$work/data" -A trust >"$work/initdb.log"
start runuser -u postgres -- "$postgres/postgres" -D "$work/data" -p "$sql" -k "$work/data" >"$work/postgres.log" 2>&1
up psql -h 127.0.0.1 -p "$sql" -U postgres -c 'CREATE DATABASE airflow'
start node src/main.ts --config="$work/pitot.yaml" >"$work/pitot.log" 2>&1
serves "$page/metrics"
start node src/main.ts record "$folder/requests" --listen "127.0.0.1:$front" --to "http://127.0.0.1:$http" >"$work/record.log" 2>&1; recorder=$last

export AIRFLOW_HOME=$work/airflow AIRFLOW__CORE__DAGS_FOLDER=$work/dags AIRFLOW__CORE__LOAD_EXAMPLES=False PYTHONWARNINGS=ignore
export AIRFLOW__CORE__EXECUTOR=LocalExecutor AIRFLOW__CORE__PARALLELISM=6 AIRFLOW__LOGGING__LOGGING_LEVEL=WARNING
export AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=postgresql+psycopg2://postgres@127.0.0.1:$sql/airflow
export AIRFLOW__METRICS__OTEL_ON=True AIRFLOW__METRICS__OTEL_HOST=127.0.0.1 AIRFLOW__METRICS__OTEL_PORT=$front AIRFLOW__METRICS__OTEL_INTERVAL_MILLISECONDS=5000
export AIRFLOW__SCHEDULER__PARSING_PROCESSES=1 AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL=60
export AIRFLOW__SCHEDULER__LOCAL_TASK_JOB_HEARTBEAT_SEC=5 AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT=60 AIRFLOW__SCHEDULER__SCHEDULER_ZOMBIE_TASK_THRESHOLD=60
mkdir -p "$work/dags" "$AIRFLOW_HOME/config"; cp "$here/dags_2.py" "$work/dags/shapes.py"
if [ -n "${FLUSH:-}" ]; then cp deploy/airflow/airflow_local_settings.py "$AIRFLOW_HOME/config/"; fi
airflow db migrate >"$work/migrate.log" 2>&1
for number in $(seq "$schedulers"); do
  # Each has its own hostname, as a pod has.
  start unshare --uts bash -c "hostname scheduler-$number; exec airflow scheduler --skip-serve-logs" >"$work/scheduler-$number.log" 2>&1
done
event "Airflow $(airflow version 2>/dev/null | tail -n 1) with $schedulers schedulers started"

query() { psql -h 127.0.0.1 -p "$sql" -U postgres airflow -Atc "$1"; }
sleep $((minutes * 40)); event 'Dags paused'
query 'UPDATE dag SET is_paused = true' >"$work/pause.log"
for _ in $(seq 60); do
  [ "$(query "SELECT count(*) FROM task_instance WHERE state IN ('running','queued','scheduled','restarting')")" = 0 ] && break
  sleep 3
done
event 'all tasks ended'
if [ "$schedulers" -gt 1 ]; then event 'the last scheduler is killed'; kill -9 -- "-$last"; fi
sleep $((minutes * 20)); event 'end'
curl -fsS "http://127.0.0.1:$page/metrics" -o "$folder/page"
kill -INT "$recorder"; ended "$recorder"
query "SELECT dag_id, task_id, state, count(*) FROM task_instance WHERE state IN ('success', 'failed') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3" | tee "$folder/truth.airflow-db.txt"
# No process reports the end of a task that a signal killed.
finished=$(awk -F'|' '$1 != "killed" {sum += $4} END {print sum + 0}' "$folder/truth.airflow-db.txt")
arrived=$(awk '/^airflow_ti_finish_total\{/ && /state="(success|failed)"/ && /task_id=/ {sum += $NF} END {print sum + 0}' "$folder/page")
echo "Finishes in Airflow's database, without killed tasks: $finished; finishes that arrived: $arrived"
