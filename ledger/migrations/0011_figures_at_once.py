import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0010_what_follows_a_choice_is_recorded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="MonthlyCharge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.period",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="marketplace.department",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="marketplace.category",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="marketplace.provider",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("debit_minor", models.BigIntegerField(default=0)),
                ("credit_minor", models.BigIntegerField(default=0)),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "period",
                            "department",
                            "account",
                            "category",
                            "provider",
                            "currency",
                        ),
                        name="one_charge_per_month_and_what_it_was_for",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit_minor__gte", 0), ("debit_minor__gte", 0)),
                        name="monthly_charges_are_not_negative",
                    ),
                ],
            },
        ),
        # The journal is read by month and account; an index for each reference it holds costs
        # every entry, and nothing asks for it.
        migrations.RemoveIndex(model_name="journalentry", name="entries_of_a_period"),
        migrations.AlterField(
            model_name="journalentry",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="corrects_period",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.period",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="period",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="ledger.period",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="reverses",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="ledger.journalentry",
            ),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["period", "id"], name="entries_of_a_period"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                condition=models.Q(("reverses__isnull", False)),
                fields=["reverses"],
                name="reversals_of_an_entry",
            ),
        ),
        # Django makes no composite key of a plain one: the SQL does, and the state follows.
        migrations.SeparateDatabaseAndState(
            database_operations=[sql.run("0011_figures_at_once")],
            state_operations=[
                migrations.RemoveConstraint(model_name="posting", name="lines_of_an_entry"),
                migrations.RemoveIndex(model_name="posting", name="postings_of_an_account"),
                migrations.RemoveIndex(model_name="posting", name="postings_of_a_provider"),
                migrations.RemoveField(model_name="posting", name="id"),
                migrations.AddField(
                    model_name="posting",
                    name="period",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=None,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.period",
                    ),
                    preserve_default=False,
                ),
                migrations.AlterField(
                    model_name="posting",
                    name="entry",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.journalentry",
                    ),
                ),
                migrations.AddField(
                    model_name="posting",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "entry_id",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                migrations.AddIndex(
                    model_name="posting",
                    index=models.Index(
                        fields=["account", "department", "period"], name="postings_of_an_account"
                    ),
                ),
                migrations.AddIndex(
                    model_name="posting",
                    index=models.Index(
                        condition=models.Q(("provider__isnull", False)),
                        fields=["provider", "account", "period"],
                        name="postings_of_a_provider",
                    ),
                ),
            ],
        ),
    ]
