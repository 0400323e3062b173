"""CSV cells that a spreadsheet does not run as formulas. Pure."""

from typing import Any


def safe_cell(cell: Any) -> Any:
    """Escape a text that a spreadsheet would run as a formula (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "@", "\t", "\r", "-"):
        return f"'{cell}"
    return "" if cell is None else cell
