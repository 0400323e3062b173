from django.apps import AppConfig


class CafeSiteConfig(AppConfig):
    """The project itself: what belongs to no single room."""

    name = "cafe_site"

    def ready(self) -> None:
        from cafe_site import checks  # noqa: F401 - importing it registers the checks
