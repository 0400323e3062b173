from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_order_figures")]

    operations = [
        migrations.RemoveIndex(model_name="orderline", name="order_line_day_figures"),
    ]
