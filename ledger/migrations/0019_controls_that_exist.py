from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0018_choices_are_signed'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(('control__in', ['hard', 'tracked'])), name='a_budget_has_a_control_that_exists'),
        ),
    ]
