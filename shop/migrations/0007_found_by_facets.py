"""The index of words knows facet terms too: a search with filters among very many things reads only those that fit."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_popular_documents")]

    operations = [
        migrations.RemoveIndex(model_name="searchdocument", name="search_vector"),
        migrations.AddIndex(
            model_name="searchdocument",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["vector", "facet_terms"], name="search_found"
            ),
        ),
        migrations.RemoveIndex(model_name="searchdocument", name="search_popular_ones"),
        migrations.AddIndex(
            model_name="searchdocument",
            index=models.Index(
                condition=models.Q(("is_popular", True), ("version__gte", 0)),
                fields=["product"],
                name="search_popular_ones",
            ),
        ),
    ]
