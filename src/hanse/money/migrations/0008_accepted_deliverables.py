"""The table of accepted deliverables."""

import django.db.models.deletion
import hanse.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('money', '0007_usual_hold'),
        ('programs', '0007_token_form'),
    ]

    operations = [
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('deliverable', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('fee_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('accepted_at', models.DateTimeField()),
                ('accepted_by', models.CharField(max_length=200)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.enrolment')),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
            options={
                'indexes': [models.Index(fields=['enrolment', 'accepted_at'], name='acceptance_by_enrolment')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('deliverable',), name='accepted_once'), models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0)), name='accepted_fee_not_negative')],
            },
        ),
    ]
