"""Airflow Dags of many shapes for a live recording. A task whose name starts with `silent_` never reports its end."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import DAG, Asset, task
from airflow.sdk.exceptions import AirflowSkipException

SECONDS = timedelta(seconds=1)


def dag(name, seconds, **settings):
    return DAG(name, schedule=seconds * SECONDS, start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=2, **settings)


with dag("short", 30):
    for number in range(3):
        BashOperator(task_id=f"true_{number}", bash_command="true")

with dag("longer_than_an_interval", 60):

    @task
    def works_a_while():
        time.sleep(12 + random.random())

    works_a_while()

with dag("failing", 60, default_args={"retries": 2, "retry_delay": 4 * SECONDS}):

    @task
    def always_fails():
        raise ValueError("no")

    @task
    def flaky(ti=None):
        if ti.try_number == 1:
            raise ValueError("the first try")

    @task(execution_timeout=3 * SECONDS)
    def times_out():
        time.sleep(30)

    [always_fails(), flaky(), times_out()] >> EmptyOperator(task_id="silent_never")

with dag("mapped", 90):

    @task
    def numbers():
        return list(range(12))

    @task
    def square(number: int):
        if number == 7:
            raise AirflowSkipException("unlucky")
        return number * number

    @task(trigger_rule="all_done")
    def count(values):
        return len(list(values))

    count(square.expand(number=numbers()))

with dag("killed", 90):

    @task(retries=1, retry_delay=3 * SECONDS)
    def silent_kills_itself():
        os.kill(os.getpid(), signal.SIGKILL)

    @task
    def silent_exits():
        os._exit(3)

    @task
    def works():
        pass

    [silent_kills_itself(), silent_exits(), works()]

with dag("waiting", 60):
    TimeDeltaSensor(task_id="deferred", delta=5 * SECONDS, deferrable=True)
    PythonSensor(
        task_id="rescheduled",
        python_callable=lambda: time.time() % 20 < 8,
        mode="reschedule",
        poke_interval=4,
        timeout=120,
    )

with dag("branching", 60):

    @task.branch
    def choose():
        return "left"

    choose() >> [BashOperator(task_id="left", bash_command="exit 0"), BashOperator(task_id="silent_right", bash_command="true")]
    BashOperator(task_id="skips", bash_command="exit 99")

orders = Asset("orders")
with dag("producer-v1.2", 60):
    BashOperator(task_id="write", bash_command="true", outlets=[orders])
with DAG("consumer", schedule=[orders], start_date=datetime(2026, 1, 1), catchup=False):
    BashOperator(task_id="read", bash_command="true")
