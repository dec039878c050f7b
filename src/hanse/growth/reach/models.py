"""Tables of reach: preferences of partners, and what came back from addresses."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class LetterChoice(models.Model):
    """One kind of letter that a partner switched off or on again; nothing stored means on."""

    class How(models.TextChoices):
        ONE_CLICK = "one_click"
        PAGE = "page"
        PORTAL = "portal"
        TEAM = "team"

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey("people.Partner", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    is_off = models.BooleanField()
    how = models.CharField(max_length=10, choices=How.choices)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "kind"], name="letter_choice_once")]


class AddressReport(models.Model):
    """One thing that came back about an address: a bounce that stays or passes, or a complaint."""

    class Kind(models.TextChoices):
        HARD_BOUNCE = "hard_bounce"
        SOFT_BOUNCE = "soft_bounce"
        COMPLAINT = "complaint"

    id = id_column()
    address = models.EmailField(max_length=254)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="address_report_by_address")]


class Suppression(models.Model):
    """An address that is not written to: after a hard bounce to nobody there, after a complaint by marketing.

    `lifted_at` is when a colleague opened it again.
    """

    class Why(models.TextChoices):
        BOUNCE = "bounce"
        COMPLAINT = "complaint"

    address = models.EmailField(max_length=254, primary_key=True)
    why = models.CharField(max_length=10, choices=Why.choices)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
