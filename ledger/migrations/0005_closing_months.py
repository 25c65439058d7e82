from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_books_for_their_roles_alone")]
    operations: list[migrations.operations.base.Operation] = []
