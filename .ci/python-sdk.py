"""Starts pitot, exports a counter through each exporter of the Python SDK, and looks for it on /metrics."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from grpc import Compression as GrpcCompression
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listening(port):
    """Returns when the port takes connections; raises after a minute."""
    end = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


http, grpc, page = port(), port(), port()
config = {
    "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{http}"}, "grpc": {"endpoint": f"127.0.0.1:{grpc}"}}}},
    "exporters": {"prometheus": {"endpoint": f"127.0.0.1:{page}"}},
    "service": {"telemetry": {"metrics": {"level": "none"}}, "pipelines": {"metrics": {"receivers": ["otlp"], "exporters": ["prometheus"]}}},
}
with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
    json.dump(config, file)
# npm uses the project's Node.js, because that of the machine can be too old.
pitot = subprocess.Popen(["npm", "run", "--silent", "pitot", "--", f"--config={file.name}"], start_new_session=True)
passed = failed = 0
try:
    for each in (page, grpc, http):
        listening(each)
    url = f"http://127.0.0.1:{http}/v1/metrics"
    exporters = {
        "http": HttpExporter(endpoint=url),
        "gzip": HttpExporter(endpoint=url, compression=Compression.Gzip),
        "deflate": HttpExporter(endpoint=url, compression=Compression.Deflate),
        "grpc": GrpcExporter(endpoint=f"127.0.0.1:{grpc}", insecure=True),
        "grpc_gzip": GrpcExporter(endpoint=f"127.0.0.1:{grpc}", insecure=True, compression=GrpcCompression.Gzip),
    }
    for name, exporter in exporters.items():
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
        provider = MeterProvider([reader], resource=Resource({"service.name": "python-sdk", "service.instance.id": name}))
        provider.get_meter("ci").create_counter(f"sdk.{name}", unit="s").add(3, {"way": name})
        provider.shutdown()
        body = urllib.request.urlopen(f"http://127.0.0.1:{page}/metrics").read().decode()
        want = f'sdk_{name}_seconds_total{{instance="{name}",job="python-sdk",'
        ok = any(line.startswith(want) and f'way="{name}"' in line and line.endswith(" 3") for line in body.split("\n"))
        print(f"python SDK over {name}: {'its counter is in the scrape response' if ok else 'NOT FOUND'}")
        passed += ok
        failed += not ok
finally:
    os.killpg(pitot.pid, signal.SIGTERM)
    pitot.wait(20)
print(f"{passed} passed, {failed} failed")
sys.exit(bool(failed))
