"""Everything that happened with a partner, gathered from where it is kept, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from hanse.insight.overview.types import Figures
from hanse.insight.partner.types import Event, Kind, KnownCase, Topic
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.ids import text_id
from hanse.money.payouts.models import Payout
from hanse.money.promises.models import Promise
from hanse.money.promises.postings import period_name
from hanse.people.partners.models import Note
from hanse.programs.enrolments.models import Agreement, Enrolment, StatusChange, TierChange
from hanse.spine.audit.models import AuditEntry
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

_EACH = 20
_TOLD_ELSEWHERE = ("enrol", "add_note", "change_status", "create_link", "create_coupon", "accept_terms", "move_to_tier")
_NOON = timedelta(hours=12)  # days of the rollups have no time of day


@dataclass(frozen=True, slots=True)
class Known:
    """What the page has read already and the timeline tells too."""

    links: Sequence[Link]
    coupons: Sequence[Coupon]
    cases: Sequence[KnownCase]
    days: Sequence[tuple[date, Figures]]


def timeline(enrolment: Enrolment, known: Known, *, topic: Topic | None = None, limit: int = 40) -> list[Event]:
    """Return what happened with a partner in a program, newest first. Nine queries, however much there is."""
    events = [*_standing(enrolment), *_people(enrolment), *_money(enrolment, known), *_traffic(enrolment, known)]
    if topic:
        events = [event for event in events if event.topic == topic]
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]


def _standing(enrolment: Enrolment) -> Iterator[Event]:
    for change in StatusChange.objects.filter(enrolment=enrolment).order_by("-at")[:_EACH]:
        yield Event(change.at, Kind.STATUS, change.status, detail={"reason": change.reason, "actor": change.actor})
    moves = list(TierChange.objects.filter(enrolment=enrolment).select_related("tier").order_by("at"))
    for move in moves[1:][-_EACH:]:  # the first is where they began, told by the enrolment itself
        yield Event(move.at, Kind.TIER, move.tier.name if move.tier else "", detail={"reason": move.reason})
    for agreed in (
        Agreement.objects.filter(enrolment=enrolment).select_related("terms").order_by("-accepted_at")[:_EACH]
    ):
        detail = {"number": str(agreed.terms.number), "hash": agreed.body_hash, "by": agreed.accepted_by}
        yield Event(agreed.accepted_at, Kind.AGREED, agreed.terms.name, detail=detail)


def _people(enrolment: Enrolment) -> Iterator[Event]:
    for note in Note.objects.filter(partner_id=enrolment.partner_id).order_by("-written_at")[:_EACH]:
        yield Event(note.written_at, Kind.NOTE, note.text, detail={"author": note.author})
    ids = (str(enrolment.partner_id), str(enrolment.id))
    rows = AuditEntry.objects.filter(subject_kind__in=("partner", "enrolment", "payoutdetails"), subject_id__in=ids)
    for row in rows.exclude(verb__in=_TOLD_ELSEWHERE).order_by("-at")[:_EACH]:
        yield Event(row.at, Kind.CHANGED, row.verb, detail={"actor": row.actor, "reason": row.reason})


def _money(enrolment: Enrolment, known: Known) -> Iterator[Event]:
    payouts = Payout.objects.filter(enrolment=enrolment).exclude(state__in=("drafted", "dropped"))
    for payout in payouts.select_related("run").order_by("-id")[:_EACH]:
        at = payout.settled_at or payout.failed_at or payout.opened_at or payout.run.drafted_at
        detail = {
            "run": payout.run.number, "run_id": text_id("run", payout.run_id), "rail": payout.run.rail,
            "reason": payout.reason,
        }  # fmt: skip
        yield Event(at, Kind.PAYOUT, payout.state, payout.amount_minor, detail=detail)
    promises = Promise.objects.filter(enrolment=enrolment).exclude(owed_minor=0).order_by("-changed_at", "-id")
    for promise in promises[:_EACH]:
        period = period_name(promise.starts_at, promise.ends_at, enrolment.program.time_zone)
        yield Event(promise.changed_at, Kind.PROMISE, promise.kind, promise.owed_minor, detail={"period": period})
    yield from _cases(enrolment, known)


def _cases(enrolment: Enrolment, known: Known) -> Iterator[Event]:
    """Tell cases of one reason that were opened on one day as one."""
    zone = enrolment.program.time_zone
    for (_day, reason), group in groupby(known.cases, key=lambda one: (local_day(one.opened_at, zone), one.reason)):
        together = list(group)
        held = sum(one.owed_minor for one in together)
        yield Event(together[0].opened_at, Kind.CASE, reason, held, len(together))
    for case in known.cases[:_EACH]:
        if case.decided_at:
            detail = {"by": case.decided_by, "reason": case.decision_reason}
            yield Event(case.decided_at, Kind.DECIDED, case.decision, detail=detail)


def _traffic(enrolment: Enrolment, known: Known) -> Iterator[Event]:
    for link in known.links[:_EACH]:
        yield Event(link.created_at, Kind.LINK, link.slug, detail={"label": link.label})
    for coupon in known.coupons[:_EACH]:
        yield Event(coupon.created_at, Kind.COUPON, coupon.code)
    yield from _days(enrolment, known)


def _days(enrolment: Enrolment, known: Known) -> Iterator[Event]:
    zone = enrolment.program.time_zone
    days = EnrolmentDay.objects.filter(enrolment_id=enrolment.id)
    clicked = days.filter(clicks__gt=0).order_by("day").values_list("day", "clicks").first()
    if clicked:
        yield Event(day_starts_at(clicked[0], zone) + _NOON, Kind.FIRST_CLICK, count=clicked[1])
    sold = days.filter(conversions__gt=0).order_by("day").values_list("day", "value_minor", "conversions").first()
    if sold:
        yield Event(day_starts_at(sold[0], zone) + _NOON, Kind.FIRST_SALE, "", sold[1], sold[2])
    best = max(known.days, key=lambda one: one[1].value_minor, default=None)
    if best and best[1].sales > 1:
        day, figures = best
        yield Event(day_starts_at(day, zone) + _NOON, Kind.BEST_DAY, "", figures.value_minor, figures.sales)
