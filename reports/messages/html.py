"""HTML version of a report's text for mail programs, in a fixed-width font. Pure."""

import html
import re

# Inline styles, because mail programs drop style sheets.
PAGE = (
    "<!doctype html>\n"
    '<html lang="en"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"></head>\n'
    '<body style="margin:16px">\n'
    '<pre style="font:15px/1.45 ui-monospace,Menlo,Consolas,monospace;'
    'white-space:pre-wrap;margin:0">{body}</pre>\n'
    "</body></html>\n"
)
# Section titles begin in capitals (SALES in EUR, without tax), in Chinese with a square.
_TITLE = re.compile(r"[A-Z]{3,}\b|■")
_ADDRESS = re.compile(r"https?://\S+")


def render_html(text: str) -> str:
    """Return a report's text as an HTML page with bold titles and a linked address."""
    return PAGE.format(body="\n".join(_line(line) for line in text.rstrip().splitlines()))


def _line(line: str) -> str:
    escaped = html.escape(line)
    if _ADDRESS.fullmatch(line):
        return f'<a href="{escaped}">{escaped}</a>'
    return f"<strong>{escaped}</strong>" if _TITLE.match(line) else escaped
