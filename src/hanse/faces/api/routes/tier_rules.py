"""Tier rules in versions, where everybody stands and why, locks, moves that wait, and rules tried on the past."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.tier_shapes import (
    TierBacktestIn,
    TierBacktestOut,
    TierDecisionOut,
    TierDecisionPage,
    TierLackOut,
    TierLockIn,
    TierLockOut,
    TierPromiseOut,
    TierPromisesOut,
    TierReviewIn,
    TierReviewOut,
    TierReviewPage,
    TierRulesIn,
    TierRulesOut,
    TierSizeOut,
    TierSpanOut,
    TierStandingOut,
    TierStandingPage,
    TierUnlockIn,
)
from hanse.faces.api.values import shown_id
from hanse.growth.care.queries import promises_of, scores_of
from hanse.growth.care.rules import SCORED_DAYS, Score
from hanse.growth.care.words import promise_words
from hanse.growth.tiers import actions
from hanse.growth.tiers.backtest import backtest
from hanse.growth.tiers.models import TierDecision, TierLock, TierReview, TierRuleVersion, TierStanding
from hanse.growth.tiers.queries import lock_of
from hanse.growth.tiers.reading import rules_json
from hanse.growth.tiers.versions import publish_rules, read_rules, rules_of, rules_on
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

router = Router(tags=["Tiers"])
Kind = Literal[
    "placed", "up", "down", "left_new", "warned", "cleared", "waits", "moved", "locked", "unlocked", "kept"
]  # fmt: skip


@router.get("/tier-rules", auth=READ, response=TierRulesOut)
def read_tier_rules(request: HttpRequest, program: str = "") -> TierRulesOut:
    """Show the rules that decide today; `number` is null for the default."""
    found = own_program(asker(request), program, "/query/program")
    row, _rules = rules_on(found, local_day(clock.now(), found.time_zone))
    return _rules_out(found, row)


@router.post("/tier-rules", auth=WRITE, response={201: TierRulesOut})
def publish_tier_rules(request: HttpRequest, body: TierRulesIn) -> Status[TierRulesOut]:
    """Publish rules as the program's next version, as in the dry run of tiers; null for the default ones."""
    program = own_program(asker(request), body.program)
    rules = read_rules(program, body.rules)
    row = publish_rules(
        program, rules, names=body.names, starts_on=_day(body.starts_on, "/starts_on"), note=body.note,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _rules_out(program, row))


@router.post("/tiers/backtest", auth=READ, response=TierBacktestOut)
def backtest_tiers(request: HttpRequest, body: TierBacktestIn) -> TierBacktestOut:
    """Replay rules over the past months: sizes, moves, flapping, cost of the tiers' terms. Nothing is stored."""
    program, now = own_program(asker(request), body.program), clock.now()
    rules = read_rules(program, body.rules) if body.rules is not None else None
    tried = rules or rules_on(program, local_day(now, program.time_zone))[1]
    found = backtest(program, tried, now, months=body.months)
    return TierBacktestOut(
        sizes=[
            TierSizeOut(on=on.isoformat(), tiers=dict(tiers))
            for on, tiers in zip(found.dates, found.sizes, strict=True)
        ],
        spans=[
            TierSpanOut(
                after=one.since.isoformat(), until=one.until.isoformat(), rose=one.rose, fell=one.fell,
                cost=one.cost.more_minor if one.cost is not None else None,
            )
            for one in found.spans
        ],
        rose=found.rose, fell=found.fell, flaps=found.flaps, cost=found.cost_minor, currency=program.currency,
        every_days=found.every_days,
    )  # fmt: skip


@router.get("/tier-standings", auth=READ, response=TierStandingPage)
def list_tier_standings(
    request: HttpRequest, program: str = "", enrolment: str = "", tier: str = "", cursor: Cursor = "",
    limit: Limit = PAGE,
) -> TierStandingPage:  # fmt: skip
    """List where everybody stood at the last evaluation, with the numbers and what is missing for the next tier."""
    key = asker(request)
    rows = narrow(key, reach(key, TierStanding), {"program_id": (Program, program), "pk": (Enrolment, enrolment)})
    if tier:
        rows = rows.filter(tier=refer(key, Tier, tier, "/query/tier").key)
    page, following = take_page(rows, cursor, limit)
    return TierStandingPage(data=[_standing(row) for row in page], next_cursor=following)


@router.get("/tier-decisions", auth=READ, response=TierDecisionPage)
def list_tier_decisions(
    request: HttpRequest, program: str = "", enrolment: str = "", kind: Kind | None = None, cursor: Cursor = "",
    limit: Limit = PAGE,
) -> TierDecisionPage:  # fmt: skip
    """List decisions with their numbers and sentences, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, TierDecision), filters)
    page, following = take_page(rows.filter(kind=kind) if kind else rows, cursor, limit)
    return TierDecisionPage(data=[_decision(row) for row in page], next_cursor=following)


@router.get("/tier-reviews", auth=READ, response=TierReviewPage)
def list_tier_reviews(
    request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> TierReviewPage:
    """List the moves that wait for a person."""
    key = asker(request)
    rows = narrow(key, reach(key, TierReview), {"program_id": (Program, program)}).filter(verdict="")
    page, following = take_page(rows, cursor, limit)
    return TierReviewPage(data=[_review(row) for row in page], next_cursor=following)


@router.post("/tier-reviews/{tier_review_id}/decide", auth=WRITE, response=TierReviewOut)
def decide_tier_review(request: HttpRequest, tier_review_id: str, body: TierReviewIn) -> TierReviewOut:
    """Make a move that waits (`moved`), or leave somebody where they are (`kept`, with a reason)."""
    row = find(asker(request), TierReview, tier_review_id)
    done = actions.decide_review(row, body.verdict, reason=body.reason, now=clock.now(), by=actor(request))
    return _review(done)


@router.get("/enrolments/{enrolment_id}/tier-lock", auth=READ, response=TierLockOut)
def read_tier_lock(request: HttpRequest, enrolment_id: str) -> TierLockOut:
    """Show whether an enrolment is locked in its tier, and why."""
    enrolment = find(asker(request), Enrolment, enrolment_id, "program")
    return _lock(enrolment, lock_of(enrolment.pk, local_day(clock.now(), enrolment.program.time_zone)))


@router.post("/enrolments/{enrolment_id}/tier-lock", auth=WRITE, response=TierLockOut)
def lock_tier(request: HttpRequest, enrolment_id: str, body: TierLockIn) -> TierLockOut:
    """Keep an enrolment in its tier, with a reason, until a day or until it is let go."""
    enrolment = find(asker(request), Enrolment, enrolment_id, "program", "tier", "partner")
    until = _day(body.until, "/until")
    row = actions.lock_tier(enrolment, reason=body.reason, until=until, now=clock.now(), by=actor(request))
    return _lock(enrolment, row)


@router.post("/enrolments/{enrolment_id}/tier-unlock", auth=WRITE, response=TierLockOut)
def unlock_tier(request: HttpRequest, enrolment_id: str, body: TierUnlockIn) -> TierLockOut:
    """Let the rules decide about an enrolment again."""
    enrolment = find(asker(request), Enrolment, enrolment_id, "program", "tier")
    actions.unlock_tier(enrolment, reason=body.reason, now=clock.now(), by=actor(request))
    return _lock(enrolment, None)


@router.get("/tier-promises", auth=READ, response=TierPromisesOut)
def list_tier_promises(request: HttpRequest, program: str = "") -> TierPromisesOut:
    """Show what we promise each tier and how well it was kept in the last 90 days."""
    found, now = own_program(asker(request), program, "/query/program"), clock.now()
    scores = scores_of(found.pk, now)
    rows = []
    for one in promises_of(found.pk):
        own = scores.get(one.pk, Score())
        rows.append(
            TierPromiseOut(
                tier=one.tier.key, kind=one.kind,  # type: ignore[arg-type]  # a choice
                number=one.number, words=promise_words(one.kind, one.number, one.words), in_time=own.in_time,
                late=own.late, overdue=own.overdue, open=own.open,
            )
        )  # fmt: skip
    return TierPromisesOut(days=SCORED_DAYS, data=rows)


def _rules_out(program: Program, row: TierRuleVersion | None) -> TierRulesOut:
    return TierRulesOut(
        program=text_id("prg", program.pk), number=row.number if row else None, rules=rules_json(rules_of(row)),
        starts_on=row.starts_on.isoformat() if row else None, note=row.note if row else "",
    )  # fmt: skip


def _day(text: str | None, pointer: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid([Problem(pointer, "This day does not exist.", "bad_date")]) from error


def _standing(row: TierStanding) -> TierStandingOut:
    lacks: list[dict[str, Any]] = row.needed.get("lacks", []) if row.needed else []
    return TierStandingOut(
        enrolment=text_id("enr", row.pk), on=row.on.isoformat(), tier=row.tier, given=row.given, rank=row.rank,
        field=row.field_size, value=row.value_minor, conversions=row.conversions, below_exit=row.below_exit,
        since=row.since, is_strategic=row.is_strategic, is_locked=row.is_locked,
        next_tier=row.needed.get("tier") if row.needed else None,
        needed=[TierLackOut(**{**one, "kind": one["kind"]}) for one in lacks],
    )  # fmt: skip


def _decision(row: TierDecision) -> TierDecisionOut:
    return TierDecisionOut(
        id=text_id("tdc", row.pk), enrolment=text_id("enr", row.enrolment_id), at=row.at, on=row.on.isoformat(),
        kind=row.kind,  # type: ignore[arg-type]  # a choice
        before=row.before or None, after=row.after, given=row.given or None, numbers=row.numbers,
        sentence=row.sentence, language=row.language, reason=row.reason, by=row.actor or None,
        rules=shown_id("trv", row.rules_id),
    )  # fmt: skip


def _review(row: TierReview) -> TierReviewOut:
    return TierReviewOut(
        id=text_id("trw", row.pk), enrolment=text_id("enr", row.enrolment_id), before=row.before, after=row.after,
        direction=row.direction,  # type: ignore[arg-type]  # up or down
        cause=row.cause,  # type: ignore[arg-type]  # review or case
        asked_at=row.asked_at, numbers=row.numbers, reason=row.reason,
        verdict=row.verdict or None,  # type: ignore[arg-type]  # a choice
    )  # fmt: skip


def _lock(enrolment: Enrolment, row: TierLock | None) -> TierLockOut:
    return TierLockOut(
        enrolment=text_id("enr", enrolment.pk), is_locked=row is not None, reason=row.reason if row else "",
        until=row.until.isoformat() if row and row.until else None, locked_by=row.locked_by if row else None,
    )  # fmt: skip
