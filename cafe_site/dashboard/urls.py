"""Addresses of the dashboard."""

from django.urls import path

from cafe_site.dashboard import (
    bake_views,
    board_views,
    export_views,
    order_views,
    pattern_views,
    recipient_views,
    report_views,
    stock_views,
    today_views,
)

app_name = "dashboard"
urlpatterns = [
    path("", today_views.today, name="today"),
    path("orders/", board_views.board, name="board"),
    path("orders/tickets/", board_views.tickets, name="tickets"),
    path("orders/pause/", board_views.pause, name="pause"),
    path("orders/<int:number>/", order_views.order, name="order"),
    path("orders/<int:number>/status/", board_views.change_order_status, name="order_status"),
    path("orders/<int:number>/cancel/", order_views.cancel, name="order_cancel"),
    path("orders/<int:number>/refund/", order_views.refund, name="order_refund"),
    path("stock/", stock_views.stock, name="stock"),
    path("stock/<int:number>/", stock_views.change_stock, name="change_stock"),
    path("leftovers/", bake_views.leftovers, name="leftovers"),
    path("bake-plan/", bake_views.bake_plan, name="bake_plan"),
    path("bake-plan/accept/", bake_views.accept_bake_plan, name="accept_bake_plan"),
    path("bake-plan/outliers/<int:number>/", bake_views.decide_outlier, name="decide_outlier"),
    path("bake-plan/sheet/", bake_views.bake_sheet, name="bake_sheet"),
    path("patterns/", pattern_views.patterns, name="patterns"),
    path("patterns/<slug:page>/", pattern_views.patterns, name="patterns_page"),
    path("patterns/<slug:slug>.csv", pattern_views.pattern_csv, name="pattern_csv"),
    path("patterns/<slug:slug>.xlsx", pattern_views.pattern_xlsx, name="pattern_xlsx"),
    path("exports/", export_views.exports, name="exports"),
    path("exports/add/", export_views.add_export, name="add_export"),
    path("exports/<int:number>/", export_views.export_status, name="export_status"),
    path("exports/<int:number>/cancel/", export_views.cancel_export, name="cancel_export"),
    path("exports/<int:number>/retry/", export_views.retry_export, name="retry_export"),
    path("exports/<int:number>/file/", export_views.export_file, name="export_file"),
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
    path("reports/<int:number>/report.txt", report_views.report_text, name="report_text"),
    path("reports/<int:number>/report.json", report_views.report_json, name="report_json"),
    path("reports/<int:number>/report.csv", report_views.report_csv, name="report_csv"),
]
