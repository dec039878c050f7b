"""The one rule for offers: would it go beyond a budget, and may it be made nevertheless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hanse.growth.budgets import rules
from hanse.growth.budgets.models import Budget, BudgetRules, Overrun
from hanse.growth.budgets.offers import Scope, TermsCost, TermsOffered
from hanse.growth.budgets.queries import budgets_of, members_of, planned, standing, sums_of, when_over
from hanse.growth.budgets.types import Breach, OfferKind, OfferMade, OverBudget, Standing
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import new_id
from hanse.kernel.money import decimal_text
from hanse.money.publishing.guards import ToPublish
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.rules import parse_terms
from hanse.spine.audit.actions import record_change

APPROVED_FOR = timedelta(days=30)
HEARD: ContextVar[list[OverBudget | Overrun] | None] = ContextVar("offers_beyond_budgets", default=None)
"""What a face that set a list hears of this request's offers beyond budgets, also where a refusal takes all back."""
Standings = Mapping[date, Standing]


def would_exceed(program: Program, offer: OfferMade, now: datetime, standings: Standings | None = None) -> list[Breach]:
    """Return the budgets that an offer would exceed, the worst first; nothing is stored.

    A budget is exceeded when what is accrued, given in kind and promised already, with the offer, is more than planned
    (`is_beyond`), or when what is expected at today's pace, with the offer, is.
    """
    zone, found = program.time_zone, list[Breach]()
    for first in planned_quarters(program, now):
        days = rules.span_of(first, zone)
        within = (local_day(days.starts_at, zone), local_day(days.ends_at, zone))
        if not any(within[0] <= share.on < within[1] and share.amount_minor > 0 for share in offer.shares):
            continue
        stands = standings[first] if standings and first in standings else standing(program, first, now)
        plans = planned(list(budgets_of(program, first)))
        found += rules.breaches_of(offer, first, within, plans, sums_of(plans, stands), stands.members)
    return sorted(found, key=lambda one: (not one.is_beyond, -one.over_minor, one.first))


def check_offer(
    program: Program, offer: OfferMade, *, now: datetime, by: str, standings: Standings | None = None
) -> list[Breach]:
    """Let an offer pass, or not: to be called by every verb that promises money, before it does.

    Where the program only warns, an offer beyond a budget is written down and passes. Where it asks for approval, one
    that goes beyond what is spent and promised raises OverBudget until somebody has approved of this very offer (an
    approval holds for thirty days, and for making it once); one that only the expected pace puts beyond passes with a
    note. Without plans nothing is asked and nothing is stored. Offers of a program wait for each other.
    """
    _one_at_a_time(program)
    breaches = would_exceed(program, offer, now, standings)
    if not breaches:
        return []
    if _approved(program, offer, now).update(state=Overrun.State.USED):  # taken back where the offer fails after all
        return breaches
    if any(one.is_beyond for one in breaches) and when_over(program.pk) == BudgetRules.WhenOver.APPROVE:
        error = OverBudget(_refusal(program, breaches), program.pk, offer, breaches)
        _let_hear(error)
        raise error
    _let_hear(note(program, offer, breaches, Overrun.State.WARNED, now=now, by=by))
    return breaches


def _one_at_a_time(program: Program) -> None:
    """Hold the program until the transaction ends: of two offers at once, the second sees what the first promised."""
    list(Program.objects.filter(pk=program.pk).select_for_update(no_key=True).values_list("pk"))


def _approved(program: Program, offer: OfferMade, now: datetime) -> QuerySet[Overrun]:
    """Return the approval of this very offer, if there is one that still holds and was not used."""
    return Overrun.objects.filter(
        program=program, key=offer.key, state=Overrun.State.APPROVED, decided_at__gt=now - APPROVED_FOR
    )


def _let_hear(one: OverBudget | Overrun) -> None:
    """Tell whoever listens to this request."""
    heard = HEARD.get()
    if heard is not None:
        heard.append(one)


def check_terms(
    scope: Scope, raw: Mapping[str, Any], starts_at: datetime, ends_at: datetime | None, *, kind: OfferKind = "terms",
    now: datetime, by: str,
) -> list[Breach]:  # fmt: skip
    """Check terms as `check_offer` does: what they would add for everybody whom they reach. Unsound terms pass here;
    the verb that stores them tells what is wrong."""
    _one_at_a_time(scope.program)
    priced = terms_offer(scope, raw, starts_at, ends_at, kind=kind, now=now)
    if priced is None:
        return []
    offer, standings = priced
    return check_offer(scope.program, offer, now=now, by=by, standings=standings)


def guard_terms(terms: ToPublish) -> None:
    """Check terms that are about to be published by us alone. Raises OverBudget."""
    scope = Scope(terms.program, terms.tier, terms.enrolment)
    check_terms(scope, terms.body, terms.starts_at, terms.ends_at, now=terms.now, by=terms.by)


def terms_offer(
    scope: Scope, raw: Mapping[str, Any], starts_at: datetime, ends_at: datetime | None, *, kind: OfferKind = "terms",
    now: datetime,
) -> tuple[OfferMade, Standings] | None:  # fmt: skip
    """Return what terms would add to every quarter that has a plan; None without plans, or for unsound terms."""
    quarters = planned_quarters(scope.program, now)
    if not quarters:
        return None
    try:
        body = parse_terms(raw, currency=scope.program.currency, goals=None)
    except Invalid:
        return None
    offered = TermsOffered(scope, raw, body, starts_at, ends_at, kind)
    standings = {first: standing(scope.program, first, now) for first in quarters}
    cost = TermsCost(offered, members_of(scope.program, now), now)
    return cost.offer(standings.values(), _title(scope)), standings


def planned_quarters(program: Program, now: datetime) -> list[date]:
    """Return the quarters with a plan that are not over. One query."""
    first = rules.quarter_at(now, program.time_zone)
    rows = Budget.objects.filter(program=program, starts_on__gte=first).order_by("starts_on")
    return list(rows.values_list("starts_on", flat=True).distinct())


def ask_approval(error: OverBudget, *, now: datetime, by: str) -> Overrun:
    """Put an offer that was refused before whoever may approve of it. Asked again, the newer sum holds; what is
    approved of meanwhile stays so."""
    program = Program.objects.get(pk=error.program_id)
    approved = _approved(program, error.offer, now).first()
    if approved is not None:
        return approved
    return note(program, error.offer, error.breaches, Overrun.State.ASKED, now=now, by=by)


def note(
    program: Program, offer: OfferMade, breaches: Sequence[Breach], state: str, *, now: datetime, by: str
) -> Overrun:
    """Write down an offer beyond a budget, once for each offer."""
    values = {
        "enrolment_id": offer.enrolment_id, "kind": offer.kind, "title": offer.title[:200],
        "starts_on": breaches[0].first, "amount_minor": _amount(offer),
        "over_minor": breaches[0].over_minor, "currency": program.currency,
        "found": [_found(one) for one in breaches], "state": state, "asked_at": now, "asked_by": by[:200],
        "decided_at": None, "decided_by": "", "reason": "",
    }  # fmt: skip
    row, _made = Overrun.objects.update_or_create(
        program=program, key=offer.key, defaults=values, create_defaults={"id": new_id(now), **values}
    )
    verb = "ask_beyond_budget" if state == Overrun.State.ASKED else "go_beyond_budget"
    record_change(
        actor=by, verb=verb, subject_kind="program", subject_id=program.pk, before={},
        after={"offer": offer.title, "amount_minor": _amount(offer), "over_minor": values["over_minor"]}, now=now,
    )  # fmt: skip
    return row


def _amount(offer: OfferMade) -> int:
    return sum(share.amount_minor for share in offer.shares if share.amount_minor > 0)


def _found(one: Breach) -> dict[str, object]:
    return {
        "quarter": rules.quarter_text(one.first), "type": one.type, "tier": one.tier, "planned": one.planned_minor,
        "before": one.before_minor, "added": one.added_minor, "beyond": one.is_beyond,
    }  # fmt: skip


def _refusal(program: Program, breaches: Sequence[Breach]) -> str:
    worst = breaches[0]
    message = _(
        "This adds %(added)s and goes %(over)s beyond the budget of %(quarter)s. "
        "An owner or finance has to approve of it first: Money, Budget."
    )
    return message % {
        "added": _money(worst.added_minor, program), "quarter": rules.quarter_text(worst.first),
        "over": _money(worst.over_minor, program),
    }  # fmt: skip


def _money(amount_minor: int, program: Program) -> str:
    return f"{program.currency} {decimal_text(amount_minor, program.currency)}"


def _title(scope: Scope) -> str:
    if scope.enrolment is not None:
        return scope.enrolment.partner.name
    return scope.tier.name if scope.tier is not None else scope.program.name


def enrolment_scope(enrolment: Enrolment) -> Scope:
    """Return the scope of terms for one partner."""
    return Scope(enrolment.program, None, enrolment)
