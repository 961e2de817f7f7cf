"""Words are kept in their order and counted; all documents are read again by the sweep or by reindex_search."""

import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0002_search'),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE shop_searchdocument SET version = 0; DELETE FROM shop_searchword", migrations.RunSQL.noop
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='named',
            field=django.contrib.postgres.search.SearchVectorField(default=''),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='noun',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='size',
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='lexemes',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='title',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='searchword',
            name='lexeme',
            field=models.CharField(default='', max_length=60),
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('market', models.CharField(max_length=8)),
                ('lexeme', models.CharField(max_length=60)),
                ('documents', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': 'how common a word is',
                'verbose_name_plural': 'how common words are',
                'constraints': [models.UniqueConstraint(models.F('market'), models.F('lexeme'), name='search_term_once')],
            },
        ),
    ]
