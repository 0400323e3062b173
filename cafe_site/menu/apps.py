from django.apps import AppConfig


class MenuConfig(AppConfig):
    name = "cafe_site.menu"
