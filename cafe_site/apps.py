from django.apps import AppConfig


class CafeSiteConfig(AppConfig):
    """The project: what belongs to no single app."""

    name = "cafe_site"

    def ready(self) -> None:
        from cafe_site import checks  # noqa: F401 - importing it registers the checks
