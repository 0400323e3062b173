"""Fill the keys of the names that are there.

Two rows whose names differ by case, accents or width alone may be there already. The older one has
the key, the other keeps none until somebody gives it a name of its own.
"""

from django.db import migrations

from cafe_site.identity.normal_forms import normal_name

# Model, the column with the name, its key, and what names differ within.
KEYS = (
    ("Category", "name", "name_key", ()),
    ("Product", "name", "name_key", ()),
    ("OptionGroup", "name", "name_key", ("product_id",)),
    ("Option", "name", "name_key", ("group_id",)),
    ("RecipeItem", "ingredient", "ingredient_key", ("product_id", "unit")),
)


def fill_keys(apps, schema_editor):
    for model_name, column, key_column, scope in KEYS:
        model = apps.get_model("menu", model_name)
        seen = set()
        for row in model.objects.order_by("pk"):
            key = normal_name(getattr(row, column))
            place = (*(getattr(row, name) for name in scope), key)
            if place not in seen:
                seen.add(place)
                model.objects.filter(pk=row.pk).update(**{key_column: key})


class Migration(migrations.Migration):
    dependencies = [("menu", "0003_name_keys")]
    operations = [migrations.RunPython(fill_keys, migrations.RunPython.noop)]
