from django.urls import path, register_converter

from cafe_site.menu import views
from cafe_site.menu.photos import NAME_PATTERN


class PhotoNameConverter:
    """Takes the names that photos' files have, and no others."""

    regex = NAME_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PhotoNameConverter, "photo")

app_name = "photos"
urlpatterns = [
    path("photos/<photo:name>", views.photo, name="photo"),
]
