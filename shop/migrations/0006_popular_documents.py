"""The documents that suggestions look at first are marked, and have an index of their own; the next minute marks them."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0005_alerts'),
    ]

    operations = [
        migrations.AddField(
            model_name='searchdocument',
            name='is_popular',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='searchdocument',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('is_popular', True)), fastupdate=False, fields=['vector'], name='search_popular'),
        ),
        migrations.AddIndex(
            model_name='searchdocument',
            index=models.Index(condition=models.Q(('is_popular', True)), fields=['product'], name='search_popular_ones'),
        ),
    ]
