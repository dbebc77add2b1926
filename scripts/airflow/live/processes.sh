# Sourced by the scripts in this folder. They set `work`, the folder of the logs, and `folder`, that of the recording.
# shellcheck shell=bash disable=SC2034,SC2154
pids=()
# Each is the leader of a group: Airflow starts processes of its own.
groups() { for pid in "${pids[@]}"; do kill "-$1" -- "-$pid" 2>/dev/null || true; done; }
trap 'groups TERM; sleep 3; groups KILL; echo "logs: $work"' EXIT
# start COMMAND...: starts a process, whose ID is `last`.
start() { setsid "$@" & pids+=($!); last=$!; }
event() { echo "$(date +%s) $*" | tee -a "$folder/events.log"; }
# up COMMAND...: repeats a command until it succeeds, for a minute.
up() { for _ in $(seq 200); do "$@" >"$work/up" 2>&1 && return; sleep 0.3; done; echo "no answer: $*"; exit 1; }
serves() { up curl -fsS "http://127.0.0.1:$1"; }
ended() { while kill -0 "$1" 2>/dev/null; do sleep 0.2; done; }
