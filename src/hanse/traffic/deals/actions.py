"""Verbs of deals: register, approve with protection, decline. Each change is in the log."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.deals import rules
from hanse.traffic.deals.customers import named_customer
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import rivals_of
from hanse.traffic.deals.routing import route_of

_AUDITED = (
    "program_id",
    "enrolment_id",
    "customer_label",
    "customer_external_id",
    "amount_minor",
    "note",
    "is_clash",
    "owner_id",
)


def register_deal(
    enrolment: Enrolment, *, customer_email: str = "", customer_external_id: str = "", company_domain: str = "",
    amount_minor: int | None = None, country: str = "", expected_on: date | None = None, note: str = "", now: datetime,
    by: str,
) -> Deal:  # fmt: skip
    """Keep a partner's claim to a customer who has not bought yet. The same customer again is the same deal.

    One of e-mail (kept as a hash), outside id and company domain is needed. Where another partner has registered that
    customer, both deals say so, without naming anybody. The program's routes choose the colleague who looks after it.
    Raises Invalid; refuses enrolments that are not active.
    """
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused("enrolment_closed", _("Only active partners register deals."))
    checks = Checks()
    note = checks.text("note", note, 2000, lines=True)
    country = checks.country("country", country)
    if amount_minor is not None:
        checks.whole_number("amount", amount_minor, 0, MAX_AMOUNT_MINOR)
    who = named_customer(
        checks, customer_email=customer_email, customer_external_id=customer_external_id, company_domain=company_domain
    )
    checks.done()
    deal = Deal(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, status=Deal.Status.OPEN,
        customer_external_id=who.external_id, email_hash=who.email_hash, company_domain=who.company_domain,
        customer_label=who.label, country=country, expected_on=expected_on, amount_minor=amount_minor,
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
        if rival.is_clash and not _standing_rivals(rival, now):
            Deal.objects.filter(pk=rival.pk).update(is_clash=False, changed_at=now)
    deal.refresh_from_db()
    return deal


def settle_clash(winner: Deal, *, days: int | None = None, reason: str, now: datetime, by: str) -> Deal:
    """Decide between partners who registered the same customer: this deal is protected, the others are declined.

    All of them read the reason; nobody is named. A deal whose protection is over claims nothing any more and stays as
    it is. Raises Invalid without a reason; refuses where nobody else claims the customer.
    """
    Program.objects.select_for_update().get(pk=winner.program_id)
    row = _locked(winner)
    rivals = _standing_rivals(row, now)
    if not rivals:
        raise Refused("no_clash", _("Nobody else has registered this customer."))
    for rival in rivals:
        decline_deal(rival, reason=reason, now=now, by=by)
    approve_deal(row, days=days, reason=reason, now=now, by=by)
    Deal.objects.filter(pk=row.pk).update(is_clash=False, changed_at=now)
    winner.refresh_from_db()
    return winner


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
    rivals = _standing_rivals(deal, now)
    deal.is_clash = bool(rivals)
    deal.owner, deal.routed_by = route_of(deal, deal.enrolment)
    deal.save(force_insert=True)
    record_creation(deal, actor=by, verb="register_deal", fields=_AUDITED, now=now)
    Deal.objects.filter(pk__in=[one.pk for one in rivals]).update(is_clash=True, changed_at=now)
    return deal


def _standing_rivals(deal: Deal, now: datetime) -> list[Deal]:
    """Return the other partners' deals with this customer that are open or protected now."""
    return [one for one in rivals_of(deal) if one.protected_until is None or one.protected_until > now]


def _locked(deal: Deal) -> Deal:
    return Deal.objects.select_for_update().get(pk=deal.pk)
