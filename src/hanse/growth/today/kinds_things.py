"""Things to do about who is what: deals to answer, clashes, entries of challenges, resale orders, changes of type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hanse.growth.challenges.queries import waiting_entries
from hanse.growth.demarcation.queries import open_suggestions, type_names
from hanse.growth.today.types import Kind, Named, Thing
from hanse.programs.programs.models import Program
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import clashes_in, protection_ends
from hanse.traffic.resale.queries import reported_orders

_READ = 200
_ENDS_WITHIN_DAYS = 7


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about deals, challenges, resale and types. Six queries at most."""
    contested = clashes_in(program.pk, now)
    yield from _clashes(contested)
    yield from _deals(program, {deal.pk for deals in contested for deal in deals})
    yield from _entries(program)
    yield from _resale(program)
    yield from _types(program)
    yield from _ending(program, now)


def _clashes(contested: list[list[Any]]) -> Iterator[Thing]:
    if contested:
        first = contested[0]
        worth = sum(max((deal.amount_minor or 0) for deal in deals) for deals in contested)
        since = min(deals[-1].registered_at for deals in contested)
        named = [Named(deal.enrolment.partner_id, deal.enrolment.partner.name) for deal in first]
        yield Thing(
            f"clashes:{contested[-1][-1].pk}", Kind.DEAL_CLASHES, len(contested), worth, since, first[0].pk, named,
            {"customer": first[0].customer_label},
        )  # fmt: skip


def _deals(program: Program, contested: set[Any]) -> Iterator[Thing]:
    """Yield for each colleague the deals that wait for an answer; contested ones stand in their own row. One query."""
    rows = Deal.objects.filter(program=program, status=Deal.Status.OPEN).select_related("enrolment__partner", "owner")
    by_owner: dict[Any, list[Deal]] = {}
    for row in rows.order_by("registered_at", "id")[:_READ]:
        if row.pk not in contested:
            by_owner.setdefault(row.owner_id, []).append(row)
    for deals in by_owner.values():
        first, owner = deals[0], deals[0].owner
        named = [Named(row.enrolment.partner_id, row.enrolment.partner.name) for row in deals]
        yield Thing(
            f"deals:{deals[-1].pk}", Kind.DEALS, len(deals), sum(row.amount_minor or 0 for row in deals),
            first.registered_at, first.pk, named,
            {"customer": first.customer_label, "owner": (owner.name or owner.email) if owner else ""},
        )  # fmt: skip


def _entries(program: Program) -> Iterator[Thing]:
    rows = list(waiting_entries(program.pk)[:_READ])
    if rows:
        money = sum(row.challenge.prize_minor for row in rows if row.challenge.is_money)
        named = [Named(row.enrolment.partner_id, row.enrolment.partner.name) for row in rows]
        yield Thing(
            f"entries:{rows[-1].pk}", Kind.CHALLENGE_ENTRIES, len(rows), money, rows[0].proof_at or rows[0].created_at,
            rows[0].challenge_id, named, {"name": rows[0].challenge.name},
        )  # fmt: skip


def _resale(program: Program) -> Iterator[Thing]:
    rows = list(reported_orders(program.pk)[:_READ])
    if rows:
        named = [Named(row.enrolment.partner_id, row.enrolment.partner.name, row.partner_minor) for row in rows]
        yield Thing(
            f"resale:{rows[-1].pk}", Kind.RESALE_REPORTED, len(rows), sum(row.partner_minor for row in rows),
            rows[0].recorded_at, rows[0].pk, named, {"number": rows[0].external_id},
        )  # fmt: skip


def _types(program: Program) -> Iterator[Thing]:
    rows = list(open_suggestions(program.pk)[:_READ])
    if rows:
        names = type_names()
        first = rows[0]
        named = [Named(row.partner_id, row.partner.name) for row in rows]
        yield Thing(
            f"types:{rows[-1].pk}", Kind.TYPE_CHANGES, len(rows), 0, first.found_at, None, named,
            {"adds": names.get(first.adds, first.adds), "drops": names.get(first.drops, first.drops),
             "rule": first.rule.name},
        )  # fmt: skip


def _ending(program: Program, now: datetime) -> Iterator[Thing]:
    rows = list(protection_ends(program.pk, now, _ENDS_WITHIN_DAYS)[:_READ])
    if rows:
        named = [Named(row.enrolment.partner_id, row.enrolment.partner.name) for row in rows]
        yield Thing(
            f"protection:{rows[-1].pk}:{rows[-1].protected_until:%Y%m%d}", Kind.PROTECTION_ENDS, len(rows),
            sum(row.amount_minor or 0 for row in rows), rows[0].protected_until, rows[0].pk, named,
            {"customer": rows[0].customer_label},
        )  # fmt: skip
