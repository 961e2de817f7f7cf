
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0006_coupons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='refund',
            name='refund_open',
        ),
        migrations.AddField(
            model_name='refund',
            name='asked_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(models.OrderBy(models.F('asked_at'), nulls_first=True), models.F('id'), condition=models.Q(('state__in', ['created', 'transit'])), name='refund_to_ask_about'),
        ),
    ]
