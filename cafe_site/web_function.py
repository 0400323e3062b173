"""The WSGI application of the web stage, with the modules of every page loaded.

Lambda starts a process at full processor speed, and answers requests at the share of it that the
function's memory pays for: what the first page would import is imported here. The reports start
from cafe_site.wsgi, for they need no page.
"""

from importlib import import_module

from django.conf import settings

from cafe_site.wsgi import application

import_module(settings.ROOT_URLCONF)

__all__ = ["application"]
