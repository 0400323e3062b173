"""The site's settings, plus the page of unsent e-mails."""

from cafe_site.settings import *  # noqa: F403
from cafe_site.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "script.demo_parts.urls"
FOLDERS = [
    BASE_DIR / "script" / "demo_parts" / "templates",
    BASE_DIR / "cafe_site" / "templates",
]
TEMPLATES = [{**engine, "DIRS": FOLDERS} for engine in TEMPLATES]
