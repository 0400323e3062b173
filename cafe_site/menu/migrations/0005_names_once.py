from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('menu', '0004_fill_name_keys'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='option',
            name='option_name_once',
        ),
        migrations.RemoveConstraint(
            model_name='optiongroup',
            name='option_group_name_once',
        ),
        migrations.RemoveConstraint(
            model_name='recipeitem',
            name='recipe_item_once',
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.UniqueConstraint(fields=('group', 'name_key'), name='option_name_once'),
        ),
        migrations.AddConstraint(
            model_name='optiongroup',
            constraint=models.UniqueConstraint(fields=('product', 'name_key'), name='option_group_name_once'),
        ),
        migrations.AddConstraint(
            model_name='recipeitem',
            constraint=models.UniqueConstraint(fields=('product', 'ingredient_key', 'unit'), name='recipe_item_once'),
        ),
    ]
