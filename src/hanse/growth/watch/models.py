"""Tables of watch: pages that were looked at, orders by checkout host, links that were compared with their past."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class CheckedDestination(models.Model):
    """What came of looking at an address that links lead to: `failed_since` is None where it answers well.

    `doubtful_since`: nothing at all could be reached since then, so that it may be our own network.
    `final_url` is where it led in the end through `hops`; `hints` name what is odd about the page, which alone is no
    fault.
    """

    url = models.CharField(max_length=1000, primary_key=True)
    checked_at = models.DateTimeField()
    failed_since = models.DateTimeField(null=True)
    doubtful_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    reason = models.CharField(max_length=80, blank=True)
    status = models.PositiveIntegerField(null=True)
    final_url = models.TextField(blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    hops = models.JSONField(default=list)
    hints = models.JSONField(default=list)


class CheckoutDay(models.Model):
    """The orders of one checkout host on one local day, and how many of them came with a click token.

    Orders whose source does not say where they were paid have the host "". Disposable: counted from the conversions.
    """

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    host = models.CharField(max_length=253, blank=True)
    day = models.DateField()
    orders = models.IntegerField(default=0)
    tokens = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "day", "host"], name="checkout_day_once")]


class LinkLook(models.Model):
    """One link beside its own past, as it stood at the last look: those that sell least against it."""

    link_number = models.BigIntegerField(primary_key=True)
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    looked_on = models.DateField()
    span_days = models.IntegerField()
    clicks = models.BigIntegerField()
    sales = models.BigIntegerField()
    past_days = models.IntegerField()
    past_clicks = models.BigIntegerField()
    past_sales = models.BigIntegerField()
    expected_hundredths = models.BigIntegerField()
    chance = models.FloatField()
    is_alarm = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["program", "chance"], name="link_look_by_chance")]


class ProgramLook(models.Model):
    """The last look at a program as a whole: how many links could tell anything, the level for each, the replay."""

    program = models.OneToOneField("programs.Program", primary_key=True, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField(null=True)
    looked_on = models.DateField(null=True)
    links = models.IntegerField(default=0)
    able = models.IntegerField(default=0)
    level = models.FloatField(default=0)
    replayed_on = models.DateField(null=True)
    replay = models.JSONField(default=dict)


class NoFault(models.Model):
    """Something that a person said is no fault: it opens no incident again until a moment (null: never)."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    fault_key = models.CharField(max_length=300)
    why = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=200)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "fault_key"], name="no_fault_once")]
