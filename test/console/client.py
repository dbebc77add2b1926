"""One client of pitot, right or wrong: the OpenTelemetry SDK for Python as its variables say, or another way to send.

client.py http|grpc|empty|text URL|statsd PORT|airflow
"""
import sys
import time
import urllib.request

way, *arguments = sys.argv[1:]


def exporter():
    if way == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    else:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    return OTLPMetricExporter()


def provider():
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    return MeterProvider([PeriodicExportingMetricReader(exporter())])


if way == "statsd":
    import statsd

    statsd.TCPStatsClient("127.0.0.1", int(arguments[0])).incr("airflow.ti_failures")
elif way == "text":
    request = urllib.request.Request(arguments[0], b"airflow.ti_failures 1", {"Content-Type": "text/plain"})
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        print(error)
elif way == "empty":
    from opentelemetry.sdk.metrics.export import MetricsData

    exporter().export(MetricsData(resource_metrics=[]))
elif way == "airflow":
    # A scheduler: counts, and leaves the export to the interval that the variables set.
    running = provider()
    heartbeat = running.get_meter("airflow").create_counter("airflow.scheduler_heartbeat")
    while True:
        heartbeat.add(1)
        time.sleep(1)
else:
    running = provider()
    running.get_meter("airflow").create_counter("airflow.ti.finish").add(1, {"dag_id": "etl", "state": "success"})
    running.force_flush(5_000)
