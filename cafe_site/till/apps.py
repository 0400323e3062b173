"""App configuration of the till import."""

from django.apps import AppConfig


class TillConfig(AppConfig):
    name = "cafe_site.till"
