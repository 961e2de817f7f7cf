from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_effects_by_age")]

    operations = [
        migrations.AddField(
            model_name="picture", name="is_private", field=models.BooleanField(default=False, editable=False)
        ),
    ]
