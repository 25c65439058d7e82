from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_figures_at_once"),
        ("marketplace", "0010_words_are_redacted_by_two"),
    ]
    operations = [sql.run("0012_redactions_are_recorded")]
