"""App configuration of orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "cafe_site.orders"
