from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0002_measures'),
    ]

    operations = [
        migrations.AddField(
            model_name='shopday',
            name='active_stores',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
