"""Self-billing invoices: what became payable since the last one, taxed, numbered without a gap; credit notes too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.ids import new_id
from hanse.money.ledger.actions import lock_chain, post
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.types import WRITTEN_OFF, Line, Posting
from hanse.money.payouts.lines import PAYOUT_CAUSES
from hanse.money.statements.consents import agreed_since, consent_problem
from hanse.money.statements.content import parties_of
from hanse.money.statements.models import BillingProfile, Consent, Invoice
from hanse.money.statements.rules import LeftOut, Party, Vat, digest_of, month_span, taxed, taxed_at, treatment_of
from hanse.people.partners.models import TaxProfile
from hanse.programs.enrolments.models import Enrolment

VAT = "vat"


def issue_invoice(enrolment: Enrolment, month: str, *, now: datetime, by: str) -> Invoice | LeftOut | None:
    """Write the invoice of a closed month, or a credit note that names the last invoice; once for each month.

    Its amount is everything that became payable since the last one (or since the partner agreed): what is invoiced is
    what is paid, to the cent. Returns None where that is nothing, or the reason why none can be written; the amount
    then stands on the next one. VAT that the program adds is booked with it.
    """
    lock_chain()
    known = Invoice.objects.filter(enrolment=enrolment, month=month).first()
    if known is not None:
        return known
    found = _ground(enrolment, month)
    if not isinstance(found, tuple):
        return found
    payer, profile, consent = found
    zone = enrolment.program.time_zone
    until = month_span(month, zone)[1]
    original = _last_of(enrolment, Invoice.Kind.INVOICE)
    since = _since(enrolment, consent, zone)
    amount = became_payable(enrolment.pk, since, until)
    if amount == 0 or since >= until:
        return None
    if amount < 0 and original is None:
        return "no_original"
    last_day = local_day(until - timedelta(seconds=1), zone)
    vat = _vat_of(amount, payer, profile, original, last_day)
    if not isinstance(vat, Vat):
        return vat
    return _write(
        enrolment, month, (payer, profile, consent), vat, (local_day(since, zone), last_day), original, now, by
    )


def _vat_of(
    amount_minor: int, payer: BillingProfile, profile: TaxProfile, original: Invoice | None, on: date
) -> Vat | LeftOut:
    """Return how an amount is taxed, or what is missing to tell. What is taken back is taxed as it was invoiced: the
    partner's registration, the rate, or whether VAT comes on top may have changed since."""
    if amount_minor < 0 and original is not None:
        content = original.content
        was_added = Transaction.objects.filter(key=_vat_key(original)).exists()
        return taxed_at(amount_minor, content["treatment"], content["rate_ppm"], adds_vat=was_added)
    treatment = treatment_of(Party(profile.country, profile.vat_id), Party(payer.country, payer.vat_id))
    if treatment == "no_customer_vat_id":
        return treatment
    return taxed(amount_minor, treatment, profile.country, on, adds_vat=payer.adds_vat) or "no_vat_rate"


def _ground(enrolment: Enrolment, month: str) -> tuple[BillingProfile, TaxProfile, Consent] | LeftOut:
    """Return what an invoice stands on, or what is missing."""
    payer = BillingProfile.objects.filter(program_id=enrolment.program_id).first()
    if payer is None or not (payer.legal_name and payer.country and payer.street and payer.city):
        return "no_billing_profile"
    profile = TaxProfile.objects.filter(partner_id=enrolment.partner_id).first()
    if profile is None or not (profile.legal_name and profile.street and profile.city):
        return "no_tax_profile"
    zone = enrolment.program.time_zone
    last_day = local_day(month_span(month, zone)[1] - timedelta(seconds=1), zone)
    consent = consent_problem(enrolment.pk, profile, last_day)
    return (payer, profile, consent) if isinstance(consent, Consent) else consent


def _since(enrolment: Enrolment, consent: Consent, zone: str) -> datetime:
    agreed = day_starts_at(agreed_since(enrolment.pk, consent), zone)
    last = Invoice.objects.filter(enrolment=enrolment).order_by("-month").first()
    return agreed if last is None else max(agreed, month_span(last.month, zone)[1])


def became_payable(enrolment_id: UUID, since: datetime, until: datetime) -> int:
    """Return what was booked to payable in a span, payouts, VAT and write-offs left out: the supplies of that time."""
    rows = Entry.objects.filter(
        account__enrolment_id=enrolment_id, account__kind="payable", transaction__posted_at__gte=since,
        transaction__posted_at__lt=until,
    ).exclude(transaction__cause__in=(*PAYOUT_CAUSES, VAT, WRITTEN_OFF))  # fmt: skip
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def _last_of(enrolment: Enrolment, kind: str) -> Invoice | None:
    return Invoice.objects.filter(enrolment=enrolment, kind=kind).order_by("-number").first()


def _write(
    enrolment: Enrolment, month: str, ground: tuple[BillingProfile, TaxProfile, Consent], vat: Vat,
    days: tuple[date, date], original: Invoice | None, now: datetime, by: str,
) -> Invoice:  # fmt: skip
    payer, _profile, consent = ground
    BillingProfile.objects.filter(pk=payer.pk).update(next_number=F("next_number") + 1)
    payer.refresh_from_db()
    number = payer.next_number - 1
    kind = Invoice.Kind.INVOICE if vat.net_minor > 0 else Invoice.Kind.CREDIT_NOTE
    reference = original if kind == Invoice.Kind.CREDIT_NOTE else None
    name = f"{payer.prefix}{number:06d}"
    issued_on = local_day(now, enrolment.program.time_zone)
    content = _content(enrolment, name, kind, ground, vat, days, issued_on, reference)
    row = Invoice.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, month=month, number=number, name=name,
        kind=kind, original=reference, consent=consent, content=content, digest=digest_of(content),
        net_minor=vat.net_minor, vat_minor=vat.vat_minor, gross_minor=vat.gross_minor,
        currency=enrolment.program.currency, issued_on=issued_on, issued_at=now, issued_by=by[:200],
    )  # fmt: skip
    if vat.is_added and vat.vat_minor:
        post(_vat_posting(row, enrolment, by), now)
    return row


def _vat_posting(row: Invoice, enrolment: Enrolment, by: str) -> Posting:
    """Program cost −v, payable +v: the VAT that is paid on top of what was earned."""
    lines = (
        Line("program_cost", enrolment.program_id, None, -row.vat_minor, row.currency),
        Line("payable", enrolment.program_id, enrolment.pk, row.vat_minor, row.currency),
    )
    return Posting(_vat_key(row), VAT, row.issued_at, lines, row.name, by[:200])


def _vat_key(row: Invoice) -> str:
    return f"vat:{row.pk}"


def _content(
    enrolment: Enrolment, name: str, kind: str, ground: tuple[BillingProfile, TaxProfile, Consent], vat: Vat,
    days: tuple[date, date], issued_on: date, original: Invoice | None,
) -> dict[str, Any]:  # fmt: skip
    payer, profile, consent = ground
    language = enrolment.partner.language
    with override(language):
        labels = _labels(kind)
        notes = _notes(vat, payer, profile)
        nature = payer.nature or _("Promotion of products (commission)")
    return {
        "kind": kind, "number": name, "language": language, "program": enrolment.program.name, "labels": labels,
        "notes": notes, "nature": nature, "parties": parties_of(enrolment, profile, payer),
        "issued_on": issued_on.isoformat(), "from_on": days[0].isoformat(), "until_on": days[1].isoformat(),
        "treatment": vat.treatment, "rate_ppm": vat.rate_ppm, "net_minor": vat.net_minor, "vat_minor": vat.vat_minor,
        "gross_minor": vat.gross_minor, "currency": enrolment.program.currency,
        "original": original.name if original else "", "agreement": consent.version,
        "agreed_on": consent.starts_on.isoformat(),
    }  # fmt: skip


def _labels(kind: str) -> dict[str, str]:
    title = _("Self-billing invoice") if kind == Invoice.Kind.INVOICE else _("Self-billing credit note")
    return {
        "title": title, "number": _("Number"), "issued": _("Issue date"), "period": _("Supply period"),
        "supplier": _("Supplier"), "customer": _("Customer, who issues this invoice"), "vat_id": _("VAT number"),
        "tax_number": _("Tax number"), "nature": _("Nature of the service"), "net": _("Taxable amount"),
        "rate": _("VAT rate"), "vat": _("VAT amount"), "gross": _("Total"), "total": _("To be paid"), "page": _("Page"),
        "original": _("Corrects invoice"),
    }  # fmt: skip


def _notes(vat: Vat, payer: BillingProfile, profile: TaxProfile) -> list[str]:
    """Return what the law wants said. The words “Self-billing” and “Reverse charge” stand in English too."""
    found = ["Self-billing"]
    if _("Self-billing") != found[0]:
        found.append(_("Self-billing"))
    if vat.treatment == "reverse_charge":
        found.append("Reverse charge")
        found.append(_("Article 196 of Directive 2006/112/EC: the customer accounts for the VAT."))
    elif vat.treatment == "not_registered":
        found.append(_("No VAT: the supplier is not registered for VAT (Article 282 of Directive 2006/112/EC)."))
    elif profile.country == "GB":
        found.append(_("The VAT shown is your output tax due to HMRC."))
    return found
