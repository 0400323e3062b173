from django.urls import path

from cafe_site.orders import customer_views, views
from cafe_site.orders.payments import views as payment_views

app_name = "orders"
urlpatterns = [
    path("basket/", views.basket, name="basket"),
    path("basket/add/", views.add, name="add"),
    path("basket/change/", views.change, name="change"),
    path("basket/voucher/", views.voucher, name="voucher"),
    path("checkout/", views.checkout, name="checkout"),
    path("my-orders/", customer_views.my_orders, name="my_orders"),
    path("my-orders/<str:token>/", customer_views.sign_in, name="customer_sign_in"),
    path("orders/<int:number>/<str:token>/", views.order, name="order"),
    path("orders/<int:number>/<str:token>/state/", views.order_state, name="order_state"),
    path("orders/<int:number>/<str:token>/cancel/", views.cancel, name="cancel"),
    path("orders/<int:number>/<str:token>/pay/", payment_views.pay, name="pay"),
    path("orders/<int:number>/<str:token>/paid/", payment_views.paid, name="paid"),
    path("payments/stripe/", payment_views.stripe_event, name="stripe_event"),
    path("orders/<int:number>/<str:token>/again/", customer_views.order_again, name="order_again"),
    path("orders/<int:number>/<str:token>/pickup.ics", views.calendar_file, name="calendar_file"),
]
