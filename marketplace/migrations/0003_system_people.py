"""The two that act without a person: the clock, and the importer of other systems' records."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
PEOPLE = {
    UUID("00000000-0000-4000-8000-000000000001"): (
        "clock@choicebook.invalid",
        "The clock",
    ),
    UUID("00000000-0000-4000-8000-000000000002"): (
        "importer@choicebook.invalid",
        "The importer",
    ),
}


def add(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    user = apps.get_model("marketplace", "User")
    for id, (email, name) in PEOPLE.items():
        # “!” is no password at all: nobody signs in as these.
        user.objects.create(
            id=id,
            email=email,
            name=name,
            password="!",
            is_active=False,
            joined_at=BEGINNING,
        )


def remove(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("marketplace", "User").objects.filter(pk__in=PEOPLE).delete()


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_the_record_is_append_only")]
    operations = [migrations.RunPython(add, remove)]
