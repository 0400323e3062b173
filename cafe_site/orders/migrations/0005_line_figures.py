from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_language")]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                fields=["business_day", "counted", "product", "quantity", "net_amount", "order"],
                name="order_line_figures",
            ),
        ),
    ]
