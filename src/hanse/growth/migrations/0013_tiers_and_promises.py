"""The tables of tiers, of what each tier gets, and of our promises to it."""

import django.db.models.deletion
import hanse.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('growth', '0012_onboarding'),
        ('people', '0003_tax_profiles'),
        ('programs', '0007_token_form'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TierLock',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('locked_at', models.DateTimeField()),
                ('locked_by', models.CharField(max_length=200)),
                ('until', models.DateField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(blank=True, max_length=200)),
                ('release_reason', models.TextField(blank=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.enrolment')),
                ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.tier')),
            ],
        ),
        migrations.CreateModel(
            name='TierPromise',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('answer', 'Answer'), ('call', 'Call'), ('briefing', 'Briefing'), ('own', 'Own')], max_length=8)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('number', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(blank=True, max_length=200)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
                ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.tier')),
            ],
        ),
        migrations.CreateModel(
            name='PromiseDue',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=120)),
                ('about', models.CharField(blank=True, max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField(null=True)),
                ('kept_by', models.CharField(blank=True, max_length=200)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('evidence', models.CharField(blank=True, max_length=80)),
                ('dropped_at', models.DateTimeField(null=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.enrolment')),
                ('promise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='growth.tierpromise')),
            ],
        ),
        migrations.CreateModel(
            name='TierReview',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('before', models.CharField(max_length=40)),
                ('after', models.CharField(max_length=40)),
                ('direction', models.CharField(max_length=4)),
                ('cause', models.CharField(max_length=10)),
                ('numbers', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField()),
                ('verdict', models.CharField(blank=True, choices=[('', 'Open'), ('moved', 'Moved'), ('kept', 'Kept'), ('withdrawn', 'Withdrawn')], default='', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('asks_again_on', models.DateField(null=True)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.enrolment')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
        ),
        migrations.CreateModel(
            name='TierRuleVersion',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('body', models.JSONField()),
                ('starts_on', models.DateField()),
                ('note', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(blank=True, max_length=200)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
        ),
        migrations.CreateModel(
            name='TierDecision',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField()),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('placed', 'Placed'), ('up', 'Up'), ('down', 'Down'), ('left_new', 'Left New'), ('warned', 'Warned'), ('cleared', 'Cleared'), ('waits', 'Waits'), ('moved', 'Moved'), ('locked', 'Locked'), ('unlocked', 'Unlocked'), ('kept', 'Kept')], max_length=10)),
                ('before', models.CharField(blank=True, max_length=40)),
                ('after', models.CharField(max_length=40)),
                ('given', models.CharField(blank=True, max_length=40)),
                ('numbers', models.JSONField(default=dict)),
                ('sentence', models.TextField(blank=True)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('actor', models.CharField(blank=True, max_length=200)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.enrolment')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
                ('rules', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='growth.tierruleversion')),
            ],
        ),
        migrations.CreateModel(
            name='TierStanding',
            fields=[
                ('enrolment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='programs.enrolment')),
                ('program_id', models.UUIDField()),
                ('on', models.DateField()),
                ('as_of', models.DateTimeField()),
                ('tier', models.CharField(max_length=40)),
                ('since', models.DateTimeField(null=True)),
                ('given', models.CharField(max_length=40)),
                ('rank', models.PositiveIntegerField()),
                ('field_size', models.PositiveIntegerField()),
                ('value_minor', models.BigIntegerField(default=0)),
                ('conversions', models.PositiveIntegerField(default=0)),
                ('below_exit', models.PositiveIntegerField(default=0)),
                ('is_strategic', models.BooleanField(default=False)),
                ('is_locked', models.BooleanField(default=False)),
                ('numbers', models.JSONField(default=dict)),
                ('needed', models.JSONField(default=dict)),
                ('before_tier', models.CharField(blank=True, max_length=40)),
                ('before_since', models.DateTimeField(null=True)),
                ('before_below_exit', models.PositiveIntegerField(default=0)),
                ('rules', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='growth.tierruleversion')),
            ],
        ),
        migrations.CreateModel(
            name='TierSweep',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField()),
                ('as_of', models.DateTimeField()),
                ('field_size', models.PositiveIntegerField()),
                ('sizes', models.JSONField(default=dict)),
                ('rose', models.PositiveIntegerField(default=0)),
                ('fell', models.PositiveIntegerField(default=0)),
                ('waits', models.PositiveIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
                ('rules', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='growth.tierruleversion')),
            ],
        ),
        migrations.CreateModel(
            name='TierTreatment',
            fields=[
                ('tier', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='programs.tier')),
                ('contact_words', models.CharField(blank=True, max_length=200)),
                ('benefits', models.TextField(blank=True)),
                ('goals', models.TextField(blank=True)),
                ('path', models.TextField(blank=True)),
                ('resources', models.TextField(blank=True)),
                ('message_style', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.CharField(blank=True, max_length=200)),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='UpcomingDay',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('on', models.DateField()),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(blank=True, max_length=200)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.program')),
            ],
        ),
        migrations.AddConstraint(
            model_name='tierlock',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('enrolment',), name='tier_locked_once'),
        ),
        migrations.AddConstraint(
            model_name='tierpromise',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), models.Q(('kind', 'own'), _negated=True)), fields=('tier', 'kind'), name='tier_promise_once'),
        ),
        migrations.AddIndex(
            model_name='promisedue',
            index=models.Index(condition=models.Q(('dropped_at', None), ('kept_at', None)), fields=['due_at'], name='promise_due_open'),
        ),
        migrations.AddIndex(
            model_name='promisedue',
            index=models.Index(fields=['enrolment', 'due_at'], name='promise_due_of_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='promisedue',
            constraint=models.UniqueConstraint(fields=('promise', 'enrolment', 'key'), name='promise_due_once'),
        ),
        migrations.AddIndex(
            model_name='tierreview',
            index=models.Index(fields=['program', 'verdict', 'asked_at'], name='tier_review_by_verdict'),
        ),
        migrations.AddConstraint(
            model_name='tierreview',
            constraint=models.UniqueConstraint(condition=models.Q(('verdict', '')), fields=('enrolment',), name='tier_review_open_once'),
        ),
        migrations.AddConstraint(
            model_name='tierruleversion',
            constraint=models.UniqueConstraint(fields=('program', 'number'), name='tier_rules_number_once'),
        ),
        migrations.AddIndex(
            model_name='tierdecision',
            index=models.Index(fields=['program', 'at'], name='tier_decision_by_time'),
        ),
        migrations.AddIndex(
            model_name='tierdecision',
            index=models.Index(fields=['enrolment', 'at'], name='tier_decision_of_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='tierdecision',
            constraint=models.UniqueConstraint(condition=models.Q(('actor', '')), fields=('enrolment', 'on'), name='tier_evaluation_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='tierstanding',
            index=models.Index(fields=['program_id', 'rank'], name='tier_standing_by_rank'),
        ),
        migrations.AddConstraint(
            model_name='tiersweep',
            constraint=models.UniqueConstraint(fields=('program', 'on'), name='tier_sweep_once_a_day'),
        ),
    ]
