import datetime

from cafe_site.storefront.calendar_file import Appointment, render_calendar
from tests.factories import utc


def test_long_and_special_text_is_folded_and_escaped() -> None:
    appointment = Appointment(
        uid="order-1@example.com",
        start=utc(2026, 11, 22, 12),
        title="Café; Kuchen, Brötchen " + "ä" * 60,
        text="1 x Tea, green\r\n2 x Back\\slash",
        url="https://example.com/",
        is_cancelled=True,
    )

    calendar = render_calendar(appointment, now=utc(2026, 11, 22) + datetime.timedelta(hours=9))

    lines = calendar.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = calendar.replace("\r\n ", "").split("\r\n")
    assert "SUMMARY:Café\\; Kuchen\\, Brötchen " + "ä" * 60 in unfolded
    assert "DESCRIPTION:1 x Tea\\, green\\n2 x Back\\\\slash" in unfolded
    assert "STATUS:CANCELLED" in unfolded
