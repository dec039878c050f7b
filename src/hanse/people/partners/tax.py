"""Verbs of tax profiles: what a partner says of themselves for tax papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.people.partners.models import Partner, TaxProfile
from hanse.people.partners.tax_rules import US_FORMS, compact_vat, form_lapses_on, vat_problem
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks


class TaxFields(TypedDict, total=False):
    """What may be said; what is left out stays as it was."""

    country: str
    is_business: bool
    legal_name: str
    street: str
    postal_code: str
    city: str
    vat_id: str
    tax_number: str
    born_on: date | None
    us_form: str
    us_form_signed_on: date | None


_TEXTS = (("legal_name", 140), ("street", 140), ("postal_code", 20), ("city", 80), ("tax_number", 40))
_AUDITED = ("country", "is_business", "legal_name", "vat_id", "us_form", "us_form_until")


def tax_profile(partner: Partner) -> TaxProfile | None:
    """Return what a partner has said, if anything."""
    return TaxProfile.objects.filter(partner=partner).first()


def set_tax_profile(partner: Partner, *, now: datetime, by: str, **fields: Unpack[TaxFields]) -> TaxProfile:
    """Keep a partner's tax data. Raises Invalid with every problem: a VAT id is checked by its country's digits.

    When an American form lapses follows from the day it was signed. Another VAT id ends a self-billing agreement.
    """
    row = tax_profile(partner) or TaxProfile(partner=partner, country=partner.country)
    before = {name: getattr(row, name) for name in _AUDITED} if row.changed_at else {}
    for name, value in fields.items():
        setattr(row, name, value)
    _check(row, now)
    row.us_form_until = (
        form_lapses_on(row.us_form, row.us_form_signed_on) if row.us_form and row.us_form_signed_on else None
    )
    row.changed_at = now
    row.save()
    record_change(
        actor=by, verb="set_tax_profile", subject_kind="partner", subject_id=partner.pk, before=before,
        after={name: getattr(row, name) for name in _AUDITED}, now=now,
    )  # fmt: skip
    return row


def _check(row: TaxProfile, now: datetime) -> None:
    checks = Checks()
    for name, limit in _TEXTS:
        setattr(row, name, checks.text(name, str(getattr(row, name)), limit, required=name == "legal_name"))
    row.country = checks.country("country", row.country)
    if not row.country:
        checks.refuse("country", _("Please fill this in."), "required")
    row.vat_id = checks.text("vat_id", row.vat_id, 20)
    if row.vat_id and row.country:
        row.vat_id = compact_vat(row.vat_id, row.country)[:20]
        if vat_problem(row.vat_id, row.country):
            message = _("This is no VAT number of %(country)s: its form or check digits do not fit.")
            checks.refuse("vat_id", message % {"country": row.country}, "bad_vat_id")
    if row.us_form:
        checks.one_of("us_form", row.us_form, US_FORMS)
        if row.us_form_signed_on is None:
            checks.refuse("us_form_signed_on", _("When was the form signed?"), "required")
        elif row.us_form_signed_on > now.date():
            checks.refuse("us_form_signed_on", _("This day is still to come."), "out_of_range")
    if row.born_on is not None and row.born_on > now.date():
        checks.refuse("born_on", _("This day is still to come."), "out_of_range")
    checks.done()
