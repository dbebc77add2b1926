"""Adds up what a recording's processes sent, without pitot: truth.py RECORDING DATABASE. Writes both truths into the recording's folder."""

import collections
import gzip
import json
import pathlib
import sqlite3
import sys

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

folder, database = pathlib.Path(sys.argv[1]), sys.argv[2]


malformed = []


def outages():
    """Yields when pitot did not serve, in seconds since the first request, with a margin for requests that were under way."""
    first = (folder / "00000.bin").stat().st_mtime
    began = None
    for line in (folder / "events.log").read_text().splitlines():
        at, event = line.split(" ", 1)
        if event == "SIGKILL pitot":
            began = float(at) - first - 5
        elif event == "pitot serves again":
            yield began, float(at) - first + 2


refused = list(outages())


def requests():
    for line in (folder / "index.jsonl").read_text().splitlines():
        entry = json.loads(line)
        body = (folder / entry["file"]).read_bytes()
        if entry["headers"].get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        try:
            yield ExportMetricsServiceRequest.FromString(body), any(a <= entry["at_seconds"] <= b for a, b in refused)
        except DecodeError:
            # Forked processes of Airflow write into one inherited connection at the same time.
            malformed.append(entry["file"])


def text(value):
    return str(getattr(value, value.WhichOneof("value")))


# (metric, attributes) → start time → process → [lowest, highest, highest outside an outage].
counters = collections.defaultdict(lambda: collections.defaultdict(dict))
for request, is_refused in requests():
    for resource_metrics in request.resource_metrics:
        process = tuple(sorted((a.key, text(a.value)) for a in resource_metrics.resource.attributes))
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                if metric.WhichOneof("data") != "sum" or not metric.sum.is_monotonic:
                    continue
                assert metric.sum.aggregation_temporality == 2, metric
                for point in metric.sum.data_points:
                    attributes = tuple(sorted((a.key, text(a.value)) for a in point.attributes))
                    value = getattr(point, point.WhichOneof("value"))
                    stream = counters[metric.name, attributes][point.start_time_unix_nano].setdefault(process, [value, value, 0])
                    stream[:] = min(stream[0], value), max(stream[1], value), max(stream[2], 0 if is_refused else value)

emitted, forked = [], 0
for (name, attributes), families in sorted(counters.items()):
    total = acknowledged = 0
    for processes in families.values():
        # Processes with one start time are forks: what the first of them had counted is in all of them.
        copied = min(lowest for lowest, _, _ in processes.values()) if len(processes) > 1 else 0
        forked += len(processes) - 1
        total += copied + sum(highest - copied for _, highest, _ in processes.values())
        acknowledged += copied + sum(max(0, highest - copied) for _, _, highest in processes.values())
    emitted.append(
        {
            "metric": name,
            "attributes": dict(attributes),
            "delivered": total,
            "acknowledged": min(acknowledged, total),
            "processes": sum(map(len, families.values())),
            "forks": sum(len(processes) - 1 for processes in families.values()),
        }
    )
(folder / "truth.emitted.json").write_text(json.dumps(emitted, indent=1) + "\n")

tries = collections.Counter()
with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
    for table in "task_instance", "task_instance_history":
        for dag, task, state in db.execute(f"SELECT dag_id, task_id, state FROM {table} WHERE start_date IS NOT NULL AND state IS NOT NULL"):
            # In the database, a try that is going to be retried is failed.
            tries[dag, task, {"up_for_retry": "failed"}.get(state, state)] += 1
(folder / "malformed.json").write_text(json.dumps(malformed) + "\n")
ended = {"success", "failed", "skipped"}
truth = [{"dag_id": d, "task_id": t, "state": s, "tries": n} for (d, t, s), n in sorted(tries.items()) if s in ended]
(folder / "truth.airflow-db.json").write_text(json.dumps(truth, indent=1) + "\n")
print(f"{len(emitted)} counters, {forked} forked streams, {len(malformed)} malformed requests, {sum(e['tries'] for e in truth)} tries in the database")
