from django.db import migrations

from marketplace import sql


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0008_rules_after_the_choice")]
    operations = [sql.run("0009_addenda_are_not_truncated")]
