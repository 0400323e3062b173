"""The storage of static files, with addresses below the request's stage."""

from django.conf import settings
from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Adds API Gateway's stage to static addresses while the site has no domain.

    Django adds the prefix to STATIC_URL only once, before the first request. So every page at
    https://ID.execute-api.REGION.amazonaws.com/web would request its styles outside of /web.
    """

    @property
    def base_url(self) -> str:
        return get_script_prefix().rstrip("/") + settings.STATIC_URL
