from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_replytime")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index("opened_at", name="conversation_opened"),
        ),
    ]
