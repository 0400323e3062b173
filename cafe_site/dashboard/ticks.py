"""Round axis values for charts. Pure."""

import math


def nice_ticks(highest: float) -> list[float]:
    """Return three to five round values from 0 to the first one at or above `highest`."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [step * index for index in range(math.ceil(highest / step - 1e-9) + 1)]


def plain_number(value: float) -> str:
    """Format a tick with only the decimals it needs: 2.5, but 100 instead of 100.00."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
