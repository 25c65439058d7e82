from django.db import migrations, models

from ledger import sql


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0009_months_are_recorded"),
    ]

    operations = [
        migrations.AlterField(
            model_name="journalentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("budget_granted", "Budget granted"),
                    ("budget_moved", "Budget moved"),
                    ("estimate_reserved", "Estimate reserved"),
                    ("estimate_released", "Estimate released"),
                    ("awarded", "Awarded"),
                    ("overridden", "Choice overridden"),
                    ("changed", "Change order"),
                    ("charged", "Charged"),
                    ("released", "Rest released"),
                    ("cancelled", "Award cancelled"),
                    ("disputed", "Disputed"),
                    ("credited", "Credited"),
                    ("recovered", "Credit recovered"),
                    ("retention_released", "Retention released"),
                    ("currency_settled", "Currency difference"),
                    ("reversed", "Reversed"),
                    ("spent_outside", "Paid outside"),
                    ("credited_outside", "Came back from outside"),
                    ("promise_carried", "Promise carried on"),
                    ("budget_carried", "Budget carried on"),
                    ("budget_lapsed", "Budget lapsed"),
                    ("year_closed", "Year closed"),
                    ("recovery_carried", "Recovery carried on"),
                    ("recovery_rebated", "Recovery given back"),
                ],
                max_length=20,
            ),
        ),
        sql.run("0010_what_follows_a_choice_is_recorded"),
    ]
