"""Sweep of all unfinished background work, called by the schedule every few minutes."""

import datetime
import time

from cafe_site.orders.sweep import sweep_orders
from reports.offloaded.requesting import delete_old_files
from reports.offloaded.running import SLICE_SECONDS, run_waiting_jobs


def sweep_all(*, now: datetime.datetime) -> dict[str, int]:
    """Do all waiting work; return the counts by kind. Safe to repeat and to run concurrently.

    Jobs come last and get the rest of one slice, so that customers' e-mails and an evening's report
    do not wait for an export.
    """
    until = time.monotonic() + SLICE_SECONDS
    return {
        **sweep_orders(now=now),
        "old_files": delete_old_files(now=now),
        "jobs": run_waiting_jobs(until=until),
    }
