"""Tables of prompts: what is worth a post, how early each tier hears of it, and secret addresses of calendars."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Prompt(models.Model):
    """Something worth a post: a launch on a day, a season or a theme over days (local ones of the program).

    `tiers` and `types` are empty for everybody; `leads` are days ahead by a tier's key where they differ from the
    program's own. `day` is the day whose promised briefings this prompt keeps. With `tells_by_mail` partners get a
    letter when their day has come. `sequence` counts what calendars must learn anew.
    """

    class Kind(models.TextChoices):
        LAUNCH = "launch"
        SEASON = "season"
        THEME = "theme"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=120)
    hook = models.CharField(max_length=300)
    why_now = models.TextField(blank=True)
    how = models.TextField(blank=True)
    sample = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    leads = models.JSONField(default=dict)
    on = models.DateField()
    ends_on = models.DateField(null=True)
    deadline_on = models.DateField(null=True)
    offer = models.ForeignKey("programs.Offer", null=True, on_delete=models.PROTECT, related_name="+")
    kit = models.ForeignKey("growth.Kit", null=True, on_delete=models.PROTECT, related_name="prompts")
    tells_by_mail = models.BooleanField(default=False)
    day = models.ForeignKey("growth.UpcomingDay", null=True, on_delete=models.SET_NULL, related_name="prompts")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["program", "on"], name="prompt_by_day")]

    @property
    def is_published(self) -> bool:
        """Whether partners may see it when their time has come."""
        return self.published_at is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken from partners again."""
        return self.withdrawn_at is not None


class TierLead(models.Model):
    """How many days ahead a tier hears of what comes. Without a row: by the tier's place from the top."""

    tier = models.OneToOneField("programs.Tier", primary_key=True, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveIntegerField()
    changed_at = models.DateTimeField()


class CalendarAddress(models.Model):
    """The secret address that a calendar program reads: a partner's in one program, or a colleague's for the team.

    `secret_hash` finds it, `sealed` shows it again to its owner. Renewed: the old address is gone at once.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", null=True, on_delete=models.CASCADE, related_name="+")
    colleague = models.ForeignKey("people.TeamUser", null=True, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(enrolment__isnull=False), name="calendar_of_partner_once"
            ),
            models.UniqueConstraint(
                fields=["program", "colleague"], condition=models.Q(colleague__isnull=False),
                name="calendar_of_colleague_once",
            ),
            models.CheckConstraint(
                condition=models.Q(enrolment__isnull=True, colleague__isnull=False)
                | models.Q(enrolment__isnull=False, colleague__isnull=True),
                name="calendar_has_one_owner",
            ),
        ]  # fmt: skip


class PromptTold(models.Model):
    """A partner to whom a prompt was told by mail, once."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="told")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prompt", "enrolment"], name="prompt_told_once")]


class Example(models.Model):
    """A piece that sold well and that we would like to show to other partners: shown only while its author agrees.

    `shown_name` is how the author wants to be named, `shows_numbers` whether clicks and sales may stand beside it.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        AGREED = "agreed"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    piece = models.OneToOneField("growth.Piece", on_delete=models.PROTECT, related_name="+")
    prompt = models.ForeignKey(Prompt, null=True, on_delete=models.SET_NULL, related_name="examples")
    why = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    shown_name = models.CharField(max_length=80, blank=True)
    shows_numbers = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["program", "state"], name="example_by_state"),
            models.Index(fields=["enrolment", "state"], name="example_by_author"),
        ]
