"""A process that counts with the OpenTelemetry SDK for Python: client.py ENDPOINT. Obeys the lines of stdin, and answers each with `ok`."""
import os
import sys
import uuid

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource


class Process:
    def __init__(self):
        resource = Resource.create({"service.name": "sdk", "service.instance.id": str(uuid.uuid4())})
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=sys.argv[1]), export_interval_millis=3_600_000)
        self.provider = MeterProvider(metric_readers=[reader], resource=resource)
        meter = self.provider.get_meter("sdk")
        self.counter = meter.create_counter("events")
        self.histogram = meter.create_histogram("sizes")

    def add(self, count):
        self.counter.add(count)
        for _ in range(count):
            self.histogram.record(1)

    def flush(self):
        self.provider.force_flush(30_000)


process = Process()
for line in sys.stdin:
    command, *arguments = line.split()
    if command == "add":
        process.add(int(arguments[0]))
    elif command == "flush":
        process.flush()
    elif command == "fork":
        # As Airflow does: the child has a provider of its own, and exits without cleaning up.
        child = os.fork()
        if child == 0:
            process = Process()
            process.add(int(arguments[0]))
            process.flush()
            os._exit(0)
        os.waitpid(child, 0)
    elif command == "inherit":
        # The child continues with the provider of its parent, and so with its counts, ID, and start time.
        child = os.fork()
        if child == 0:
            process.add(int(arguments[0]))
            process.flush()
            os._exit(0)
        os.waitpid(child, 0)
    print("ok", flush=True)
