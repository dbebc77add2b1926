"""Airflow 2 Dags for a live recording: tasks of 0 to 12 s, failures, and tasks that are killed."""

import os
import signal
import time
from datetime import datetime, timedelta

from airflow.decorators import task
from airflow.exceptions import AirflowFailException
from airflow.models.dag import DAG

SECONDS = timedelta(seconds=1)


def dag(name, seconds, **settings):
    return DAG(name, schedule=seconds * SECONDS, start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1, is_paused_upon_creation=False, **settings)


with dag("works", 40):

    @task
    def sleeps(seconds):
        time.sleep(seconds)

    for length in (0, 3, 12):
        sleeps.override(task_id=f"sleeps_{length}")(length)

with dag("failing", 30):

    @task
    def fails():
        time.sleep(time.time() % 3)
        raise AirflowFailException("no retries")

    fails()

with dag("killed", 120, default_args={"retries": 0}):

    @task
    def kills_itself():
        time.sleep(2)
        os.kill(os.getpid(), signal.SIGKILL)

    kills_itself()
