"""Template filter for charts."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Small chart marks, for the legend.
KEYS = {
    "line": '<path class="line" d="M0 4H14"/>',
    "band": '<rect class="band" x="0" y="0" width="14" height="8"/>',
    "bar": '<rect class="bar" x="0" y="0" width="14" height="8" rx="2"/>',
    "bar_base": '<rect class="bar_base" x="0.5" y="2" width="13" height="4" rx="2"/>',
}


@register.simple_tag
def svg(drawn: str) -> SafeString:
    """Output a chart of dashboard/charts.py, which escapes all its text."""
    return mark_safe(drawn)  # noqa: S308 - see above.


@register.simple_tag
def chart_key(mark: str) -> SafeString:
    return mark_safe(  # noqa: S308 - constants.
        f'<svg class="chart" viewBox="0 0 14 8" aria-hidden="true">{KEYS[mark]}</svg>'
    )
