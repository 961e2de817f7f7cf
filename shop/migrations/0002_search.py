"""What search knows. Words are kept by their stems: English endings are cut, words of other letters stay whole."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

MAKE = """
CREATE TEXT SEARCH DICTIONARY bisat_stem (TEMPLATE = snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION bisat (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION bisat ALTER MAPPING FOR asciiword WITH bisat_stem;
"""
DROP = "DROP TEXT SEARCH CONFIGURATION bisat; DROP TEXT SEARCH DICTIONARY bisat_stem;"


class Migration(migrations.Migration):

    dependencies = [
        ('sellers', '0001_initial'),
        ('shop', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(MAKE, DROP),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('job', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('until', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'progress of a job',
                'verbose_name_plural': 'progress of jobs',
            },
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='version',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='ChannelDocument',
            fields=[
                ('channel', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_document', serialize=False, to='sellers.channel')),
                ('words', models.TextField()),
            ],
            options={
                'verbose_name': 'search document of a channel',
                'verbose_name_plural': 'search documents of channels',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='channel_trigrams', opclasses=['gin_trgm_ops'])],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('near', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
            ],
            options={
                'verbose_name': 'word of the catalogue',
                'verbose_name_plural': 'words of the catalogue',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['near'], name='search_word_near')],
            },
        ),
    ]
