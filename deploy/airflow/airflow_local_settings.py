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


_kept = []
# After the fork, because Airflow removes earlier handlers when it configures its logging.
os.register_at_fork(after_in_child=lambda: _kept.append(FlushMetrics()))
