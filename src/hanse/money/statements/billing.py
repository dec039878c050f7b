"""Verbs of billing: who a program's business is on tax papers, and whether invoices are written."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypedDict, Unpack

from django.db.models import Q
from django.utils.translation import gettext as _

from hanse.money.statements.models import BillingProfile
from hanse.people.partners.tax_rules import compact_vat, vat_problem
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks


class BillingFields(TypedDict, total=False):
    """What may be said; what is left out stays as it was."""

    legal_name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_id: str
    issues_invoices: bool
    adds_vat: bool
    prefix: str
    nature: str


def billing_profile(program: Program) -> BillingProfile:
    """Return a program's profile; an empty one where none is stored."""
    return BillingProfile.objects.filter(program=program).first() or BillingProfile(program=program)


def set_billing(program: Program, *, now: datetime, by: str, **fields: Unpack[BillingFields]) -> BillingProfile:
    """Keep who the business is. Raises Invalid; to write invoices its name, address and country have to be known,
    and their numbers have to begin otherwise than those of other programs."""
    row, _made = BillingProfile.objects.get_or_create(program=program)
    values: dict[str, object] = {name: getattr(row, name) for name in BillingFields.__annotations__} | dict(fields)
    checks = Checks()
    for name, limit in (("legal_name", 140), ("street", 140), ("postal_code", 20), ("city", 80), ("nature", 140)):
        values[name] = checks.text(name, str(values[name]), limit)
    country = checks.country("country", str(values["country"]))
    vat_id = checks.text("vat_id", str(values["vat_id"]), 20)
    if vat_id and country:
        vat_id = compact_vat(vat_id, country)[:20]
        if vat_problem(vat_id, country):
            message = _("This is no VAT number of %(country)s: its form or check digits do not fit.")
            checks.refuse("vat_id", message % {"country": country}, "bad_vat_id")
    prefix = str(values["prefix"]).strip()
    if not re.fullmatch(r"[A-Za-z0-9-]{0,10}", prefix):
        checks.refuse("prefix", _("At most ten letters, digits and hyphens."), "bad_prefix")
    values |= {"country": country, "vat_id": vat_id, "prefix": prefix}
    if values["issues_invoices"]:
        for name in ("legal_name", "street", "city", "country"):
            if not values[name]:
                checks.refuse(name, _("Invoices need this."), "required")
        others = BillingProfile.objects.exclude(pk=row.pk).filter(prefix__iexact=prefix)
        if others.filter(Q(issues_invoices=True) | Q(next_number__gt=1)).exists():
            message = _("Numbers of another program begin so too: no two invoices of a business have one number.")
            checks.refuse("prefix", message, "prefix_in_use")
    checks.done()
    audited_save(row, values, actor=by, verb="set_billing", now=now)
    return row
