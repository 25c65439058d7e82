from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0007_sealed_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='policy',
            name='charging_days',
            field=models.PositiveSmallIntegerField(default=45),
        ),
        migrations.AddField(
            model_name='policy',
            name='large_change_basis_points',
            field=models.PositiveIntegerField(default=1000),
        ),
        migrations.AddField(
            model_name='policy',
            name='override_above_minor',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='retention_basis_points',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='policy',
            name='retention_days',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('retention_basis_points__lte', 10000)), name='no_more_is_kept_back_than_is_owed'),
        ),
    ]
