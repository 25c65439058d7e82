from django.db import migrations

from marketplace import sql


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0001_who_and_what_is_wanted")]
    operations = [sql.run("0002_the_record_is_append_only")]
