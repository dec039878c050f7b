"""Tables of resources: what there is, its versions, and what partners did with it."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Resource(models.Model):
    """Something for partners to take, for some tiers, types and channels (none named: everybody), until a day.

    `original`: it says the same in another language. `current` is its newest version.
    """

    class Kind(models.TextChoices):
        LOGO = "logo"
        PICTURE = "picture"
        COPY = "copy"
        DEMO = "demo"
        WALKTHROUGH = "walkthrough"
        EXAMPLE = "example"
        COMPARISON = "comparison"
        TEMPLATE = "template"
        GUIDE = "guide"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    language = models.CharField(max_length=10, blank=True)
    original = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="translations")
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    expires_on = models.DateField(null=True)
    is_pinned = models.BooleanField(default=False)
    current = models.OneToOneField("growth.ResourceVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "archived_at", "kind"], name="resource_by_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["original", "language"], condition=models.Q(archived_at=None), name="resource_language_once"
            )
        ]

    @property
    def now(self) -> ResourceVersion:
        """The newest version; every resource has one from the beginning."""
        assert self.current is not None
        return self.current


class ResourceVersion(models.Model):
    """What a resource said and held at a time; never changed."""

    id = id_column()
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=140)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    address = models.URLField(max_length=500, blank=True)
    file = models.ForeignKey("growth.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "number"], name="resource_version_once")]
        indexes = [models.Index(fields=["file"], name="resource_version_by_file")]


class ResourceUse(models.Model):
    """One thing that a partner did with a resource: it was shown, opened, downloaded or copied, how often, when.

    `version` is the one of the last time. `used_on` is the local day of the first time, `before_on` thirty days before
    and `after_on` thirty days after: sales of both sides are found by them.
    """

    id = id_column()
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="uses")
    version = models.ForeignKey(ResourceVersion, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    used_on = models.DateField()
    before_on = models.DateField()
    after_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "enrolment", "act"], name="resource_use_once")]
        indexes = [models.Index(fields=["enrolment", "act"], name="resource_use_by_enrolment")]
