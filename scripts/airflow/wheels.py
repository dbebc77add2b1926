#!/usr/bin/env python3
"""Prints, as JSON, what Airflow's wheels say about their metrics: the settings that they read, and the metrics that they record.

    python3 scripts/airflow/wheels.py FOLDER      FOLDER contains wheels of apache-airflow (2.x), apache-airflow-core and
                                                  apache-airflow-task-sdk (3.x), for example from `pip download --no-deps`

The settings are measured: each wheel's own code creates its exporter, with the OpenTelemetry SDK that is installed next to this
Python (opentelemetry-exporter-otlp, pyyaml), and everything else of Airflow replaced by a stub. The metrics are read from the calls in
the source and from the registry (metrics_template.yaml) of the versions that have one.
"""
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import types
import zipfile
from pathlib import Path

KINDS = {"incr": "counter", "decr": "counter", "gauge": "gauge", "timing": "timer", "timer": "timer"}


# --- wheels -----------------------------------------------------------------------------------------------------------------------
def wheels_by_version(folder):
    """Minor version of Airflow -> its release, and the sources of its wheels: {path in the package: text}."""
    found = {}
    for path in sorted(Path(folder).glob("apache_airflow*.whl")):
        project, release = re.match(r"(apache_airflow(?:_core|_task_sdk)?)-([\d.]+)", path.name).groups()
        major, minor = release.split(".")[:2]
        # The Task SDK's 1.x belongs to Airflow's 3.x.
        version = f"3.{minor}" if project.endswith("task_sdk") else f"{major}.{minor}"
        entry = found.setdefault(version, {"release": release, "sources": {}})
        if not project.endswith("task_sdk"):
            entry["release"] = release
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                if name.endswith((".py", ".yaml", ".yml")) and name.startswith("airflow/"):
                    entry["sources"][name] = io.TextIOWrapper(wheel.open(name), "utf-8").read()
    return dict(sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")]))


# --- settings ---------------------------------------------------------------------------------------------------------------------
class Stub(types.ModuleType):
    """A module that has every attribute."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "get_hostname":
            return lambda: "host"
        # Classes, so that they can be base classes, called and subscripted.
        return type(name, (Warning,) if re.search(r"Warning|Exception", name) else (), {"__init__": lambda self, *a, **k: None})


class WheelImporter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports what measures and exports from the wheel, and stubs for everything else of Airflow."""

    real = re.compile(r"airflow(\.metrics(\..*)?|\._shared(\.observability(\..*)?)?|\.observability(\.metrics(\..*)?)?)?")

    def __init__(self, sources, conf):
        self.sources, self.conf = sources, conf

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("airflow", "structlog"):
            is_module = f"{name.replace('.', '/')}.py" in self.sources
            return importlib.machinery.ModuleSpec(name, self, is_package=not is_module)
        return None

    def create_module(self, spec):
        base = spec.name.replace(".", "/")
        package = f"{base}/__init__.py" in self.sources
        if not self.real.fullmatch(spec.name) or not (package or f"{base}.py" in self.sources) or spec.name == "airflow":
            module = Stub(spec.name)
            if spec.name == "airflow.configuration":
                module.conf = self.conf
            if spec.name == "structlog":
                import logging
                module.getLogger = module.get_logger = logging.getLogger
            return module
        return None

    def exec_module(self, module):
        if isinstance(module, Stub):
            return
        base = module.__name__.replace(".", "/")
        path = f"{base}/__init__.py" if f"{base}/__init__.py" in self.sources else f"{base}.py"
        exec(compile(self.sources[path], path, "exec"), module.__dict__)


class Conf:
    """Airflow's configuration: the environment's AIRFLOW__SECTION__KEY, then the defaults of the wheel, without deprecated keys."""

    def __init__(self, defaults):
        self.defaults = defaults

    def get(self, section, key, fallback=..., **_):
        value = os.environ.get(f"AIRFLOW__{section}__{key}".upper(), self.defaults.get(section, {}).get(key))
        if value is None and fallback is ...:
            raise KeyError(key)
        return (None if fallback is ... else fallback) if value is None else value

    def has_option(self, section, key, **_):
        return self.get(section, key, fallback=None) is not None

    def _as(self, convert, section, key, fallback=..., **_):
        value = self.get(section, key, fallback)
        return convert(value) if isinstance(value, str) else value

    def getint(self, *a, **k):
        return self._as(int, *a, **k)

    def getfloat(self, *a, **k):
        return self._as(float, *a, **k)

    def getboolean(self, *a, **k):
        return self._as(lambda text: text.lower() in ("true", "t", "1"), *a, **k)

    def getimport(self, section, key, **_):
        return None


def make_exporter(sources, environment):
    """Runs the wheel's get_otel_logger in this process (of a fork) and returns what came of it."""
    import atexit
    import yaml

    os.environ.update(environment)
    sys.modules["re2"] = re  # A library of Airflow's for the lists of allowed names.
    options = yaml.safe_load(sources["airflow/config_templates/config.yml"])["metrics"]["options"]
    defaults = {key: value.get("default") for key, value in options.items() if not value.get("version_deprecated")}
    sys.meta_path.insert(0, WheelImporter(sources, Conf({"metrics": defaults})))
    registered = []
    atexit.register = lambda function, *a, **k: registered.append(getattr(function, "__name__", str(function)))
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    made = {}
    original = PeriodicExportingMetricReader.__init__

    def noted(self, exporter, export_interval_millis=None, *a, **k):
        made["exporter"] = exporter
        original(self, exporter, 10**9, *a, **k)
        # What the SDK does with None.
        made["interval"] = export_interval_millis or float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL", 60000))

    PeriodicExportingMetricReader.__init__ = noted
    module = "airflow.observability.metrics.otel_logger"
    if f"{module.replace('.', '/')}.py" not in sources:
        module = "airflow.metrics.otel_logger"
    logger_module = importlib.import_module(module)
    try:
        logger = logger_module.get_otel_logger()
    except TypeError:
        logger = logger_module.get_otel_logger(None)
    from opentelemetry.sdk.metrics import MeterProvider

    exporter = made["exporter"]
    resource = dict(logger.otel._sdk_config.resource.attributes)
    headers = {str(key).lower(): str(value) for key, value in dict(getattr(exporter, "_headers", None) or {}).items()}
    timer = time_something(logger)
    return {
        "protocol": "grpc" if "grpc" in type(exporter).__module__ else "http/protobuf",
        "endpoint": exporter._endpoint,
        "intervalMs": made["interval"],
        "serviceName": resource.get("service.name"),
        "hostName": "host.name" in resource,
        "resourceAttribute": resource.get("key"),
        "contentType": headers.get("content-type", "application/x-protobuf"),
        "headersVariable": headers.get("token") == "t",
        "flushesAtExit": any("flush" in name for name in registered),
        "timer": timer,
    }


def time_something(logger):
    """How a duration of two seconds, and a timer around a short sleep, are recorded: kind of metric and unit."""
    import datetime
    import time

    recorded = {}
    maps = logger.metrics_map
    for name, kind in (("set_gauge_value", "gauge"), ("record_histogram_value", "histogram")):
        if hasattr(maps, name):
            original = getattr(maps, name)

            def record(stat, value, *a, kind=kind, original=original, **k):
                recorded[stat.split(".")[-1]] = (kind, value)
                return original(stat, value, *a, **k)

            setattr(maps, name, record)
    logger.timing("probe.timing", datetime.timedelta(seconds=2))
    with logger.timer("probe.timer"):
        time.sleep(0.05)
    unit = lambda value, seconds: "ms" if value > 100 * seconds else "s"
    return {
        "timing": [recorded["timing"][0], unit(recorded["timing"][1], 2)],
        "timer": [recorded["timer"][0], unit(recorded["timer"][1], 0.05)],
    }


def in_fork(sources, environment):
    """Each measurement needs a process of its own: modules, environment and the SDK's globals are changed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = {"ok": make_exporter(sources, environment)}
        except BaseException as error:  # Told to the parent.
            import traceback

            answer = {"error": f"{error!r}\n{traceback.format_exc()}"}
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    answer = json.loads(os.fdopen(reader).read())
    os.waitpid(child, 0)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["ok"]


def settings(sources):
    """Sets one group of variables at a time, and says which of them were heeded."""
    nothing = in_fork(sources, {})
    otel = in_fork(sources, {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4318",
        "OTEL_METRIC_EXPORT_INTERVAL": "12000",
        "OTEL_SERVICE_NAME": "by-otel",
        "OTEL_RESOURCE_ATTRIBUTES": "key=value",
        "OTEL_EXPORTER_OTLP_HEADERS": "token=t",
    })
    grpc = in_fork(sources, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    own = {
        "AIRFLOW__METRICS__OTEL_HOST": "own",
        "AIRFLOW__METRICS__OTEL_PORT": "4318",
        "AIRFLOW__METRICS__OTEL_INTERVAL_MILLISECONDS": "34000",
        "AIRFLOW__METRICS__OTEL_SERVICE": "by-airflow",
    }
    airflow = in_fork(sources, own)
    both = in_fork(sources, {**own, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4318"})
    consistent = in_fork(sources, {"AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY": "True"})
    return {
        "defaultEndpoint": nothing["endpoint"],
        "defaultIntervalMs": nothing["intervalMs"],
        "defaultServiceName": nothing["serviceName"],
        "contentType": nothing["contentType"],
        "setsHostName": nothing["hostName"],
        "flushesAtExit": nothing["flushesAtExit"],
        "timer": nothing["timer"],
        "timerWithUnitConsistency": consistent["timer"],
        "otelEndpoint": otel["endpoint"],
        "otelIntervalMs": otel["intervalMs"],
        "otelServiceName": otel["serviceName"],
        "otelResourceAttribute": otel["resourceAttribute"],
        "otelHeaders": otel["headersVariable"],
        "otelGrpc": grpc["protocol"] == "grpc",
        "airflowEndpoint": airflow["endpoint"],
        "airflowIntervalMs": airflow["intervalMs"],
        "airflowServiceName": airflow["serviceName"],
        "bothEndpoint": both["endpoint"],
        "legacyNamesSetting": "legacy_names_on" in sources["airflow/config_templates/config.yml"],
        "statsdFirst": statsd_first(sources),
    }


def statsd_first(sources):
    """Whether StatsD is asked about before OpenTelemetry where the backend is chosen."""
    texts = [text for path, text in sources.items() if "otel_on" in text and "statsd_on" in text and path.endswith(".py")]
    return bool(texts) and all(text.index('"statsd_on"') < text.index('"otel_on"') for text in texts)


# --- metrics ----------------------------------------------------------------------------------------------------------------------
RECORDERS = ("Stats", "stats", "DualStatsManager")
# Variables of the source, and the label whose value they hold.
SPOKEN = {"metric_suffix": "executor_class_name", "name": "executor_class_name", "value": "state", "id": "job_id", "dag_file": "file_name"}
RUN_TAGS = ["dag_id", "run_type"]
TASK_TAGS = ["dag_id", "task_id"]


class Calls(ast.NodeVisitor):
    """Collects the calls of Stats in one file."""

    def __init__(self, path):
        self.path, self.function, self.found = path, None, []

    def visit_FunctionDef(self, node):
        outer, self.function = self.function, node
        self.generic_visit(node)
        self.function = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if not (isinstance(function, ast.Attribute) and function.attr in KINDS):
            return
        if not (isinstance(function.value, ast.Name) and function.value.id in RECORDERS) or not node.args:
            return
        tags = []
        for keyword in node.keywords:
            if keyword.arg in ("tags", "extra_tags"):
                tags += self.tags(keyword.value)
        if any(keyword.arg is None for keyword in node.keywords):
            tags = self.tags(self.assigned(next(k.value for k in node.keywords if k.arg is None)))
        for name in self.names(node.args[0]):
            self.found.append((name, KINDS[function.attr], tags))

    def names(self, node):
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.IfExp):
            return self.names(node.body) + self.names(node.orelse)
        if isinstance(node, ast.BinOp):
            return ["{job_name}" + text for text in self.names(node.right)]
        if isinstance(node, ast.Name) and self.assigned(node) is not node:
            return self.names(self.assigned(node))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("_get_metric_name"):
            return self.names(node.args[0])
        if isinstance(node, ast.JoinedStr):
            texts = [""]
            for part in node.values:
                endings = [part.value] if isinstance(part, ast.Constant) else self.variants(part.value)
                texts = [text + ending for text in texts for ending in endings]
            return texts
        return []

    def variants(self, node):
        """The texts that a variable part of a name can have: its constants, else its name in braces."""
        text = ast.unparse(node)
        if text == "self.state":
            return ["success", "failed"]
        if text == "self._stats_prefix":
            return ["api_server.dag_bag", "scheduler.dag_bag"]
        if isinstance(node, ast.Name) and self.function:
            constants = [
                each.value.value
                for each in ast.walk(self.function)
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
                and any(isinstance(target, ast.Name) and target.id == node.id for target in each.targets)
            ]
            if constants:
                return constants
        name = text.split(".")[-1].rstrip("()")
        return ["{" + SPOKEN.get(name, name) + "}"]

    def assigned(self, node):
        """The value of a variable where it is set in the same function."""
        if isinstance(node, ast.Name) and self.function:
            for each in ast.walk(self.function):
                if isinstance(each, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in each.targets):
                    return each.value
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.target.id == node.id:
                    return each.value
        return node

    def tags(self, node):
        node = self.assigned(node)
        if isinstance(node, ast.Call):
            return self.tags(node.args[0]) if node.args else []
        if isinstance(node, ast.Dict):
            tags = []
            for key, value in zip(node.keys, node.values):
                if key is None:
                    tags += self.tags(value)
                elif isinstance(key, ast.Constant) and key.value == "tags":
                    return self.tags(value)
                elif isinstance(key, ast.Constant):
                    tags.append(key.value)
            return tags
        if node is not None and ast.unparse(node).endswith("stats_tags"):
            return RUN_TAGS if "dagrun.py" in self.path and ast.unparse(node).startswith("self") else TASK_TAGS
        return []


def metrics(sources):
    """Name -> kind, labels, and the names that hold values of labels instead ("legacy names")."""
    import yaml

    registry_path = next((path for path in sources if path.endswith("metrics/metrics_template.yaml")), None)
    registry = {each["name"]: each for each in yaml.safe_load(sources[registry_path])["metrics"]} if registry_path else {}
    calls = {}
    for path, text in sources.items():
        if path.endswith(".py") and re.search(r"\b([sS]tats|DualStatsManager)\.(incr|decr|gauge|timing|timer)\(", text):
            visitor = Calls(path)
            visitor.visit(ast.parse(text))
            for name, kind, tags in visitor.found:
                entry = calls.setdefault(name, {"kind": kind, "labels": set()})
                entry["labels"].update(tags)
                # What goes up and down by incr and decr.
                entry["kind"] = "up-down counter" if name == "dag_processing.processes" else entry["kind"]
    found = {name: {"kind": entry["kind"], "labels": sorted(entry["labels"]), "legacy": []} for name, entry in calls.items()}
    expand_states(found)
    for name, entry in registry.items():
        name, legacy_name = (re.sub(r"\{dag_file\}", "{file_name}", each) for each in (name, entry["legacy_name"]))
        # In the registry without a call: a provider records it, or nothing does any more.
        known = found.setdefault(name, {"kind": entry["type"], "labels": [], "legacy": [], "declaredOnly": True})
        if legacy_name != "-":
            known["legacy"] = [legacy_name]
            # Where the source shows the labels, it is right: in 3.2 the executor's label is `name`.
            known["labels"] = known["labels"] or sorted(re.findall(r"\{(\w+)\}", legacy_name))
    fold_legacy(found)
    return dict(sorted(found.items()))


def expand_states(found):
    """`ti.{state}` is the name of four metrics."""
    for name in [name for name in found if name == "ti.{state}"]:
        for state in ("scheduled", "queued", "running", "deferred"):
            found[f"ti.{state}"] = {**found[name]}
        del found[name]


def fold_legacy(found):
    """A name with variables whose fixed parts are those of a name with labels is its legacy name."""
    fixed = lambda name: [part for part in re.split(r"[._]", re.sub(r"\{[^}]*\}", "", name)) if part]
    for name in [name for name in found if "{" in name and not name.startswith("{job_name}")]:
        parts = fixed(name)
        for other, entry in found.items():
            plain = ["task" if parts[0] == "dag" and index == 0 else part for index, part in enumerate(parts)]
            if "{" not in other and fixed(other) in (parts, plain) and entry["kind"] == found[name]["kind"]:
                if not entry["legacy"]:
                    entry["legacy"].append(name)
                del found[name]
                break


def main():
    answer = {}
    for version, entry in wheels_by_version(sys.argv[1]).items():
        sources = entry["sources"]
        answer[version] = {"release": entry["release"], "settings": settings(sources), "metrics": metrics(sources)}
    json.dump(answer, sys.stdout, indent=1, sort_keys=True)


main()
