"""Searches of one's own, and staff's tables of what must come first."""

import core.markets
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0003_search_ranking'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('market', models.CharField(choices=core.markets.choices, max_length=8, verbose_name='market')),
                ('rows', models.TextField(help_text='One query a line, then a tab and the number or title of the product that must come first, or of several.', max_length=60000, verbose_name='rows')),
            ],
            options={
                'verbose_name': 'table of searches',
                'verbose_name_plural': 'tables of searches',
            },
        ),
        migrations.CreateModel(
            name='RecentSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=100)),
                ('searched_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recent_searches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'recent search',
                'verbose_name_plural': 'recent searches',
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('words'), name='recent_search_once')],
            },
        ),
    ]
