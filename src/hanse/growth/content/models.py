"""Tables of content: feeds that partners let us read, and the pieces found in them and elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hanse.spine.columns import id_column, minor_column


class Feed(models.Model):
    """One feed of one partner. It is looked at when `next_look_at` has come, and not any more once it is off.

    `problem` says why the last look failed ("" when it did not), `notes` what had to be mended to read it: pairs of a
    code (`reading.Mend`) and how often.
    """

    class Kind(models.TextChoices):
        SITE = "site"
        YOUTUBE = "youtube"
        PODCAST = "podcast"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=1000)
    address_key = models.CharField(max_length=32)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200, blank=True)
    site_address = models.CharField(max_length=1000, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    looked_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField()
    pace_minutes = models.PositiveIntegerField(default=360)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    notes = models.JSONField(default=list, blank=True)
    off_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "address_key"], name="feed_once")]
        indexes = [
            models.Index(
                fields=["next_look_at"], condition=Q(off_at=None) & Q(removed_at=None), name="feed_to_look_at"
            ),
            models.Index(fields=["program", "off_at"], name="feed_by_program"),
        ]

    @property
    def is_on(self) -> bool:
        """Whether it is looked at."""
        return self.off_at is None and self.removed_at is None


class Piece(models.Model):
    """One thing that a partner published. The same address (as `address_key` compares it) is one piece of theirs.

    `dating` says where `published_at` comes from: it was given, or is when we saw the piece appear, or is a guess since
    the piece was there when we looked first. `about` says whether it speaks of the program; what surely does not is
    listed, but does not count. `links` holds what was found in it: `links` (number and sub-parameters of our links),
    `codes`, and how many `untracked` addresses of the shop. `clicks` to `counted_at` are counted anew and disposable;
    `ways` says how many clicks and sales each way of telling gave.
    """

    class Source(models.TextChoices):
        FEED = "feed"
        REFERRER = "referrer"
        PARTNER = "partner"
        TEAM = "team"
        DELIVERABLE = "deliverable"

    class Dating(models.TextChoices):
        GIVEN = "given"
        SEEN = "seen"
        GUESSED = "guessed"

    class About(models.TextChoices):
        US = "us"
        UNKNOWN = "unknown"
        OTHER = "other"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    feed = models.ForeignKey(Feed, null=True, on_delete=models.SET_NULL, related_name="pieces")
    address = models.CharField(max_length=1000)
    address_key = models.CharField(max_length=32)
    guid_key = models.CharField(max_length=32, blank=True)
    host = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    excerpt = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=20)
    source = models.CharField(max_length=12, choices=Source.choices)
    published_at = models.DateTimeField()
    dating = models.CharField(max_length=8, choices=Dating.choices, default=Dating.GIVEN)
    about = models.CharField(max_length=8, choices=About.choices, default=About.UNKNOWN)
    links = models.JSONField(default=dict, blank=True)
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=200, blank=True)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.CharField(max_length=200, blank=True)
    refreshed_at = models.DateTimeField(null=True)
    clicks = models.BigIntegerField(default=0)
    sales = models.BigIntegerField(default=0)
    value_minor = minor_column(default=0)
    clicks_90d = models.BigIntegerField(default=0)
    sales_90d = models.BigIntegerField(default=0)
    last_click_on = models.DateField(null=True)
    ways = models.JSONField(default=dict, blank=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "address_key"], name="piece_once")]
        indexes = [
            models.Index(fields=["program", "-published_at"], name="piece_by_time"),
            models.Index(fields=["program", "-value_minor"], name="piece_by_value"),
            models.Index(fields=["enrolment", "-published_at"], name="piece_by_partner"),
            models.Index(fields=["feed", "guid_key"], name="piece_by_guid"),
            models.Index(
                fields=["program", "-clicks_90d"], condition=Q(clicks_90d__gte=10), name="piece_that_brings_clicks"
            ),
        ]

    @property
    def counts(self) -> bool:
        """Whether it counts as something published for the program."""
        return self.hidden_at is None and self.about != self.About.OTHER
