from django.db import migrations, models

VIEWS = [
    ('charged', 'What the department is charged'),
    ('spent', 'What the company really spends'),
    ('neither', 'Neither of the two'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0023_reversed_in_part'),
    ]

    operations = [
        migrations.AlterField(
            model_name=name,
            name='followed_view',
            field=models.CharField(blank=True, choices=VIEWS, default='', max_length=10),
        )
        for name in ('award', 'choicewanted')
    ]
