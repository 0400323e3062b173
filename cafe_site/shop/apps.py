from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "cafe_site.shop"
