"""What goes out: sequences, newsletters, every send, colleagues' notes, and which letters a partner wants."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, find_own_partner, narrow, own_program, reach, refer
from hanse.faces.api.routes.letter_shapes import (
    LetterChoicesIn,
    LetterChoicesOut,
    LetterNoteIn,
    LiftOut,
    NewsletterDetail,
    NewsletterIn,
    NewsletterOut,
    NewsletterPage,
    NewsletterSectionOut,
    ScheduleIn,
    SendOut,
    SendPage,
    SendState,
    SequenceDetail,
    SequenceIn,
    SequenceOut,
    SequencePage,
    SequenceStepOut,
    SimulationOut,
    WouldOut,
)
from hanse.faces.api.values import shown_id
from hanse.growth.audiences.models import Audience
from hanse.growth.newsletters.actions import cancel_newsletter, keep_newsletter, schedule_newsletter
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.queries import parts_of
from hanse.growth.reach.actions import choose_letters
from hanse.growth.reach.models import LetterChoice
from hanse.growth.reach.queries import choices_of, suppression_of
from hanse.growth.reach.rules import OPTIONAL
from hanse.growth.sends.actions import send_note
from hanse.growth.sends.lift import Lift
from hanse.growth.sends.models import Send
from hanse.growth.sends.results import (
    Result,
    lift_of_newsletter,
    lifts_of_sequences,
    results_of,
    results_of_steps,
)
from hanse.growth.sequences import actions
from hanse.growth.sequences.models import Sequence
from hanse.growth.sequences.queries import Counted, counts_of, steps_of
from hanse.growth.sequences.simulation import simulate
from hanse.growth.templates.models import MessageTemplate
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.checks import Checks

router = Router(tags=["Letters"])
_MOST_SHOWN = 500
_SEND = (
    "kind", "subject", "state", "planned_at", "due_at", "queued_at", "delivered_at", "opened_at", "clicked_at",
    "replied_at", "bounced_at", "unsubscribed_at", "acted_at", "dropped_why",
)  # fmt: skip


@router.get("/sequences", auth=READ, response=SequencePage)
def list_sequences(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> SequencePage:
    """List sequences, the newest first."""
    key = asker(request)
    rows, following = take_page(narrow(key, reach(key, Sequence), {"program_id": (Program, program)}), cursor, limit)
    return SequencePage(data=[SequenceOut(**_sequence(row)) for row in rows], next_cursor=following)


@router.post("/sequences", auth=WRITE, response={201: SequenceDetail})
def create_sequence(request: HttpRequest, body: SequenceIn) -> Status[SequenceDetail]:
    """Keep a sequence as a draft; it sends nothing before it is started."""
    program = own_program(asker(request), body.program)
    return Status(201, _detail(_kept(request, program, body, None)))


@router.get("/sequences/{sequence_id}", auth=READ, response=SequenceDetail)
def read_sequence(request: HttpRequest, sequence_id: str) -> SequenceDetail:
    """Read a sequence with its letters, how far people came, and its lift."""
    return _detail(find(asker(request), Sequence, sequence_id))


@router.put("/sequences/{sequence_id}", auth=WRITE, response=SequenceDetail)
def change_sequence(request: HttpRequest, sequence_id: str, body: SequenceIn) -> SequenceDetail:
    """Change a sequence that does not run."""
    row = find(asker(request), Sequence, sequence_id, "program")
    return _detail(_kept(request, row.program, body, row))


@router.post("/sequences/{sequence_id}/start", auth=WRITE, response=SequenceDetail)
def start_sequence(request: HttpRequest, sequence_id: str) -> SequenceDetail:
    """Switch a sequence on."""
    row = find(asker(request), Sequence, sequence_id)
    actions.start_sequence(row, now=clock.now(), by=actor(request))
    return _detail(row)


@router.post("/sequences/{sequence_id}/rest", auth=WRITE, response=SequenceDetail)
def rest_sequence(request: HttpRequest, sequence_id: str) -> SequenceDetail:
    """Let a running sequence rest."""
    row = find(asker(request), Sequence, sequence_id)
    actions.rest_sequence(row, now=clock.now(), by=actor(request))
    return _detail(row)


@router.post("/sequences/{sequence_id}/end", auth=WRITE, response=SequenceDetail)
def end_sequence(request: HttpRequest, sequence_id: str) -> SequenceDetail:
    """End a sequence for good; planned letters of it are dropped."""
    row = find(asker(request), Sequence, sequence_id)
    actions.end_sequence(row, now=clock.now(), by=actor(request))
    return _detail(row)


@router.get("/sequences/{sequence_id}/simulation", auth=READ, response=SimulationOut)
def simulate_sequence(
    request: HttpRequest, sequence_id: str, days: Annotated[int, Query(ge=1, le=365)] = 90
) -> SimulationOut:
    """Tell what a sequence would have sent in the last days; nothing is sent. The latest 500 letters are listed."""
    told = simulate(find(asker(request), Sequence, sequence_id), clock.now(), days)
    letters = [
        WouldOut(enrolment=text_id("enr", one.enrolment_id), at=one.at, step=one.step)
        for one in told.letters[-_MOST_SHOWN:]
    ]
    return SimulationOut(
        since=told.since, until=told.until, named=told.named, entered=told.entered, held_out=told.held_out,
        people=told.people, count=len(told.letters), letters=letters, dropped=dict(told.dropped),
    )  # fmt: skip


@router.get("/newsletters", auth=READ, response=NewsletterPage)
def list_newsletters(
    request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> NewsletterPage:
    """List newsletters, the newest first."""
    key = asker(request)
    rows, following = take_page(narrow(key, reach(key, Newsletter), {"program_id": (Program, program)}), cursor, limit)
    return NewsletterPage(data=[NewsletterOut(**_newsletter(row)) for row in rows], next_cursor=following)


@router.post("/newsletters", auth=WRITE, response={201: NewsletterDetail})
def create_newsletter(request: HttpRequest, body: NewsletterIn) -> Status[NewsletterDetail]:
    """Keep a newsletter as a draft. What cannot be is refused with its line and column."""
    key = asker(request)
    program = own_program(key, body.program)
    audience = refer(key, Audience, body.audience, "/audience") if body.audience else None
    if audience is not None and audience.program_id != program.pk:
        checks = Checks()
        checks.refuse("audience", "This audience is of another program.", "not_an_option")
        checks.done()
    row = keep_newsletter(
        program, name=body.name, subject=body.subject, sections=[one.model_dump() for one in body.sections],
        audience=audience, holdout_ppm=body.holdout_ppm, action=body.action, action_days=body.action_days,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _newsletter_detail(row))


@router.get("/newsletters/{newsletter_id}", auth=READ, response=NewsletterDetail)
def read_newsletter(request: HttpRequest, newsletter_id: str) -> NewsletterDetail:
    """Read a newsletter with what came of it."""
    return _newsletter_detail(find(asker(request), Newsletter, newsletter_id))


@router.post("/newsletters/{newsletter_id}/schedule", auth=WRITE, response=NewsletterDetail)
def send_newsletter(request: HttpRequest, newsletter_id: str, body: ScheduleIn) -> NewsletterDetail:
    """Let a newsletter go, now or at a moment; its audience is asked then."""
    row, now = find(asker(request), Newsletter, newsletter_id, "program", "audience", "version__template"), clock.now()
    schedule_newsletter(row, body.send_at or now, now=now, by=actor(request))
    return _newsletter_detail(row)


@router.post("/newsletters/{newsletter_id}/cancel", auth=WRITE, response=NewsletterDetail)
def call_newsletter_off(request: HttpRequest, newsletter_id: str) -> NewsletterDetail:
    """Call a newsletter off: what did not leave yet stays here."""
    row = find(asker(request), Newsletter, newsletter_id)
    cancel_newsletter(row, now=clock.now(), by=actor(request))
    return _newsletter_detail(row)


@router.get("/sends", auth=READ, response=SendPage)
def list_sends(
    request: HttpRequest,
    program: str = "",
    enrolment: str = "",
    state: SendState | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> SendPage:
    """List every letter for every person, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows: Any = narrow(key, reach(key, Send), filters)
    rows = rows.filter(state=state) if state else rows
    page, following = take_page(rows, cursor, limit)
    return SendPage(data=[_send(row) for row in page], next_cursor=following)


@router.post("/notes", auth=WRITE, response={201: SendOut})
def write_note(request: HttpRequest, body: LetterNoteIn) -> Status[SendOut]:
    """Write to one partner in own words; it waits for the day of their own clock and stands on the timeline."""
    row = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "partner", "program")
    send = send_note(row, subject=body.subject, text=body.text, by=actor(request), now=clock.now())
    return Status(201, _send(send))


@router.get("/partners/{partner_id}/letter-choices", auth=READ, response=LetterChoicesOut)
def read_letter_choices(request: HttpRequest, partner_id: str) -> LetterChoicesOut:
    """Read which kinds of letters a partner gets."""
    return _choices(find(asker(request), Partner, partner_id))


@router.put("/partners/{partner_id}/letter-choices", auth=WRITE, response=LetterChoicesOut)
def change_letter_choices(request: HttpRequest, partner_id: str, body: LetterChoicesIn) -> LetterChoicesOut:
    """Keep which kinds of letters a partner wants."""
    partner = find_own_partner(asker(request), partner_id)
    checks = Checks()
    wanted = [checks.one_of("kinds", kind, OPTIONAL) for kind in body.kinds]
    checks.done()
    choose_letters(partner, wanted, how=LetterChoice.How.TEAM, now=clock.now(), by=actor(request))
    return _choices(partner)


def _kept(request: HttpRequest, program: Program, body: SequenceIn, row: Sequence | None) -> Sequence:
    key = asker(request)
    steps = [
        {
            "message": str(refer(key, MessageTemplate, one.message, f"/steps/{place}/message").pk),
            "wait_days": one.wait_days, "condition": one.condition,
        }
        for place, one in enumerate(body.steps)
    ]  # fmt: skip
    return actions.keep_sequence(
        program, name=body.name, trigger=body.trigger, steps=steps, condition=body.condition, stop_when=body.stop_when,
        holdout_ppm=body.holdout_ppm, action=body.action, action_days=body.action_days, now=clock.now(),
        by=actor(request), instead_of=row,
    )  # fmt: skip


def _sequence(row: Sequence) -> dict[str, Any]:
    return {
        "id": text_id("seq", row.pk), "program": text_id("prg", row.program_id), "name": row.name, "state": row.state,
        "trigger": row.trigger, "condition": row.condition, "stop_when": row.stop_when,
        "holdout_ppm": row.holdout_ppm, "action": row.action, "action_days": row.action_days,
        "started_at": row.started_at, "ended_at": row.ended_at,
    }  # fmt: skip


def _detail(row: Sequence) -> SequenceDetail:
    steps = steps_of([row.pk])
    results = results_of_steps([step.pk for step in steps])
    counted = counts_of([row.pk]).get(row.pk, Counted())
    lift = lifts_of_sequences([row.pk]).get(row.pk)
    return SequenceDetail(
        **_sequence(row), entered=counted.entered, on_the_way=counted.on_the_way, stopped=counted.stopped,
        done=counted.done, held_out=counted.held_out, lift=_lift(lift) if lift and row.holdout_ppm else None,
        steps=[
            SequenceStepOut(
                message=text_id("msg", step.message_id), name=step.message.name, wait_days=step.wait_days,
                condition=step.condition,
                **_counts(results.get(step.pk), ("sent", "opened", "clicked", "replied", "acted")),
            )
            for step in steps
        ],
    )  # fmt: skip


def _newsletter(row: Newsletter) -> dict[str, Any]:
    return {
        "id": text_id("nws", row.pk), "program": text_id("prg", row.program_id), "name": row.name,
        "subject": row.subject, "audience": shown_id("aud", row.audience_id), "state": row.state,
        "send_at": row.send_at, "holdout_ppm": row.holdout_ppm, "action": row.action, "action_days": row.action_days,
        "planned_count": row.planned_count,
    }  # fmt: skip


def _newsletter_detail(row: Newsletter) -> NewsletterDetail:
    found = results_of([row.pk]).get(row.pk)
    names = ("sent", "delivered", "opened", "clicked", "replied", "acted", "dropped")
    sections = [
        NewsletterSectionOut(text=one.text, heading=one.heading, tiers=list(one.tiers)) for one in parts_of(row)
    ]
    return NewsletterDetail(
        **_newsletter(row), sections=sections, unsubscribed=found.stopped if found else 0,
        lift=_lift(lift_of_newsletter(row.pk)) if row.holdout_ppm else None, **_counts(found, names),
    )  # fmt: skip


def _counts(result: Result | None, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(result, name) if result else 0 for name in names}


def _lift(lift: Lift) -> LiftOut:
    return LiftOut(
        written_people=lift.written.people, written_acted=lift.written.acted, held_out_people=lift.held_out.people,
        held_out_acted=lift.held_out.acted, difference_ppm=lift.difference_ppm, low_ppm=lift.low_ppm,
        high_ppm=lift.high_ppm,
    )  # fmt: skip


def _send(row: Send) -> SendOut:
    values: dict[str, Any] = {name: getattr(row, name) for name in _SEND}
    return SendOut(
        id=text_id("snd", row.pk), enrolment=text_id("enr", row.enrolment_id),
        letter=str(row.letter_id) if row.letter_id else None, **values,
    )  # fmt: skip


def _choices(partner: Partner) -> LetterChoicesOut:
    closed = suppression_of(partner.email)
    why: Any = closed.why if closed else ""
    return LetterChoicesOut(kinds=choices_of(partner.pk), address_closed=why)
