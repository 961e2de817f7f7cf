from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("sellers", "0002_feed_index")]

    operations = [
        migrations.RemoveIndex(model_name="post", name="post_feed"),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                models.F("channel"),
                models.OrderBy(models.F("published_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("in_feed", True), ("state", "published")),
                name="post_feed",
            ),
        ),
    ]
