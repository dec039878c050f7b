"""Tables of kits: what one is made of, who took it, and what they copied."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Kit(models.Model):
    """A promotion that is ready to go. `key` stands in its links; `tiers` and `types` are empty for everybody.

    `steps` are titles, texts and minutes; `starts_on` and `ends_on` are local days of the program, the last included.
    """

    class CodeRule(models.TextChoices):
        NONE = "none"
        OWN = "own"
        MAKE = "make"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=24)
    name = models.CharField(max_length=120)
    prompt = models.TextField(blank=True)
    offer = models.ForeignKey("programs.Offer", on_delete=models.PROTECT, related_name="+")
    destination_url = models.URLField(max_length=1000, blank=True)
    language = models.CharField(max_length=10, blank=True)
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    code_rule = models.CharField(max_length=4, choices=CodeRule.choices, default=CodeRule.OWN)
    code_ending = models.CharField(max_length=12, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="kit_key_once")]

    @property
    def is_published(self) -> bool:
        """Whether partners may see it."""
        return self.published_at is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken from partners again."""
        return self.withdrawn_at is not None

    @property
    def minutes(self) -> int:
        """How long its steps take together."""
        return sum(int(step["minutes"]) for step in self.steps)

    @property
    def leads_to(self) -> str:
        """Where its links lead."""
        return self.destination_url or self.offer.destination_url


class KitCopy(models.Model):
    """Words for one channel, with slots for what is the partner's own."""

    id = id_column()
    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="copies")
    place = models.PositiveIntegerField()
    channel = models.CharField(max_length=16)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kit", "place"], name="kit_copy_place_once")]


class KitPicture(models.Model):
    """A picture, or another file, that goes with a kit. `channel` is "" for all of them; `alt` says what it shows."""

    id = id_column()
    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="pictures")
    file = models.ForeignKey("growth.StoredFile", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    channel = models.CharField(max_length=16, blank=True)
    alt = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kit", "file"], name="kit_picture_once")]


class KitUse(models.Model):
    """One partner who took a kit: the link and the code that stand in it, and how far they went.

    `has_made_link` and `has_made_code`: they were made for it. `steps_done` are places of steps.
    """

    id = id_column()
    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="uses")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey("traffic.Link", on_delete=models.PROTECT, related_name="+")
    coupon = models.ForeignKey("traffic.Coupon", null=True, on_delete=models.PROTECT, related_name="+")
    has_made_link = models.BooleanField(default=False)
    has_made_code = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    steps_done = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kit", "enrolment"], name="kit_taken_once")]
        indexes = [models.Index(fields=["enrolment", "taken_at"], name="kit_use_by_enrolment")]


class KitTap(models.Model):
    """Something of a kit that a partner copied or downloaded, how often and when first and last.

    `about` says which: the place of a copy, a file's id, or "".
    """

    use = models.ForeignKey(KitUse, on_delete=models.CASCADE, related_name="taps")
    kind = models.CharField(max_length=8)
    about = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use", "kind", "about"], name="kit_tap_once")]
