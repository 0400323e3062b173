import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('menu', '0002_bake_plan'),
        ('reports', '0012_plan_attempts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OutlierDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_day', models.DateField(verbose_name='business day')),
                ('sold', models.PositiveIntegerField(verbose_name='sold')),
                ('counted_as', models.PositiveIntegerField(verbose_name='counted as')),
                ('counts_in_full', models.BooleanField(db_default=False, default=False, verbose_name='counts in full')),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outlier_days', to='menu.product')),
            ],
            options={
                'verbose_name': 'day far above the usual',
                'verbose_name_plural': 'days far above the usual',
                'ordering': ('-business_day', 'product'),
                'constraints': [models.UniqueConstraint(fields=('business_day', 'product'), name='outlier_day_once')],
            },
        ),
    ]
