from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("marketplace", "0015_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="criterion",
            name="kind",
            field=models.CharField(choices=[("judged", "Judged by people"), ("past_ratings", "Past ratings")], default="judged", max_length=20),
        ),
        migrations.AddField(
            model_name="policy",
            name="tells_exact_price",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(condition=models.Q(("kind", "judged"), models.Q(("kind", "past_ratings"), ("knock_out", None), ("weight__lte", 20)), _connector="OR"), name="past_ratings_weigh_20_at_most_and_knock_nobody_out"),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(condition=models.Q(("kind", "past_ratings")), fields=("job",), name="past_ratings_count_once_per_job"),
        ),
    ]
