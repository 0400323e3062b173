"""The WSGI application of the web stage, with the modules of every page loaded.

Lambda starts a process at full processor speed, and answers requests at the share of it that the
function's memory pays for: what the first page would import is imported here. The reports start
from cafe_site.wsgi, for they need no page.

No connection to the database is opened here, as it is there. A first visitor's browser asks for a
dozen pictures at once, most of them from processes that are just starting: each would hold one of
the few connections that the database takes, and need none (docs/decisions/0030).
"""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe_site.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)

__all__ = ["application"]
