import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("marketplace", "0003_system_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("route", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("answered_at", models.DateTimeField()),
                ("is_kept_for_ever", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_kept_for_ever", False)),
                        fields=["answered_at"],
                        name="answers_to_forget",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "route", "key"),
                        name="one_answer_per_person_route_and_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("beginning", models.CharField(max_length=12)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("jobs:read", "Read jobs, providers and departments"),
                                (
                                    "jobs:write",
                                    "Draft and publish jobs, ask and answer",
                                ),
                                (
                                    "bids:read",
                                    "Read own bids, and others after the opening",
                                ),
                                (
                                    "bids:write",
                                    "Submit, confirm and withdraw bids, score",
                                ),
                                (
                                    "awards:read",
                                    "Read choices and the work that follows",
                                ),
                                (
                                    "awards:write",
                                    "Choose, deliver, accept, dispute, rate",
                                ),
                                (
                                    "ledger:read",
                                    "Read accounts, the journal and the trial balance",
                                ),
                                ("ledger:write", "Grant budgets and resolve disputes"),
                                ("reports:read", "Read reports"),
                                (
                                    "company:write",
                                    "Add people, departments and providers",
                                ),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("issued_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("issued_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=366)),
                                ),
                            ),
                        ),
                        name="a_token_expires_within_a_year",
                    )
                ],
            },
        ),
    ]
