from django.urls import path

from cafe_site.dashboard import (
    board_views,
    order_views,
    recipient_views,
    report_views,
    stock_views,
)

app_name = "dashboard"
urlpatterns = [
    path("", report_views.today, name="today"),
    path("orders/", board_views.board, name="board"),
    path("orders/tickets/", board_views.tickets, name="tickets"),
    path("orders/pause/", board_views.pause, name="pause"),
    path("orders/<int:number>/", order_views.order, name="order"),
    path("orders/<int:number>/status/", board_views.change_order_status, name="order_status"),
    path("orders/<int:number>/cancel/", order_views.cancel, name="order_cancel"),
    path("orders/<int:number>/refund/", order_views.refund, name="order_refund"),
    path("stock/", stock_views.stock, name="stock"),
    path("stock/<int:number>/", stock_views.change_stock, name="change_stock"),
    path("reports/", report_views.history, name="reports"),
    path("reports/recipients/", recipient_views.recipients, name="recipients"),
    path("reports/recipients/add/", recipient_views.add_recipient, name="add_recipient"),
    path(
        "reports/recipients/confirm/", recipient_views.confirm_recipient, name="confirm_recipient"
    ),
    path("reports/recipients/change/", recipient_views.change_recipient, name="change_recipient"),
    path("reports/recipients/remove/", recipient_views.remove_recipient, name="remove_recipient"),
    path("reports/<int:number>/", report_views.report, name="report"),
    path("reports/<int:number>/send-again/", report_views.send_again, name="send_again"),
    path("reports/<int:number>/report.csv", report_views.report_csv, name="report_csv"),
]
