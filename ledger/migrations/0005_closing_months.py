from django.db import migrations

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_books_for_their_roles_alone")]
    operations = [sql.run("0005_closing_months")]
