"""Things to do about people: claims, proposals, applications, partners without a click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from hanse.growth.claims.queries import open_claims
from hanse.growth.negotiations.queries import waiting_for_team
from hanse.growth.prospects.models import Prospect
from hanse.growth.prospects.queries import due_ones
from hanse.growth.recruiting.models import Application
from hanse.growth.today.rules import QUIET_START_DAYS
from hanse.growth.today.types import Kind, Named, Thing
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_NAMES = 5
_READ = 200
_PROPOSALS = 20


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about people in a program. Six queries."""
    yield from _claims(program)
    yield from _proposals(program, now)
    yield from _applications(program)
    yield from _prospects_due(program, now)
    yield from _never_clicked(program, now)


def _claims(program: Program) -> Iterator[Thing]:
    rows = list(open_claims(program.pk)[:_READ])
    if rows:
        named = [Named(one.enrolment.partner_id, one.enrolment.partner.name) for one in rows[:_NAMES]]
        detail = {"order": rows[0].external_id, "promised_on": rows[0].promised_on.isoformat()}
        yield Thing(
            f"claims:{rows[-1].pk}", Kind.CLAIMS, len(rows), 0, rows[0].made_at, rows[0].pk, named, detail
        )  # fmt: skip


def _proposals(program: Program, now: datetime) -> Iterator[Thing]:
    for one in waiting_for_team([program.pk], now)[:_PROPOSALS]:
        partner = one.enrolment.partner
        yield Thing(
            f"proposal:{one.pk}", Kind.PROPOSAL, 1, 0, one.created_at, one.enrolment_id,
            (Named(partner.pk, partner.name),), {"message": one.message or one.reason},
        )  # fmt: skip


def _applications(program: Program) -> Iterator[Thing]:
    waiting = Application.objects.filter(program=program, status=Application.Status.WAITING).order_by("sent_at")
    rows = list(waiting.values_list("id", "name", "company", "sent_at", "country"))
    if rows:
        oldest_id, name, company, sent_at, country = rows[0]
        detail = {"name": name, "company": company, "country": country, "others": str(len(rows) - 1)}
        yield Thing(
            f"applications:{rows[-1][0]}", Kind.APPLICATIONS, len(rows), 0, sent_at, oldest_id, detail=detail
        )  # fmt: skip


def _prospects_due(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield for each owner the prospects whose next step is due, the oldest date first. One query."""
    due = Prospect.objects.filter(due_ones(local_day(now, program.time_zone)), program=program)
    fields = ("id", "name", "next_step", "next_on", "entered_at", "owner_id", "owner__name", "owner__email")
    by_owner: dict[object, list[Any]] = {}
    for row in due.order_by("next_on", "id").values_list(*fields)[:_READ]:
        by_owner.setdefault(row[5], []).append(row)
    for owner_id, rows in by_owner.items():
        first = rows[0]
        detail = {
            "name": first[1], "step": first[2], "on": first[3].isoformat(), "owner": first[6] or first[7] or "",
            "owner_id": str(owner_id or "nobody"),
        }  # fmt: skip
        yield Thing(
            f"prospects-due:{first[0]}:{first[3]}", Kind.PROSPECTS_DUE, len(rows), 0, first[4], first[0], detail=detail
        )  # fmt: skip


def never_clicked(program: Program, now: datetime) -> QuerySet[Enrolment]:
    """Return active enrolments of 14 days and more without a valid click or a sale, the newest first."""
    sign_of_life = EnrolmentDay.objects.filter(enrolment_id=OuterRef("id")).filter(
        Q(clicks__gt=0) | Q(conversions__gt=0)
    )
    return (
        Enrolment.objects.filter(
            program=program, is_test=False, status=Enrolment.Status.ACTIVE,
            enrolled_at__lte=now - timedelta(days=QUIET_START_DAYS),
        )
        .filter(~Exists(sign_of_life))
        .select_related("partner")
        .order_by("-enrolled_at", "id")
    )  # fmt: skip


def _never_clicked(program: Program, now: datetime) -> Iterator[Thing]:
    quiet = never_clicked(program, now)
    newest = list(quiet[:_NAMES])
    if newest:
        count = quiet.count() if len(newest) == _NAMES else len(newest)
        named = [Named(one.partner_id, one.partner.name) for one in newest]
        yield Thing(
            f"never-clicked:{newest[0].id}", Kind.NEVER_CLICKED, count, 0, newest[0].enrolled_at, newest[0].id, named
        )  # fmt: skip
