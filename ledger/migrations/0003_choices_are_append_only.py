from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_one_way_to_post"),
        ("marketplace", "0002_the_record_is_append_only"),
    ]
    operations = [sql.run("0003_choices_are_append_only")]
