from django.db import migrations

# They counted the last weeks, whose start moved every night; the next night counts since the first day of a campaign.
FORGET = "DELETE FROM ads_lift"


class Migration(migrations.Migration):
    dependencies = [("ads", "0003_campaigns")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
