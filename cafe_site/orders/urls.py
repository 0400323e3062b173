from django.urls import path

from cafe_site.orders import views

app_name = "orders"
urlpatterns = [
    path("basket/", views.basket, name="basket"),
    path("basket/add/", views.add, name="add"),
    path("basket/change/", views.change, name="change"),
    path("checkout/", views.checkout, name="checkout"),
    path("orders/<int:number>/<str:token>/", views.order, name="order"),
]
