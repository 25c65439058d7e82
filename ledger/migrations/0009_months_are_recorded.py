from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_rows_are_recorded")]
    operations = [sql.run("0009_months_are_recorded")]
