"""Silence and health of enrolments."""

import django.db.models.deletion
from django.db import migrations, models

import hanse.kernel.ids


def _id():
    return models.UUIDField(default=hanse.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)


def _of(model, one=False):
    kind = models.OneToOneField if one else models.ForeignKey
    return kind(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("growth", "0006_prospects"),
        ("programs", "0007_token_form"),
    ]

    operations = [
        migrations.CreateModel(
            name="Health",
            fields=[
                ("id", _id()),
                ("score", models.IntegerField()),
                ("points", models.JSONField(default=list)),
                ("trail", models.JSONField(default=list)),
                ("found_on", models.DateField()),
                ("enrolment", _of("programs.enrolment", one=True)),
                ("program", _of("programs.program")),
            ],
            options={
                "indexes": [models.Index(fields=["program", "score"], name="health_by_score")],
            },
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                ("id", _id()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("never_launched", "Never Launched"),
                            ("link_broken", "Link Broken"),
                            ("clicks_no_sales", "Clicks No Sales"),
                            ("content_stopped", "Content Stopped"),
                            ("link_cold", "Link Cold"),
                            ("login_lapsed", "Login Lapsed"),
                            ("faded", "Faded"),
                            ("unexplained", "Unexplained"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since", models.DateField()),
                ("last_sign_on", models.DateField(null=True)),
                ("value_at_stake_minor", models.BigIntegerField(default=0)),
                ("evidence", models.JSONField(default=dict)),
                ("found_on", models.DateField()),
                ("enrolment", _of("programs.enrolment", one=True)),
                ("program", _of("programs.program")),
            ],
            options={
                "indexes": [models.Index(fields=["program", "-value_at_stake_minor"], name="silence_by_value")],
            },
        ),
        migrations.CreateModel(
            name="SilentSpell",
            fields=[
                ("id", _id()),
                ("cause", models.CharField(max_length=20)),
                ("found_on", models.DateField()),
                ("gap_days", models.IntegerField()),
                ("value_at_stake_minor", models.BigIntegerField(default=0)),
                ("is_left_alone", models.BooleanField(default=False)),
                ("play", models.CharField(blank=True, max_length=40)),
                ("acted_at", models.DateTimeField(null=True)),
                ("acted_by", models.CharField(blank=True, max_length=200)),
                ("note", models.TextField(blank=True)),
                ("seen_by_partner_at", models.DateTimeField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("enrolment", _of("programs.enrolment")),
                ("program", _of("programs.program")),
            ],
            options={
                "indexes": [models.Index(fields=["program", "found_on"], name="silent_spell_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("enrolment", "found_on"), name="silent_spell_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckedDestination",
            fields=[
                ("url", models.CharField(max_length=1000, primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField()),
                ("failed_since", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=80)),
            ],
        ),
    ]
