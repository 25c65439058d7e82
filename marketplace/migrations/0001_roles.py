from django.db import migrations

from marketplace import sql


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [sql.run("0001_roles")]
