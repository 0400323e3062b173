"""The WSGI application that Zappa and other WSGI servers load."""

import os

from django.core.wsgi import get_wsgi_application

from cafe_site.database import open_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe_site.settings")

application = get_wsgi_application()
# An untrusted database server stops the start here, before anything is sent to it.
open_database()
