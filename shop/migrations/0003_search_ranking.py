"""Words are kept with their field and counted; what narrows a search stands beside them, kept by triggers.

All documents are read again by the sweep or by reindex_search; until then products are found by the words they had.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# Every product has a document from its first moment, so whoever changes a product finds it: no reading of the index,
# however late, can bring back a price or a product that is gone. Rows are taken in the order of ids, as everywhere.
TRIGGERS = """
ALTER TABLE shop_searchdocument SET (fillfactor = 85);
CREATE FUNCTION shop_search_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop_searchdocument (product_id, version, market, is_listed, price_minor, facet_terms, popularity, size, vector)
    SELECT id, 0, market, is_listed, price_minor, facet_terms, popularity, 1, '' FROM fresh;
    RETURN NULL;
END $$;
CREATE FUNCTION shop_search_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[] := ARRAY(
        SELECT fresh.id FROM fresh JOIN former USING (id)
        WHERE (fresh.market, fresh.is_listed, fresh.price_minor, fresh.facet_terms, fresh.popularity)
            IS DISTINCT FROM (former.market, former.is_listed, former.price_minor, former.facet_terms, former.popularity)
    );
BEGIN
    IF cardinality(ids) > 0 THEN
        PERFORM 1 FROM shop_searchdocument WHERE product_id = ANY(ids) ORDER BY product_id FOR NO KEY UPDATE;
        UPDATE shop_searchdocument SET market = fresh.market, is_listed = fresh.is_listed,
            price_minor = fresh.price_minor, facet_terms = fresh.facet_terms, popularity = fresh.popularity
        FROM fresh WHERE product_id = fresh.id AND fresh.id = ANY(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER shop_search_added AFTER INSERT ON sellers_product REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION shop_search_added();
CREATE TRIGGER shop_search_changed AFTER UPDATE ON sellers_product REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION shop_search_changed();
DELETE FROM shop_searchword;
INSERT INTO shop_searchdocument (product_id, version, market, is_listed, price_minor, facet_terms, popularity, size, vector)
SELECT id, 0, market, is_listed, price_minor, facet_terms, popularity, 1, '' FROM sellers_product
ON CONFLICT (product_id) DO UPDATE SET version = 0, market = excluded.market, is_listed = excluded.is_listed,
    price_minor = excluded.price_minor, facet_terms = excluded.facet_terms, popularity = excluded.popularity;
INSERT INTO shop_searchtitle (product_id, words, lexemes, noun) SELECT id, lower(title), '', 0 FROM sellers_product;
"""
DROP = """
DROP TRIGGER shop_search_added ON sellers_product; DROP TRIGGER shop_search_changed ON sellers_product;
DROP FUNCTION shop_search_added(); DROP FUNCTION shop_search_changed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0002_search'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='searchdocument',
            name='search_trigrams',
        ),
        migrations.RemoveIndex(
            model_name='searchdocument',
            name='search_vector',
        ),
        migrations.RemoveField(
            model_name='searchdocument',
            name='words',
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='market',
            field=models.CharField(default='', max_length=8),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='is_listed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='price_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='facet_terms',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='popularity',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='size',
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name='searchdocument',
            name='vector',
            field=django.contrib.postgres.search.SearchVectorField(default=''),
        ),
        migrations.AddIndex(
            model_name='searchdocument',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='search_vector'),
        ),
        migrations.CreateModel(
            name='SearchTitle',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='sellers.product')),
                ('words', models.TextField()),
                ('lexemes', models.TextField()),
                ('noun', models.SmallIntegerField()),
            ],
            options={
                'verbose_name': 'title in a search',
                'verbose_name_plural': 'titles in a search',
            },
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
                'indexes': [models.Index(fields=['lexeme'], name='search_term_begins', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.UniqueConstraint(models.F('market'), models.F('lexeme'), name='search_term_once')],
            },
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
