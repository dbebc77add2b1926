"""Compares a page of /metrics with both truths of a recording: compare.py RECORDING PAGE NAME. Prints 'N passed, N failed'."""

import collections
import json
import pathlib
import re
import sys

folder, page, name = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text(), sys.argv[3]
of_process = re.compile(r"^(job|instance|host_|service_|process_|telemetry_|otel_|os_)")


def clean(key):
    return re.sub("_+", "_", re.sub("[^A-Za-z0-9_]", "_", key))


served, tries = collections.Counter(), collections.Counter()
for line in page.splitlines():
    found = re.match(r"(\w+)(?:\{(.*)\})? (\S+)", line)
    if not found or line.startswith("#"):
        continue
    labels = {k: v for k, v in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or "") if not of_process.match(k)}
    served[found[1], tuple(sorted(labels.items()))] += float(found[3])
    if found[1] == "airflow_ti_finish_total" and {"dag_id", "task_id", "state"} <= labels.keys():
        state = {"up_for_retry": "failed"}.get(labels["state"], labels["state"])
        tries[labels["dag_id"], labels["task_id"], state] += float(found[3])

wrong, passed, exact, exact_tries, finishes, missing = [], 0, 0, 0, 0, 0
malformed = len(json.loads((folder / "malformed.json").read_text()))
is_replayed = name == "replayed"
for entry in json.loads((folder / "truth.emitted.json").read_text()):
    # An attribute without a value is the same as no attribute.
    labels = tuple(sorted((clean(k), v) for k, v in entry["attributes"].items() if v and not of_process.match(clean(k))))
    key = clean(entry["metric"]) + "_total", labels
    # A request during an outage was refused: its process counts only if it has sent again.
    least = entry["delivered"] if is_replayed else entry["acknowledged"]
    if least <= served[key] <= entry["delivered"]:
        passed += 1
        exact += served[key] == entry["delivered"]
    else:
        wrong.append(f"{key}: sent {least} to {entry['delivered']}, served {served[key]:g}, {entry['forks']} forks")
for entry in json.loads((folder / "truth.airflow-db.json").read_text()):
    key = entry["dag_id"], entry["task_id"], entry["state"]
    # No process reports the end of these tasks.
    if entry["task_id"].startswith("silent_"):
        continue
    finishes += entry["tries"]
    missing += max(0, entry["tries"] - tries[key])
    # A malformed request of Airflow can have contained one of them.
    lost = malformed if is_replayed else entry["tries"]
    if entry["tries"] - lost <= tries[key] <= entry["tries"]:
        passed += 1
        exact_tries += tries[key] == entry["tries"]
    else:
        wrong.append(f"{key}: database {entry['tries']}, served {tries[key]:g}")
print(*wrong, f"{name}: {exact} counters equal what was sent, {exact_tries} tasks and states Airflow's database; {missing:g} of {finishes} finishes are missing", f"{passed} passed, {len(wrong)} failed", sep="\n")
sys.exit(bool(wrong) or passed == 0)
