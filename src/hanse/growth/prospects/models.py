"""Tables of the pipeline: prospects, every step that they took, what was written, and the templates of letters."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Prospect(models.Model):
    """Somebody who may become a partner. Where they come from (`source`, `referrer`) is kept for life.

    `entered_at` is when the stage began, `changed_at` when anything last happened.
    """

    class Stage(models.TextChoices):
        PROSPECT = "prospect"
        QUALIFIED = "qualified"
        CONTACTED = "contacted"
        TALKS = "talks"
        SIGNED = "signed"
        ONBOARDING = "onboarding"
        ACTIVE = "active"
        CLOSED = "closed"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True)
    website = models.URLField(max_length=300, blank=True)
    content = models.URLField(max_length=500, blank=True)
    source = models.CharField(max_length=20)
    referrer = models.ForeignKey("people.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey("growth.Candidate", null=True, on_delete=models.SET_NULL, related_name="+")
    partner = models.ForeignKey("people.Partner", null=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.PROSPECT)
    closed_why = models.CharField(max_length=300, blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    next_on = models.DateField(null=True)
    entered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "email"], condition=~models.Q(email=""), name="prospect_once_by_email"
            ),
            models.UniqueConstraint(
                fields=["program", "candidate"],
                condition=models.Q(candidate__isnull=False),
                name="prospect_once_by_candidate",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "stage", "changed_at"], name="prospect_by_stage"),
            models.Index(fields=["program", "next_on"], name="prospect_by_next_step"),
            models.Index(fields=["program", "key"], name="prospect_by_key"),
        ]


class StageChange(models.Model):
    """One step in the pipeline: who moved whom, when. `act` joins what was moved at once; taken back ones stay."""

    id = id_column()
    prospect = models.ForeignKey(Prospect, on_delete=models.CASCADE, related_name="changes")
    act = models.UUIDField(db_index=True)
    from_stage = models.CharField(max_length=12, blank=True)
    to_stage = models.CharField(max_length=12)
    entered_before_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["prospect", "at"], name="stage_change_by_prospect")]


class Remark(models.Model):
    """What stands on a prospect's timeline beside the steps: a note, a letter that was sent, a reply."""

    class Kind(models.TextChoices):
        NOTE = "note"
        SENT = "sent"
        REPLY = "reply"

    id = id_column()
    prospect = models.ForeignKey(Prospect, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    template = models.CharField(max_length=100, blank=True)
    is_mailed = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["prospect", "at"], name="remark_by_prospect")]


class LetterTemplate(models.Model):
    """A letter with slots that only a prospect's own evidence fills."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "name"], condition=models.Q(archived_at=None), name="letter_template_once"
            )
        ]
