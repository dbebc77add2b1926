"""Runs one task every minute, so that the dashboard shows something."""

from datetime import timedelta

import pendulum
from airflow.sdk import dag, task


@dag(schedule=timedelta(minutes=1), start_date=pendulum.datetime(2026, 1, 1, tz="UTC"), catchup=False)
def every_minute():
    @task
    def tick():
        return "tick"

    tick()


every_minute()
