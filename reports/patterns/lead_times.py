"""Lead time of orders before pickup, in steps. Pure."""

import datetime

# End of each step; the last step has none. Rollups store a step by its index here.
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
    """Return the index of a lead time's step; each step excludes its end."""
    return next(
        (index for index, end in enumerate(STEP_ENDS) if lead < end),
        len(STEP_ENDS),
    )
