from django.db import migrations, models

# Events come nearly in the order of their moments, so that a few pages say where a stretch of time lies.
INDEX = "CREATE INDEX interaction_at ON recommender_interaction USING brin (at) WITH (autosummarize = on)"


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_opened"), ("recommender", "0005_trend")]

    operations = [
        migrations.AddField(
            model_name="run", name="settled_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.RunSQL(INDEX, "DROP INDEX interaction_at"),
    ]
