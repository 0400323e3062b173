from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_old_line_figures")]

    operations = [
        migrations.RemoveIndex(model_name="order", name="order_day_figures"),
    ]
