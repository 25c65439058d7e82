from django.db import migrations

from bids import sql


class Migration(migrations.Migration):
    dependencies = [
        ("bids", "0002_few_bids"),
        ("marketplace", "0002_the_record_is_append_only"),
    ]
    operations = [sql.run("0003_bids_stay_sealed")]
