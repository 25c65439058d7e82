from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_months_are_recorded")]
    operations = [sql.run("0010_what_follows_a_choice_is_recorded")]
