from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "cafe_site.stock"
