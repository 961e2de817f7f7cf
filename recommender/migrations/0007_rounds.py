from django.db import migrations, models

# They counted the last days, whose start moved every night; they compare with nothing that is counted since a fixed day.
FORGET = "DELETE FROM recommender_comparison"


class Migration(migrations.Migration):
    dependencies = [("recommender", "0006_settled")]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="comparison", name="days"),
        migrations.AddField(model_name="comparison", name="since", field=models.DateTimeField(verbose_name="counted since")),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET),
    ]
