from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "cafe_site.once"
