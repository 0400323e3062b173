"""Benchmark of the owners' pages: CPU time with three years of orders.

    script/bench

It counts the CPU time of this process and of the database: the mean of ten requests in the best of
five batches, because other programs also slow down the CPU.
"""

import datetime
import os
import time
from pathlib import Path

import django

django.setup()

import time_machine  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.three_years import write_three_years  # noqa: E402
from cafe_site.accounts.models import OWNERS, User  # noqa: E402
from cafe_site.orders.models import Order  # noqa: E402
from cafe_site.shop.business_day import DAY  # noqa: E402
from cafe_site.shop.periods import DayRange  # noqa: E402
from reports.delivery.issuing import issue_report  # noqa: E402
from reports.figures.summary import first_business_day  # noqa: E402
from reports.models import DayRollup  # noqa: E402
from reports.patterns.rollups import rebuild_days  # noqa: E402

TODAY = datetime.date(2026, 11, 24)
NOON = datetime.datetime(2026, 11, 24, 11, tzinfo=datetime.UTC)
LOOKS, BATCHES = 10, 5
PAGES = (
    "/dashboard/",
    "/dashboard/reports/",
    "/dashboard/patterns/times/?period=365",
    "/dashboard/patterns/products/?period=365",
    "/dashboard/patterns/baking/?period=365",
    "/dashboard/patterns/customers/?period=365",
    "/dashboard/patterns/comparison/?period=365&with=year",
)


def prepare() -> None:
    if not Order.objects.exists():
        write_three_years(TODAY)
    first = first_business_day() or TODAY
    if DayRollup.objects.count() < (TODAY - first).days:
        rebuild_days(DayRange(first, TODAY - DAY).days)
    for back in range(40, 0, -1):
        issue_report(TODAY - DAY * back)


def database_seconds() -> float:
    """Return the CPU time of the server, all threads together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@pid_file")
        pid = Path(cursor.fetchone()[0]).read_text().strip()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def look_at(client: Client, page: str) -> tuple[float, float]:
    """Return the CPU seconds of several requests, for the site and the database."""
    site, database = time.process_time(), database_seconds()
    for _ in range(LOOKS):
        client.get(page)
    return time.process_time() - site, database_seconds() - database


def main() -> None:
    prepare()
    owner, _is_new = User.objects.get_or_create(username="owner")
    owner.groups.add(Group.objects.get(name=OWNERS))
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    print(f"{Order.objects.count():,} orders; milliseconds of CPU time")
    print(f"{'page':<52}{'site':>8}{'database':>10}{'both':>8}")
    with time_machine.travel(NOON, tick=True):
        for page in PAGES:
            if client.get(page).status_code != 200:
                raise SystemExit(f"{page} did not answer.")
            client.get(page)
            site, database = min((look_at(client, page) for _ in range(BATCHES)), key=sum)
            each = [1000 * seconds / LOOKS for seconds in (site, database)]
            print(f"{page:<52}{each[0]:>8.0f}{each[1]:>10.0f}{sum(each):>8.0f}")


if __name__ == "__main__":
    main()
