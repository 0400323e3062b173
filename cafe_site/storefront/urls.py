"""Addresses of the basket, the checkout and the customers' orders."""

from django.urls import path

from cafe_site.storefront import (
    basket_views,
    checkout_views,
    customer_views,
    order_views,
    payment_views,
)

app_name = "orders"
urlpatterns = [
    path("basket/", basket_views.basket, name="basket"),
    path("basket/add/", basket_views.add, name="add"),
    path("basket/change/", basket_views.change, name="change"),
    path("basket/voucher/", basket_views.voucher, name="voucher"),
    path("checkout/", checkout_views.checkout, name="checkout"),
    path("my-orders/", customer_views.my_orders, name="my_orders"),
    path("my-orders/<str:token>/", customer_views.sign_in, name="customer_sign_in"),
    path("orders/<int:number>/<str:token>/", order_views.order, name="order"),
    path("orders/<int:number>/<str:token>/state/", order_views.order_state, name="order_state"),
    path("orders/<int:number>/<str:token>/cancel/", order_views.cancel, name="cancel"),
    path("orders/<int:number>/<str:token>/pay/", payment_views.pay, name="pay"),
    path("orders/<int:number>/<str:token>/paid/", payment_views.paid, name="paid"),
    path("payments/stripe/", payment_views.stripe_event, name="stripe_event"),
    path("orders/<int:number>/<str:token>/again/", customer_views.order_again, name="order_again"),
    path(
        "orders/<int:number>/<str:token>/pickup.ics",
        order_views.calendar_file,
        name="calendar_file",
    ),
]
