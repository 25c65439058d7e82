from django.db import migrations

from marketplace import sql


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0005_a_contest_is_over")]
    operations = [sql.run("0006_what_is_published_stays")]
