"""Bring the user names that are there into their normal form, where nobody else has it."""

from django.db import migrations

from cafe_site.identity.normal_forms import normal_user_name


def normalize_user_names(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    taken = set(User.objects.values_list("username", flat=True))
    for pk, name in User.objects.order_by("pk").values_list("pk", "username"):
        normal = normal_user_name(name)
        if normal != name and normal not in taken:
            taken.add(normal)
            User.objects.filter(pk=pk).update(username=normal)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_exact_names")]
    operations = [migrations.RunPython(normalize_user_names, migrations.RunPython.noop)]
