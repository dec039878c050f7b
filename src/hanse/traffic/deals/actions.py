"""Verbs of deals: register, approve with protection, decline. Each change is in the log."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.spine.secrets.keys import hash_email
from hanse.traffic.deals import rules
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import rivals_of

_AUDITED = ("program_id", "enrolment_id", "customer_label", "customer_external_id", "amount_minor", "note", "is_clash")


def register_deal(
    enrolment: Enrolment, *, customer_email: str = "", customer_external_id: str = "", company_domain: str = "",
    amount_minor: int | None = None, note: str = "", now: datetime, by: str,
) -> Deal:  # fmt: skip
    """Keep a partner's claim to a customer who has not bought yet. The same customer again is the same deal.

    One of e-mail (kept as a hash), outside id and company domain is needed. Where another partner has registered that
    customer, both deals say so, without naming anybody. Raises Invalid; refuses enrolments that are not active.
    """
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused("enrolment_closed", _("Only active partners register deals."))
    checks = Checks()
    email = checks.email("customer_email", customer_email) if customer_email.strip() else ""
    outside = checks.text("customer_external_id", customer_external_id, 200)
    domain = rules.plain_domain(checks.text("company_domain", company_domain, 200))
    if domain and not rules.is_domain(domain):
        message = _("This is no company's domain. It is written like orchard.example.")
        checks.refuse("company_domain", message, "bad_domain")
    note = checks.text("note", note, 2000, lines=True)
    if amount_minor is not None:
        checks.whole_number("amount", amount_minor, 0, MAX_AMOUNT_MINOR)
    if not (email or outside or domain) and not checks.problems:
        checks.refuse("customer_email", _("Say who it is: an e-mail address, a customer id or a domain."), "required")
    checks.done()
    deal = Deal(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, status=Deal.Status.OPEN,
        customer_external_id=outside, email_hash=hash_email(email), company_domain=domain,
        customer_label=rules.masked_email(email) or outside or domain, amount_minor=amount_minor,
        currency=enrolment.program.currency, note=note, registered_at=now, registered_by=by[:200], changed_at=now,
    )  # fmt: skip
    # Registrations of a program wait for each other: two at the same moment must see each other.
    Program.objects.select_for_update().get(pk=enrolment.program_id)
    return _kept(deal, now, by)


def approve_deal(deal: Deal, *, days: int | None = None, reason: str = "", now: datetime, by: str) -> Deal:
    """Protect a deal from its registration on, for the policy's days (or `days`) from now.

    Refuses where another partner's protection of that customer is in force, and declined deals.
    """
    Program.objects.select_for_update().get(pk=deal.program_id)
    row = _locked(deal)
    if row.status == Deal.Status.DECLINED:
        raise Refused("deal_declined", _("This deal was declined. The partner can register it again."))
    if any(one.status == "approved" and one.protected_until and one.protected_until > now for one in rivals_of(row)):
        message = _("Another partner's deal with this customer is protected. Decline that one first.")
        raise Refused("deal_protected", message)
    if days is not None and not 1 <= days <= 3650:
        raise Invalid([Problem("/days", _("Between 1 and 3,650 days, please."), "out_of_range")])
    until = rules.protected_until(row.registered_at, now, days or policy_of(row.program_id).protection_days)
    values = {
        "status": Deal.Status.APPROVED, "protected_until": until, "decided_at": now, "decided_by": by[:200],
        "decision_reason": reason.strip()[:2000], "changed_at": now,
    }  # fmt: skip
    audited_save(row, values, actor=by, verb="approve_deal", reason=reason, now=now)
    deal.refresh_from_db()
    return deal


def decline_deal(deal: Deal, *, reason: str, now: datetime, by: str) -> Deal:
    """Say no to a deal, or take an approval back; the partner reads the reason. It is no evidence from then on; orders
    that are approved stay as they were decided. Raises Invalid without a reason; refuses a second no."""
    row = _locked(deal)
    if row.status == Deal.Status.DECLINED:
        raise Refused("deal_declined", _("This deal is declined already."))
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    values = {
        "status": Deal.Status.DECLINED, "protected_until": None, "decided_at": now, "decided_by": by[:200],
        "decision_reason": reason, "changed_at": now,
    }  # fmt: skip
    audited_save(row, values, actor=by, verb="decline_deal", reason=reason, now=now)
    for rival in rivals_of(row):
        if rival.is_clash and not rivals_of(rival):
            Deal.objects.filter(pk=rival.pk).update(is_clash=False, changed_at=now)
    deal.refresh_from_db()
    return deal


def _kept(deal: Deal, now: datetime, by: str) -> Deal:
    own = Deal.objects.filter(
        enrolment_id=deal.enrolment_id, email_hash=deal.email_hash, customer_external_id=deal.customer_external_id,
        company_domain=deal.company_domain,
    ).exclude(status=Deal.Status.DECLINED)  # fmt: skip
    for known in own.order_by("-registered_at"):
        if known.protected_until is None or known.protected_until > now:
            return known
    if Deal.objects.filter(enrolment_id=deal.enrolment_id, status="open").count() >= rules.OPEN_AT_ONCE:
        raise Refused(
            "too_many_deals", _("Many of your deals wait for an answer already; please wait for those first.")
        )
    rivals = [one for one in rivals_of(deal) if one.protected_until is None or one.protected_until > now]
    deal.is_clash = bool(rivals)
    deal.save(force_insert=True)
    record_creation(deal, actor=by, verb="register_deal", fields=_AUDITED, now=now)
    Deal.objects.filter(pk__in=[one.pk for one in rivals]).update(is_clash=True, changed_at=now)
    return deal


def _locked(deal: Deal) -> Deal:
    return Deal.objects.select_for_update().get(pk=deal.pk)
