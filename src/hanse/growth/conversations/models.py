"""Tables of conversations: threads with partners, what was said in each, who answers what, and what we promise."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column, minor_column


class Conversation(models.Model):
    """One thread with a partner, or with somebody whom we do not know yet (then `partner` is empty).

    `waiting_since` is the first message that nobody has answered yet, `promised_at` until when we said we would.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        CLOSED = "closed"

    class Topic(models.TextChoices):
        SUPPORT = "support"
        PRODUCT = "product"
        FOUNDER = "founder"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("people.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")
    sender_name = models.CharField(max_length=200, blank=True)
    sender_email = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    topic = models.CharField(max_length=10, choices=Topic.choices, default=Topic.SUPPORT)
    is_urgent = models.BooleanField(default=False)
    assignee = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    read_by_partner_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["program", "status", "changed_at"], name="conversation_by_status"),
            models.Index(fields=["partner", "program", "changed_at"], name="conversation_by_partner"),
        ]


class Entry(models.Model):
    """One thing said: by them (`in`), by one of us (`out`), or a note between colleagues (`note`).

    The first message that waits for us carries `promised_at`, and `answered_at` once one of us spoke; `tier` is where
    the partner stood then. `letter_id` is the outbox letter of an answer by mail: replies are known by it.
    """

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        NOTE = "note"

    id = id_column()
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="entries")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    channel = models.CharField(max_length=10)
    author_name = models.CharField(max_length=200, blank=True)
    author_email = models.CharField(max_length=254, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    message_id = models.CharField(max_length=255, blank=True)
    letter_id = models.UUIDField(null=True, db_index=True)
    attachments = models.JSONField(default=list)
    is_automatic = models.BooleanField(default=False)
    is_cut = models.BooleanField(default=False)
    is_quoted_out = models.BooleanField(default=False)
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.SET_NULL, related_name="+")
    promised_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "at"], name="entry_by_conversation"),
            models.Index(fields=["message_id"], name="entry_by_message", condition=~models.Q(message_id="")),
            models.Index(fields=["program", "direction", "at"], name="entry_by_program"),
        ]


class RoutingRule(models.Model):
    """Who gets what: the first rule whose condition holds decides topic, person and urgency."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()
    name = models.CharField(max_length=80)
    condition = models.JSONField()
    topic = models.CharField(max_length=10, choices=Conversation.Topic.choices)
    assignee = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    is_urgent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "position"], name="routing_rule_once")]


class Care(models.Model):
    """What we promise the partners of a tier: an answer within hours, and to speak with each within days."""

    id = id_column()
    tier = models.OneToOneField("programs.Tier", on_delete=models.CASCADE, related_name="+")
    answer_hours = models.PositiveIntegerField()
    silence_days = models.PositiveIntegerField()
    is_urgent = models.BooleanField(default=False)


class OwnSilence(models.Model):
    """A partner with whom none of us spoke within the limit of their tier, found by the daily look.

    `spoken_at` None: never since they joined. Goes at once when somebody speaks with them.
    """

    enrolment = models.OneToOneField(
        "programs.Enrolment", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )  # fmt: skip
    program_id = models.UUIDField()
    spoken_at = models.DateTimeField(null=True)
    quiet_since = models.DateTimeField()
    limit_days = models.PositiveIntegerField()
    value_at_stake_minor = minor_column(default=0)
    found_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["program_id", "value_at_stake_minor"], name="own_silence_by_value")]
