"""Watch: pages looked at, orders by checkout host, links beside their past; incidents that go on until mended."""
import django.db.models.deletion
import hanse.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('growth', '0030_resources_and_answers'),
        ('programs', '0007_token_form'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckoutDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(blank=True, max_length=253)),
                ('day', models.DateField()),
                ('orders', models.IntegerField(default=0)),
                ('tokens', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='LinkLook',
            fields=[
                ('link_number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('looked_on', models.DateField()),
                ('span_days', models.IntegerField()),
                ('clicks', models.BigIntegerField()),
                ('sales', models.BigIntegerField()),
                ('past_days', models.IntegerField()),
                ('past_clicks', models.BigIntegerField()),
                ('past_sales', models.BigIntegerField()),
                ('expected_hundredths', models.BigIntegerField()),
                ('chance', models.FloatField()),
                ('is_alarm', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='NoFault',
            fields=[
                ('id', models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('fault_key', models.CharField(max_length=300)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('said_at', models.DateTimeField()),
                ('said_by', models.CharField(max_length=200)),
                ('until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ProgramLook',
            fields=[
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='programs.program')),
                ('looked_at', models.DateTimeField(null=True)),
                ('looked_on', models.DateField(null=True)),
                ('links', models.IntegerField(default=0)),
                ('able', models.IntegerField(default=0)),
                ('level', models.FloatField(default=0)),
                ('replayed_on', models.DateField(null=True)),
                ('replay', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='checkeddestination',
            name='doubtful_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='checkeddestination',
            name='final_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='checkeddestination',
            name='hints',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='checkeddestination',
            name='hops',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='checkeddestination',
            name='status',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='checkeddestination',
            name='title',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='incident',
            name='about',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='incident',
            name='closed_as',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddField(
            model_name='incident',
            name='evidence',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='incident',
            name='fault_key',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.AddField(
            model_name='incident',
            name='measured_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='incident',
            name='mending_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='incident',
            name='ends_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='incident',
            name='kind',
            field=models.CharField(choices=[('tracking_down', 'Tracking Down'), ('wrong_rate', 'Wrong Rate'), ('token_lost', 'Token Lost'), ('link_broken', 'Link Broken'), ('link_sales_stopped', 'Link Sales Stopped')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None), models.Q(('fault_key', ''), _negated=True)), fields=('program', 'fault_key'), name='fault_open_once'),
        ),
        migrations.AddField(
            model_name='checkoutday',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.program'),
        ),
        migrations.AddField(
            model_name='linklook',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.program'),
        ),
        migrations.AddField(
            model_name='nofault',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.program'),
        ),
        migrations.AddConstraint(
            model_name='checkoutday',
            constraint=models.UniqueConstraint(fields=('program', 'day', 'host'), name='checkout_day_once'),
        ),
        migrations.AddIndex(
            model_name='linklook',
            index=models.Index(fields=['program', 'chance'], name='link_look_by_chance'),
        ),
        migrations.AddConstraint(
            model_name='nofault',
            constraint=models.UniqueConstraint(fields=('program', 'fault_key'), name='no_fault_once'),
        ),
    ]
