"""Self-billing agreements: a partner lets us write their invoices and promises to write none themselves."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.statements.models import BillingProfile, Consent
from hanse.money.statements.rules import AGREEMENT_VERSION, LeftOut, consent_until
from hanse.people.partners.models import TaxProfile
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change


def agreement_text(enrolment: Enrolment, payer: str) -> list[str]:
    """Return what a partner agrees to, as sentences."""
    names = {"payer": payer or enrolment.program.name, "partner": enrolment.partner.name}
    return [
        _("%(payer)s writes the invoices for what %(partner)s earns in this program (self-billing).") % names,
        _("%(partner)s accepts each of these invoices and writes none of their own for the same.") % names,
        _("%(partner)s tells %(payer)s at once when their VAT number changes or ends.") % names,
        _("Under UK rules this agreement ends after 12 months and is made anew; elsewhere when one side ends it."),
    ]  # fmt: skip


def give_consent(enrolment: Enrolment, *, now: datetime, by: str) -> Consent:
    """Keep a partner's agreement to self-billing, from today on, for the VAT id that they have now.

    Refuses without a tax profile. Agreed again while one holds for the same VAT id, that one stays.
    """
    profile = TaxProfile.objects.filter(partner_id=enrolment.partner_id).first()
    if profile is None:
        raise Refused("no_tax_profile", _("Fill in your tax details first: the invoices need them."))
    today = local_day(now, enrolment.program.time_zone)
    held = consent_on(enrolment.pk, today)
    if held is not None and held.vat_id == profile.vat_id:
        return held
    payer = BillingProfile.objects.filter(program_id=enrolment.program_id).first()
    text = "\n".join(agreement_text(enrolment, payer.legal_name if payer else ""))
    country = payer.country if payer and payer.country == "GB" else profile.country
    row = Consent.objects.create(
        id=new_id(now), enrolment=enrolment, version=AGREEMENT_VERSION,
        text_hash=hashlib.sha256(text.encode()).hexdigest(), vat_id=profile.vat_id, starts_on=today,
        ends_on=consent_until(today, country), accepted_by=by[:200], accepted_at=now,
    )  # fmt: skip
    _record(enrolment, "agree_self_billing", now, by, {"version": row.version, "vat_id": row.vat_id})
    return row


def end_consent(enrolment: Enrolment, *, now: datetime, by: str) -> None:
    """End a partner's agreement: no invoice is written for them from now on."""
    if Consent.objects.filter(enrolment=enrolment, ended_at=None).update(ended_at=now):
        _record(enrolment, "end_self_billing", now, by, {})


def consent_on(enrolment_id: UUID, day: date) -> Consent | None:
    """Return the agreement in force on a day."""
    rows = Consent.objects.filter(enrolment_id=enrolment_id, starts_on__lte=day, ended_at=None)
    found = rows.order_by("-starts_on", "-accepted_at").first()
    return found if found is not None and (found.ends_on is None or found.ends_on >= day) else None


def consent_problem(enrolment_id: UUID, profile: TaxProfile, day: date) -> Consent | LeftOut:
    """Return the agreement under which an invoice may be written on a day, or why none may."""
    found = consent_on(enrolment_id, day)
    if found is None:
        lapsed = Consent.objects.filter(enrolment_id=enrolment_id, ended_at=None, ends_on__lt=day).exists()
        return "consent_expired" if lapsed else "no_consent"
    return found if found.vat_id == profile.vat_id else "vat_id_changed"


def agreed_since(enrolment_id: UUID, consent: Consent) -> date:
    """Return from which day on agreements hold without a gap until the one given."""
    since = consent.starts_on
    rows = Consent.objects.filter(enrolment_id=enrolment_id, ended_at=None, starts_on__lt=since)
    for row in rows.order_by("-starts_on"):
        if row.ends_on is not None and row.ends_on < since - timedelta(days=1):
            break
        since = row.starts_on
    return since


def _record(enrolment: Enrolment, verb: str, now: datetime, by: str, after: dict[str, object]) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=enrolment.pk, before={}, after=after, now=now
    )
