import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_inbox_indexes"), ("sellers", "0003_feed_by_channel")]

    operations = [
        migrations.CreateModel(
            name="ReplyTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seconds", models.PositiveIntegerField(verbose_name="seconds until the first answer")),
                ("talks", models.PositiveIntegerField(verbose_name="conversations counted")),
                ("counted_at", models.DateTimeField(verbose_name="counted")),
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reply_time", to="sellers.channel"
                    ),
                ),
            ],
            options={"verbose_name": "reply time", "verbose_name_plural": "reply times"},
        ),
    ]
