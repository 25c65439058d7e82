from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0010_words_are_redacted_by_two"),
    ]
    operations = []
