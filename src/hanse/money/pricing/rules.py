"""The price of credits: what is owed is a pure function of the set of facts (domain.md §5)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime

from hanse.money.pricing.changes import changes_between
from hanse.money.pricing.choice import Chooser, Spans
from hanse.money.pricing.history import History, Totals, order_fields
from hanse.money.pricing.lines import LineAmounts, View
from hanse.money.pricing.plan import Needs, Rule, plan_of
from hanse.money.pricing.tops import Tops
from hanse.money.pricing.types import Credited, Earner, Priced, Tally
from hanse.programs.terms.types import DatedTerms


def price(credits: Iterable[Credited], earner: Earner, *, since: datetime | None = None) -> list[Priced]:
    """Price the credits of one enrolment, ordered by (occurred_at, external_id), and return them in that order.

    `credits` holds every conversion that the wanted ones depend on (see `needs_of`). Conditions and clauses are chosen
    on orders as sold; amounts, totals, caps and milestones are computed on what is left. Amounts are minor units.
    With `since` only those that occurred then or later are returned: what came before adds to their totals, and no
    later fact changes it.
    """
    ordered = sorted(credits, key=_place)
    head = bisect_left(ordered, since, key=_moment) if since is not None else 0
    sold = _pass(ordered, earner, as_sold=True, head=head)[head:]
    if not any(one.conversion.refunded_minor for one in ordered):
        return [
            Priced(one.conversion.id, tally.amount_minor, tally.amount_minor, tuple(tally.steps))
            for one, tally in zip(ordered[head:], sold, strict=True)
        ]
    left = _pass(ordered, earner, as_sold=False, head=head)[head:]
    return [
        Priced(
            one.conversion.id,
            before.amount_minor,
            after.amount_minor,
            tuple(before.steps),
            tuple(changes_between(one.conversion, before, after)),
        )
        for one, before, after in zip(ordered[head:], sold, left, strict=True)
    ]


def _place(one: Credited) -> tuple[datetime, str, str]:
    """Where a credit stands: conversions of two goals may share an outside id and a moment."""
    return (one.conversion.occurred_at, one.conversion.external_id, one.conversion.goal)


def _moment(one: Credited) -> datetime:
    return one.conversion.occurred_at


def owed_in_order(credits: Iterable[Credited], earner: Earner) -> tuple[list[Credited], list[int]]:
    """Return the credits in the order of `price`, with what each is owed: the same, unexplained."""
    ordered = sorted(credits, key=_place)
    return ordered, [tally.amount_minor for tally in _pass(ordered, earner, as_sold=False, explains=False)]


def needs_of(versions: Iterable[DatedTerms]) -> Needs:
    """Return which other conversions a price under any of these versions depends on."""
    needs = Needs()
    for terms in versions:
        needs |= plan_of(terms).needs
    return needs


def _pass(
    ordered: Sequence[Credited], earner: Earner, *, as_sold: bool, explains: bool = True, head: int = 0
) -> list[Tally]:
    """Go through credits in their order; the first `head` of them come without their steps."""
    history, totals, spans = History(earner.time_zone), Totals(), Spans(earner)
    chooser = Chooser(earner, spans, history, totals)
    lines, tops = LineAmounts(chooser, spans, totals), Tops(spans, totals, _milestones(ordered, earner))
    with_fields = any(plan_of(row).has_conditions for row in _versions(ordered, earner))
    tallies = []
    for place, credited in enumerate(ordered):
        tally = Tally(explains=explains and place >= head)
        if credited.unpaid_reason and credited.unpaid_reason != "partner_ended":
            tally.add(0, step="none", reason=credited.unpaid_reason)
        else:
            view = View(credited, order_fields(credited, earner, history) if with_fields else {}, as_sold=as_sold)
            lines.price(view, tally)
            tops.price(view, tally)
        history.remember(credited)
        tallies.append(tally)
    return tallies


def _versions(ordered: Iterable[Credited], earner: Earner) -> list[DatedTerms]:
    found = {one.terms.id: one.terms for one in ordered if one.terms is not None}
    return list((found | {row.id: row for row in earner.versions}).values())


def _milestones(ordered: Iterable[Credited], earner: Earner) -> tuple[Rule, ...]:
    return tuple(rule for row in _versions(ordered, earner) for rule in plan_of(row).milestones)
