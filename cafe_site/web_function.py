"""The WSGI application of the web stage, with the modules of every page loaded.

Lambda starts a process at full CPU speed, but runs requests at a share that depends on the
function's memory. So the modules of the first page are imported here. The reports stage starts from
cafe_site.wsgi, because it serves no pages.

Unlike cafe_site.wsgi, this opens no database connection. A first visitor's browser requests a dozen
pictures at once, which starts several processes: each would hold one of the few connections of the
database without needing it (docs/decisions/0030).
"""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe_site.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)

__all__ = ["application"]
