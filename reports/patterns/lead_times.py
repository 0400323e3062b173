"""Lead time of orders before pickup, in steps. Pure."""

import datetime

# Where each step ends; the last one has no end. rollups keep a step by its place in here.
STEP_ENDS = (
    datetime.timedelta(hours=1),
    datetime.timedelta(hours=3),
    datetime.timedelta(hours=12),
    datetime.timedelta(days=1),
    datetime.timedelta(days=2),
    datetime.timedelta(days=4),
)
STEP_COUNT = len(STEP_ENDS) + 1


def step_of(lead: datetime.timedelta) -> int:
    """Return the place of the step that a lead time belongs to; each step excludes its end."""
    return next(
        (index for index, end in enumerate(STEP_ENDS) if lead < end),
        len(STEP_ENDS),
    )
