"""Tables of partners: people and companies that promote."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class PartnerType(models.Model):
    """What kind of partner: affiliate, creator, ambassador, strategic, channel, agency, own ones.

    `excludes` lists types that one partner cannot be at the same time.
    """

    slug = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    position = models.IntegerField(default=0)
    excludes = models.JSONField(default=list)


class Partner(models.Model):
    """A person or company that promotes; one record across programs."""

    id = id_column()
    name = models.CharField(max_length=200)
    contact_name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, unique=True)
    email_hash = models.CharField(max_length=32, db_index=True)
    phone = models.CharField(max_length=40, blank=True)
    company = models.CharField(max_length=200, blank=True)
    website = models.URLField(max_length=300, blank=True)
    channels = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    types = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    is_extension = models.BooleanField(default=False)
    source = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    recruited_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="partner_by_name")]


class PayoutDetails(models.Model):
    """How a partner wants to be paid. `fingerprint` is a keyed hash of the account: for duplicates, self-referral.

    Nothing is paid to details before `usable_at`: changed ones rest for a while.
    """

    partner = models.OneToOneField(Partner, primary_key=True, on_delete=models.PROTECT, related_name="+")
    rail = models.CharField(max_length=20, default="manual")
    account_name = models.CharField(max_length=140)
    account = models.CharField(max_length=200)
    bic = models.CharField(max_length=11, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True, db_index=True)
    confirmed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    usable_at = models.DateTimeField(null=True)


class TaxProfile(models.Model):
    """What tax papers need of a partner. `us_form` is which American form was signed, `us_form_until` its expiry."""

    partner = models.OneToOneField(Partner, primary_key=True, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    is_business = models.BooleanField(default=False)
    legal_name = models.CharField(max_length=140)
    street = models.CharField(max_length=140, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    vat_confirmed_on = models.DateField(null=True)
    tax_number = models.CharField(max_length=40, blank=True)
    born_on = models.DateField(null=True)
    us_form = models.CharField(max_length=10, blank=True)
    us_form_signed_on = models.DateField(null=True)
    us_form_until = models.DateField(null=True)
    changed_at = models.DateTimeField()


class Note(models.Model):
    """What a colleague wrote about a partner."""

    id = id_column()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    author = models.CharField(max_length=200)
    written_at = models.DateTimeField()
