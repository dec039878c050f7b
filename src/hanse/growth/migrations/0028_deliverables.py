"""The tables of deliverables, their drafts, and what is said about them."""

import django.db.models.deletion
import hanse.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('growth', '0027_pictures_and_examples'),
        ('programs', '0007_token_form'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deliverable',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('sort', models.CharField(choices=[('content', 'Content'), ('newsletter_slot', 'Newsletter Slot'), ('integration', 'Integration'), ('other', 'Other')], default='content', max_length=16)),
                ('brief', models.TextField()),
                ('channel', models.CharField(blank=True, max_length=80)),
                ('due_on', models.DateField()),
                ('live_on', models.DateField(null=True)),
                ('answer_days', models.PositiveSmallIntegerField(default=3)),
                ('fee_minor', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('usage', models.TextField(blank=True)),
                ('usage_where', models.CharField(blank=True, max_length=200)),
                ('usage_until', models.DateField(null=True)),
                ('disclosure', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('agreed', 'Agreed'), ('review', 'Review'), ('changes', 'Changes'), ('accepted', 'Accepted'), ('live', 'Live'), ('declined', 'Declined'), ('cancelled', 'Cancelled')], default='asked', max_length=10)),
                ('state_at', models.DateTimeField()),
                ('unanswered_at', models.DateTimeField(null=True)),
                ('draft_number', models.PositiveIntegerField(default=0)),
                ('live_address', models.CharField(blank=True, max_length=500)),
                ('reason', models.TextField(blank=True)),
                ('reminded', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=200)),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.enrolment')),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
        ),
        migrations.CreateModel(
            name='DeliverableComment',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(max_length=8)),
                ('what', models.CharField(blank=True, max_length=12)),
                ('draft_number', models.PositiveIntegerField(default=0)),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=200)),
                ('deliverable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='growth.deliverable')),
            ],
        ),
        migrations.CreateModel(
            name='DeliverableDraft',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField(blank=True)),
                ('link', models.CharField(blank=True, max_length=500)),
                ('side', models.CharField(max_length=8)),
                ('sent_at', models.DateTimeField()),
                ('sent_by', models.CharField(max_length=200)),
                ('deliverable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='growth.deliverable')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='growth.storedfile')),
            ],
        ),
        migrations.AddIndex(
            model_name='deliverable',
            index=models.Index(fields=['program', 'state', 'due_on'], name='deliverable_by_state'),
        ),
        migrations.AddIndex(
            model_name='deliverable',
            index=models.Index(fields=['enrolment', 'due_on'], name='deliverable_by_partner'),
        ),
        migrations.AddConstraint(
            model_name='deliverable',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0)), name='deliverable_fee_not_negative'),
        ),
        migrations.AddIndex(
            model_name='deliverablecomment',
            index=models.Index(fields=['deliverable', 'at'], name='deliverable_comment_by_time'),
        ),
        migrations.AddConstraint(
            model_name='deliverabledraft',
            constraint=models.UniqueConstraint(fields=('deliverable', 'number'), name='draft_once'),
        ),
    ]
