from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_line_figures")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=[
                    "business_day",
                    "status",
                    "pickup_hour",
                    "gross_amount",
                    "discount_amount",
                    "refund_amount",
                    "net_amount",
                    "tax_amount",
                    "placed_at",
                    "channel",
                ],
                name="order_figures",
            ),
        ),
    ]
