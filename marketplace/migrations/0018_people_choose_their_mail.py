import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0017_jobs_newest_first'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailChoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('topic', models.CharField(choices=[('waiting', 'What waits for you'), ('work', 'Your jobs and bids'), ('money', 'Money'), ('company', 'The whole company'), ('binding', 'What binds or runs out')], max_length=10)),
                ('mailing', models.CharField(choices=[('now', 'At once'), ('daily', 'Once a day'), ('never', 'Not by mail')], max_length=10)),
            ],
        ),
        migrations.AddField(
            model_name='notice',
            name='topic',
            field=models.CharField(choices=[('waiting', 'What waits for you'), ('work', 'Your jobs and bids'), ('money', 'Money'), ('company', 'The whole company'), ('binding', 'What binds or runs out')], db_default='binding', default='binding', max_length=10),
        ),
        migrations.AddField(
            model_name='user',
            name='digest_hour',
            field=models.PositiveSmallIntegerField(db_default=7, default=7),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('digest_hour__lte', 23)), name='a_daily_mail_comes_at_an_hour_of_the_day'),
        ),
        migrations.AddField(
            model_name='mailchoice',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mail_choices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='mailchoice',
            constraint=models.UniqueConstraint(fields=('user', 'topic'), name='a_person_chooses_once_per_topic'),
        ),
        migrations.AddConstraint(
            model_name='mailchoice',
            constraint=models.CheckConstraint(condition=models.Q(('topic', 'binding'), _negated=True), name='what_binds_is_mailed_at_once'),
        ),
        migrations.AddConstraint(
            model_name='mailchoice',
            constraint=models.CheckConstraint(condition=models.Q(('mailing__in', ['daily', 'never'])), name='who_wants_it_at_once_has_no_row'),
        ),
    ]
