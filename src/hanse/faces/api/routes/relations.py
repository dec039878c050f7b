"""Relations: facts about partners, who is silent and why, health, and the rule of silence tried on the past."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.growth.health.models import Health
from hanse.growth.health.queries import points_of
from hanse.growth.health.words import evidence_of
from hanse.growth.silence.actions import MAX_NOTE, note_play
from hanse.growth.silence.history import backtest
from hanse.growth.silence.models import Silence
from hanse.growth.silence.plays import PLAYS
from hanse.growth.silence.queries import silence_of
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.queries import facts_of
from hanse.insight.facts.words import sentence_of, title_of
from hanse.insight.figures.queries import figures_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Relations"])
Cause = Literal[
    "never_launched", "link_broken", "clicks_no_sales", "content_stopped", "link_cold", "login_lapsed", "faded",
    "unexplained",
]  # fmt: skip


class FactKindOut(Output):
    """A kind of fact."""

    kind: str
    title: str
    least_n: int = Field(description="It is told on no fewer cases.")
    page: str = Field(description="The page of the portal on which the partner can check it.")
    shown_to: str = Field(description="partner, or team: for the team alone.")


class FactKindsOut(Output):
    """All kinds, those of most use first."""

    data: list[FactKindOut]


class FactOut(Output):
    """One true statement about an enrolment."""

    kind: str
    text: str = Field(description="The sentence, as the partner is told.")
    period_from: str
    period_to: str
    n: int = Field(description="On how many cases it rests.")
    numbers: dict[str, int | str] = Field(description="Amounts in the minor unit, shares in parts per million.")
    rank: int = Field(description="How much it is worth telling, up to 1,000,000.")
    shown_to: str


class FactsOut(Output):
    """The facts of an enrolment, the best to tell first."""

    enrolment: str
    data: list[FactOut]


class HealthPointOut(Output):
    """Some of the hundred points of health."""

    area: str
    key: str
    points: int
    of: int
    evidence: str


class FiguresOut(Output):
    """An enrolment's figures now: windows of so many days, this one included; null where something never was."""

    clicks_7d: int
    clicks_30d: int
    clicks_90d: int
    conversions_30d: int
    conversions_90d: int
    conversions_180d: int
    value_30d_minor: int
    value_90d_minor: int
    value_180d_minor: int
    new_customers_90d: int
    refunds_90d: int
    days_since_click: int | None
    days_since_sale: int | None
    days_enrolled: int
    sales_total: int
    value_total_minor: int


class HealthOut(Output):
    """An enrolment's health, its figures, and its silence. `score` and `found_on` are null before the first look."""

    enrolment: str
    score: int | None
    found_on: str | None
    points: list[HealthPointOut]
    cause: str | None = Field(description="Why it is silent; null: it is not.")
    silent_since: str | None
    figures: FiguresOut


class SilenceOut(Output):
    """One silent enrolment. `signals` are what was looked at: active days, usual gap, limit and days since."""

    id: str
    program: str
    enrolment: str
    partner: str
    cause: str
    play: str
    since: str
    last_sign_on: str | None
    value_at_stake: int = Field(description="A usual month of theirs, in the minor unit.")
    currency: str
    signals: dict[str, dict[str, int | str | bool | None]]


class SilencePage(Page):
    """A page of silent enrolments."""

    data: list[SilenceOut]


class PlayIn(Input):
    """What a person did about a silence."""

    note: Annotated[Text, Field(max_length=MAX_NOTE)] = ""


class PlayOut(Output):
    """A play that was noted."""

    enrolment: str
    play: str
    acted_at: Instant
    acted_by: str
    note: str


class BacktestOut(Output):
    """What the rule would have said. Rates are shares in parts per million, null under 30 cases."""

    program: str
    days: int
    alarms: int
    judged: int = Field(description="Alarms after which there was one more own gap of time.")
    false: int = Field(description="Those who came back alone within it.")
    false_rate: int | None
    gone: int = Field(description="Times of 90 days and more without a sales signal.")
    found: int
    found_rate: int | None
    days_to_find: int | None


@router.get("/fact-kinds", auth=READ, response=FactKindsOut)
def list_fact_kinds(request: HttpRequest) -> FactKindsOut:
    """List the kinds of facts that are looked for every day."""
    asker(request)
    ranked = sorted(KINDS.values(), key=lambda kind: -kind.weight)
    return FactKindsOut(
        data=[
            FactKindOut(
                kind=kind.key, title=title_of(kind.key), least_n=kind.least_n, page=kind.page, shown_to=kind.shown_to
            )
            for kind in ranked
        ]
    )


@router.get("/enrolments/{enrolment_id}/facts", auth=READ, response=FactsOut)
def list_facts(request: HttpRequest, enrolment_id: str) -> FactsOut:
    """List what is true of an enrolment since the last look."""
    row = find(asker(request), Enrolment, enrolment_id, "program")
    return FactsOut(
        enrolment=enrolment_id,
        data=[
            FactOut(
                kind=fact.kind, text=sentence_of(fact, row.program.currency), period_from=fact.period_from.isoformat(),
                period_to=fact.period_to.isoformat(), n=fact.n, numbers=dict(fact.numbers), rank=fact.rank_ppm,
                shown_to=KINDS[fact.kind].shown_to,
            )
            for fact in facts_of([row.pk]).get(row.pk, [])
        ],
    )  # fmt: skip


@router.get("/enrolments/{enrolment_id}/health", auth=READ, response=HealthOut)
def get_health(request: HttpRequest, enrolment_id: str) -> HealthOut:
    """Return an enrolment's health with every point, its figures now, and whether it is silent."""
    row = find(asker(request), Enrolment, enrolment_id, "program")
    health = Health.objects.filter(enrolment=row).first()
    silence = silence_of([row.pk]).get(row.pk)
    figures = figures_of(row.program_id, [row.pk], clock.now())[row.pk]
    points = points_of(health) if health else []
    return HealthOut(
        enrolment=enrolment_id, score=health.score if health else None,
        found_on=health.found_on.isoformat() if health else None,
        points=[
            HealthPointOut(area=one.area, key=one.key, points=one.points, of=one.of,
                     evidence=evidence_of(one, row.program.currency))
            for one in points
        ],
        cause=silence.cause if silence else None, silent_since=silence.since.isoformat() if silence else None,
        figures=FiguresOut(**{name: getattr(figures, name) for name in FiguresOut.model_fields}),
    )  # fmt: skip


@router.get("/silences", auth=READ, response=SilencePage)
def list_silences(
    request: HttpRequest, program: str = "", enrolment: str = "", cause: Cause | None = None, cursor: Cursor = "",
    limit: Limit = PAGE,
) -> SilencePage:  # fmt: skip
    """List who is silent since the last look, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, Silence), filters).select_related("program", "enrolment")
    page, following = take_page(rows.filter(cause=cause) if cause else rows, cursor, limit)
    return SilencePage(data=[_silence(row) for row in page], next_cursor=following)


@router.post("/enrolments/{enrolment_id}/play", auth=WRITE, response=PlayOut)
def note_play_done(request: HttpRequest, enrolment_id: str, body: PlayIn) -> PlayOut:
    """Note that somebody did something about a silence. Refused for who is not silent."""
    row = find(asker(request), Enrolment, enrolment_id)
    now = clock.now()
    spell = note_play(row.pk, note=body.note, now=now, by=actor(request))
    return PlayOut(enrolment=enrolment_id, play=spell.play, acted_at=now, acted_by=spell.acted_by, note=spell.note)


@router.get("/reports/silence", auth=READ, response=BacktestOut)
def report_silence(
    request: HttpRequest, program: str = "",
    days: Annotated[int, Query(ge=30, le=730, description="How many days back.")] = 365,
) -> BacktestOut:  # fmt: skip
    """Try the rule of silence on the past: how often it would have been wrong, whom it would have found."""
    row = own_program(asker(request), program or None, "/query/program")
    result = backtest(row, local_day(clock.now(), row.time_zone), days)
    return BacktestOut(
        program=text_id("prg", row.pk), days=days, alarms=result.alarms, judged=result.judged, false=result.false,
        false_rate=None if result.false_rate is None else round(result.false_rate * 1_000_000), gone=result.gone,
        found=result.found,
        found_rate=None if result.found_rate is None else round(result.found_rate * 1_000_000),
        days_to_find=result.days_to_find,
    )  # fmt: skip


def _silence(row: Silence) -> SilenceOut:
    return SilenceOut(
        id=text_id("sil", row.pk), program=text_id("prg", row.program_id),
        enrolment=text_id("enr", row.enrolment_id), partner=text_id("prt", row.enrolment.partner_id), cause=row.cause,
        play=PLAYS[row.cause].key, since=row.since.isoformat(),
        last_sign_on=row.last_sign_on.isoformat() if row.last_sign_on else None,
        value_at_stake=row.value_at_stake_minor, currency=row.program.currency,
        signals=row.evidence.get("signals", {}),
    )  # fmt: skip
