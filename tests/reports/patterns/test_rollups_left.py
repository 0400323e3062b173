"""Tests that a run skips closed days that another process is counting."""

import datetime
import logging
from collections.abc import Sequence

import pytest
from django.db import IntegrityError
from django.db.models import Model

from reports.models import DayRollup
from reports.patterns import rollups
from reports.patterns.rollups import CHUNK_DAYS, rebuild_days
from tests.fixtures.shop import SUNDAY


@pytest.mark.django_db
def test_days_that_another_process_writes_are_left_to_it_and_the_next_are_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    days = [SUNDAY + datetime.timedelta(days=number) for number in range(CHUNK_DAYS + 2)]
    replace = rollups._replace

    def replace_after_another(chunk: Sequence[datetime.date], rows: Sequence[Model]) -> None:
        if SUNDAY in chunk:
            raise IntegrityError("Duplicate entry")
        replace(chunk, rows)

    monkeypatch.setattr(rollups, "_replace", replace_after_another)
    caplog.set_level(logging.INFO, logger="reports.patterns.rollups")

    rebuild_days(days)

    counted = DayRollup.objects.order_by("business_day").values_list("business_day", flat=True)
    assert list(counted) == days[CHUNK_DAYS:]
    assert caplog.messages == [
        f"rollups_left_to_another days={days[0]}..{days[CHUNK_DAYS - 1]}",
    ]
