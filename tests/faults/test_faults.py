"""Tests of reports in killed processes and after lost responses, with real processes on MariaDB.

The comment above each test names the guards that it covers.
"""

import datetime
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.shop.models import OpeningHours, Weekday
from reports.events import run_due_reports, take_receipt
from reports.models import BakePlanLine, Delivery, PlanAttempt, Report
from tests.factories import make_order, utc
from tests.faults.sns_stand_in import SnsStandIn, running_sns
from tests.fixtures.shop import SATURDAY, Shop

ROOT = Path(__file__).resolve().parents[2]
CLOSED = utc(2026, 11, 21, 23, 30)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:reports"
State = Delivery.State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def needs_mariadb() -> None:
    if connection.vendor != "mysql":
        pytest.skip("a test's SQLite lies in this process's memory; others cannot see it")


@pytest.fixture
def sns() -> Iterator[SnsStandIn]:
    with running_sns() as stand_in:
        yield stand_in


@pytest.fixture
def sold(transactional_db: None) -> Shop:
    """One order on Saturday, and so one report that is due."""
    shop = Shop()
    # Fifty processes would each make the bake plan, which is not what is tried here.
    Product.objects.update(is_baked=False)
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    return shop


@pytest.fixture
def baked(sold: Shop) -> Shop:
    """The same shop, which bakes what it sold, and is open: a plan is due before the report."""
    Product.objects.filter(pk=sold.coffee.pk).update(is_baked=True)
    for weekday in Weekday:
        OpeningHours.objects.create(
            weekday=weekday, opens_at=datetime.time(8), closes_at=datetime.time(18)
        )
    return sold


def command(sns: SnsStandIn, *arguments: str, now: datetime.datetime = CLOSED) -> dict[str, Any]:
    """Return how to start the reports in a process of its own."""
    return {
        "args": [sys.executable, "-m", "tests.faults.child", now.isoformat(), *arguments],
        "cwd": ROOT,
        "env": {
            **os.environ,
            "FAULTS_DATABASE": str(connection.settings_dict["NAME"]),
            "AWS_ENDPOINT_URL": sns.address,
            "NO_PROXY": "127.0.0.1",
        },
        "text": True,
    }


def run(
    sns: SnsStandIn, *arguments: str, now: datetime.datetime = CLOSED
) -> subprocess.CompletedProcess[str]:
    """Run the reports in a process of its own, and wait for its end."""
    started = command(sns, *arguments, now=now)
    return subprocess.run(**started, capture_output=True, timeout=300, check=False)


def end_waits() -> None:
    """Let time pass on the database's clock: past every lease, and past every wait."""
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    Delivery.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=past)
    Delivery.objects.filter(not_before__isnull=False).update(not_before=past)
    PlanAttempt.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=past)
    PlanAttempt.objects.filter(not_before__isnull=False).update(not_before=past)


def bring_receipts(sns: SnsStandIn) -> None:
    """Hand each accepted message to the subscribed function, as SNS does."""
    for number, delivery_id in enumerate(sns.delivery_ids(), start=1):
        notification = {
            "TopicArn": TOPIC,
            "MessageId": str(number),
            "MessageAttributes": {"delivery_id": {"Type": "String", "Value": str(delivery_id)}},
        }
        take_receipt({"Records": [{"Sns": notification}]}, None)


# Guards: the unique report, the transaction around it with its delivery, the claim with its
# lease, and that nothing before publishing says that it was published.
@pytest.mark.parametrize(
    "point",
    [
        "before the build",
        "after the build",
        "before the build's commit",
        "after the build's commit",
        "before the claim",
        "before the claim's commit",
        "after the claim's commit",
        "before the last check",
    ],
)
def test_a_run_killed_before_publishing_leads_to_one_copy(
    sold: Shop, sns: SnsStandIn, point: str
) -> None:
    killed = run(sns, point)
    end_waits()
    again = [run(sns).returncode for _ in range(2)]

    assert (killed.returncode, again) == (-signal.SIGKILL, [0, 0]), killed.stderr
    assert len(sns.accepted) == 1
    assert (Report.objects.count(), Delivery.objects.get().state) == (1, State.PUBLISHED)


# Guards: the attempt is committed before planning begins; after one that did not come back, the
# report goes first; while its lease lasts, a run that plans is not a run that died.
@pytest.mark.parametrize("point", ["while planning", "before the plan's commit"])
def test_a_run_killed_while_planning_leads_to_one_copy_without_a_plan(
    baked: Shop, sns: SnsStandIn, point: str
) -> None:
    killed = run(sns, point)
    too_soon = run(sns)
    accepted_too_soon = len(sns.accepted)
    end_waits()
    # It would die again: the report comes all the same, from a run that dies after it.
    killed_again = run(sns, point)
    end_waits()
    last = [run(sns).returncode for _ in range(2)]

    assert [killed.returncode, killed_again.returncode] == [-signal.SIGKILL] * 2, killed.stderr
    assert (too_soon.returncode, accepted_too_soon, last) == (0, 0, [0, 0])
    assert len(sns.accepted) == 1
    assert (Report.objects.count(), Delivery.objects.get().state) == (1, State.PUBLISHED)
    assert "it could not be made" in " ".join(Report.objects.get().text.split())
    assert PlanAttempt.objects.get().state == PlanAttempt.State.MADE
    assert BakePlanLine.objects.count() == 7


# Guard: a plan that was written before its process died is a plan.
def test_a_run_killed_after_planning_leads_to_one_copy_with_the_plan(
    baked: Shop, sns: SnsStandIn
) -> None:
    killed = run(sns, "after the plan's commit")
    end_waits()
    again = [run(sns).returncode for _ in range(2)]

    assert (killed.returncode, again) == (-signal.SIGKILL, [0, 0])
    assert len(sns.accepted) == 1
    text = " ".join(Report.objects.get().text.split())
    assert "BAKE PLAN for Sunday 22 November" in text
    assert "could not be made" not in text


# Guards: planning is caught, whatever it raises; the same run sends the report.
def test_a_plan_out_of_memory_leads_to_one_copy_without_a_plan(
    baked: Shop, sns: SnsStandIn
) -> None:
    poor = run(sns, "planning out of memory")
    accepted = len(sns.accepted)
    end_waits()
    again = [run(sns).returncode for _ in range(2)]

    assert (poor.returncode, accepted, again) == (0, 1, [0, 0]), poor.stderr
    assert "MemoryError" in poor.stderr
    assert len(sns.accepted) == 1
    assert "it could not be made" in " ".join(Report.objects.get().text.split())
    assert PlanAttempt.objects.get().state == PlanAttempt.State.MADE


# Guards: the claim of the attempt; those that find it taken leave the report to its holder.
def test_ten_processes_at_once_plan_once_and_publish_one_copy(baked: Shop, sns: SnsStandIn) -> None:
    done = run(sns, "--at-once", "10", "--rounds", "1")

    assert done.returncode == 0, done.stderr[-2000:]
    assert len(sns.accepted) == 1
    assert done.stderr.count("bake_plan_written") == 1
    assert "BAKE PLAN for Sunday 22 November" in Report.objects.get().text


# Guard: a claim that ended without a result may be out, and the next copy says so.
def test_a_run_killed_after_publishing_leads_to_a_labelled_copy(
    sold: Shop, sns: SnsStandIn
) -> None:
    killed = run(sns, "after publishing")
    end_waits()
    run(sns)

    assert killed.returncode == -signal.SIGKILL
    first, second = sns.subjects
    assert second == f"Possibly a copy: {first}"[:99]


# Guard: the receipt.
def test_with_a_receipt_a_run_killed_after_publishing_leads_to_one_copy(
    sold: Shop, sns: SnsStandIn
) -> None:
    run(sns, "after publishing")
    bring_receipts(sns)
    end_waits()
    run(sns)

    assert len(sns.accepted) == 1
    assert Delivery.objects.get().state == State.PUBLISHED


# Guards: no answer is ambiguous, not failed and not nothing; the receipt settles it.
@pytest.mark.parametrize("mode", ["hang", "reset", "lose"])
@pytest.mark.parametrize("has_receipts", [False, True], ids=["without-receipts", "with-receipts"])
def test_accepted_without_an_answer(
    sold: Shop, sns: SnsStandIn, mode: str, has_receipts: bool
) -> None:
    sns.mode = mode
    run(sns)
    state = Delivery.objects.get().state
    sns.mode = "accept"
    if has_receipts:
        bring_receipts(sns)
    end_waits()
    run(sns)

    assert state == State.AMBIGUOUS
    if has_receipts:
        assert len(sns.accepted) == 1
    else:
        first, second = sns.subjects
        assert second == f"Possibly a copy: {first}"[:99]
    # Guard: botocore's own retries are off; each run asks once.
    assert sns.asked == len(sns.accepted)


# Guard: what was surely not accepted is sent again.
@pytest.mark.parametrize("mode", ["500", "429"])
def test_refused_for_the_moment_leads_to_one_copy(sold: Shop, sns: SnsStandIn, mode: str) -> None:
    sns.mode = mode
    run(sns)
    sns.mode = "accept"
    end_waits()
    run(sns)

    assert len(sns.accepted) == 1
    assert Delivery.objects.get().state == State.PUBLISHED


# Guard: no connection is no copy.
def test_an_sns_that_cannot_be_reached_and_returns_leads_to_one_copy(
    sold: Shop, sns: SnsStandIn
) -> None:
    address, sns.address = sns.address, "http://127.0.0.1:1"
    run(sns)
    state, sns.address = Delivery.objects.get().state, address
    end_waits()
    run(sns)

    assert state == State.PENDING
    assert [subject.startswith("Cafe Linde") for subject in sns.subjects] == [True]


# Guard: what is refused for good is failed, and raises after that is recorded.
def test_refused_for_good_is_failed_and_raises_in_the_same_run(sold: Shop, sns: SnsStandIn) -> None:
    sns.mode = "400"

    refused = run(sns)
    end_waits()
    again = run(sns)

    assert (refused.returncode, again.returncode) == (1, 0)
    assert "RunFailed" in refused.stderr
    assert '"Failed": 1' in refused.stderr
    assert (len(sns.accepted), Delivery.objects.get().state) == (0, State.FAILED)


# Guards: the last check, on the database's clock, and the fence.
def test_a_process_paused_past_its_lease_publishes_nothing_any_more(
    sold: Shop, sns: SnsStandIn
) -> None:
    with subprocess.Popen(
        **command(sns, "paused before the last check"), stderr=subprocess.PIPE
    ) as paused:
        os.waitid(os.P_PID, paused.pid, os.WSTOPPED)
        end_waits()
        other = run(sns)
        paused.send_signal(signal.SIGCONT)
        _out, words = paused.communicate(timeout=60)

    assert (paused.returncode, other.returncode) == (0, 0), words
    assert "report_claim_lost" in words
    assert len(sns.accepted) == 1
    assert Delivery.objects.get().state == State.PUBLISHED


# Guard: the entry turns a TypeError into an error that Zappa does not answer by calling again.
def test_a_type_error_inside_the_job_runs_it_once_and_shows_the_real_error(
    sold: Shop, sns: SnsStandIn
) -> None:
    broken = run(sns, "a TypeError inside the job")

    assert (broken.returncode, broken.stdout) == (1, "the job runs\n")
    assert "unsupported operand type(s)" in broken.stderr
    assert "Function signature is invalid" not in broken.stderr


# Guard: the request's key, unique in the database.
def test_ten_clicks_at_once_on_one_form_send_one_copy(
    sold: Shop, sns: SnsStandIn, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", sns.address)
    run(sns)
    address = f"/dashboard/reports/{Report.objects.get().pk}/send-again/"
    clients = [Client() for _ in range(10)]
    for client in clients:
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    together = threading.Barrier(len(clients))

    def click(client: Client) -> int:
        together.wait()
        try:
            return client.post(address, {"request_key": "one form"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(click, clients))
    # And once more when the copy is out: the key, not the copy's state, is what counts.
    answers.append(clients[0].post(address, {"request_key": "one form"}).status_code)

    assert answers == [302] * 11
    first, copy = sns.subjects
    assert copy == f"Copy: {first}"
    assert Delivery.objects.count() == 2


# Guards: the unique report and the claim's conditional UPDATE. Without its conditions there are two
# copies and more in half of the rounds: ten leave one chance in a thousand that nobody sees it.
def test_fifty_processes_at_once_publish_one_copy(sold: Shop, sns: SnsStandIn) -> None:
    done = run(sns, "--at-once", "50", "--rounds", "10")

    assert done.returncode == 0, done.stderr[-2000:]
    # A daily report each, two weeks and a month.
    assert sorted(sns.delivery_ids()) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert len(sns.accepted) == 10 + 2 + 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.PUBLISHED}


# Guard: three and more come as a digest.
def test_three_days_without_a_run_are_three_rows_and_one_digest(
    sold: Shop, sns: SnsStandIn
) -> None:
    run(sns, now=CLOSED + datetime.timedelta(days=2))

    assert Report.objects.filter(kind=Report.Kind.DAILY).count() == 3
    # And the week that ended meanwhile.
    assert [subject.partition(": ")[0] for subject in sns.subjects] == [
        "Cafe Linde, week to 22 Nov 2026",
        "Cafe Linde, 3 days to 23 Nov 2026",
    ]


# Guard: the entry parts from old connections before it works.
def test_a_connection_that_the_server_closed_between_runs_is_replaced(
    sold: Shop, settings: Any
) -> None:
    event = {"time": CLOSED.isoformat()}
    settings.REPORT_TOPIC_ARN = ""
    run_due_reports(event, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        [number] = cursor.fetchone()
    killer = connection.copy()
    with killer.cursor() as cursor:
        cursor.execute(f"KILL {number}")
    killer.close()

    later = {"time": (CLOSED + datetime.timedelta(days=1)).isoformat()}
    run_due_reports(later, None)

    assert Report.objects.filter(kind=Report.Kind.DAILY).count() == 2
