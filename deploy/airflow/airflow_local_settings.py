"""Makes the tasks of Airflow 2 send their metrics before they exit.

Airflow 2 ends the process of a task without sending what it counted since the last export. Put this file into $AIRFLOW_HOME/config (or
add it to the airflow_local_settings.py that you have) in every image that runs tasks. Airflow 3.1.8 and later need no such file.
"""

import logging
import os


class FlushMetrics(logging.Handler):
    """Airflow calls logging.shutdown() at the end of a task's process, which calls flush() of every handler."""

    def emit(self, record):
        pass

    def flush(self):
        from opentelemetry import metrics

        provider = metrics.get_meter_provider()
        if hasattr(provider, "force_flush"):
            provider.force_flush(5_000)


def begin_anew():
    """
    The process of a task gets metrics of its own with its first one, as in Airflow 3. What it inherited has the counts, the locks, and
    the connections of the parent, and two processes that write to one connection mix their requests.
    """
    import opentelemetry.metrics._internal as internal
    from airflow.stats import Stats

    configuration = getattr(internal._METER_PROVIDER, "_sdk_config", None)
    for reader in getattr(configuration, "metric_readers", ()):
        # The SDK starts the inherited exporter again after a fork: it finds nothing to export, and ends.
        reader._collect = lambda *_, **__: None
        reader._shutdown_event.set()
    internal._METER_PROVIDER_SET_ONCE._done = False
    internal._METER_PROVIDER = None
    Stats.instance = None
    # After the fork, because Airflow removes earlier handlers when it configures its logging.
    _kept.append(FlushMetrics())


_kept = []
os.register_at_fork(after_in_child=begin_anew)
