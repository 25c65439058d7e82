from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_choices_are_append_only")]
    operations = [sql.run("0004_books_for_their_roles_alone")]
