"""Static files under the address that a request came by."""

from django.conf import settings
from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names files below API Gateway's stage, where the site has no name of its own.

    Django puts that before STATIC_URL once, when somebody first asks for it, which is before the
    first request: so every page at https://ID.execute-api.REGION.amazonaws.com/web would look for
    its styles outside of /web, where there is nothing.
    """

    @property
    def base_url(self) -> str:
        return get_script_prefix().rstrip("/") + settings.STATIC_URL
