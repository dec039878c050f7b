"""Prompts, the days ahead by tier, calendars to subscribe to, and proven examples."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes import prompt_shapes as shapes
from hanse.faces.api.routes.days import day_of
from hanse.faces.api.values import shown_id
from hanse.growth.care.actions import add_day
from hanse.growth.care.models import UpcomingDay
from hanse.growth.content.models import Piece
from hanse.growth.kits.models import Kit
from hanse.growth.prompts import actions, addresses, examples
from hanse.growth.prompts.briefing import keep_briefings
from hanse.growth.prompts.models import Example, Prompt
from hanse.growth.prompts.queries import Leads, leads_of, prompts_for, seen_by_tier
from hanse.growth.prompts.rules import stage_of
from hanse.growth.prompts.samples import Sample, samples_for
from hanse.growth.prompts.types import Kind
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.people.access.models import ApiKey
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program

router = Router(tags=["Prompts"])
_WITH = ("program", "kit", "offer", "day")


@router.get("/prompts", auth=READ, response=shapes.PromptPage)
def list_prompts(
    request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> shapes.PromptPage:  # fmt: skip
    """List prompts, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Prompt).select_related(*_WITH), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    leads = {row.program_id: leads_of(row.program_id) for row in {one.program_id: one for one in page}.values()}
    return shapes.PromptPage(data=[_prompt(row, leads[row.program_id]) for row in page], next_cursor=following)


@router.post("/prompts", auth=WRITE, response={201: shapes.PromptOut})
def create_prompt(request: HttpRequest, body: shapes.PromptIn) -> Status[shapes.PromptOut]:
    """Write a prompt down as a draft."""
    key = asker(request)
    program = own_program(key, body.program)
    row = actions.keep_prompt(
        program, now=clock.now(), by=actor(request), **_fields(key, body.model_dump(exclude={"program"}))
    )
    return Status(201, _prompt(row, leads_of(program.pk)))


@router.get("/prompts/{prompt_id}", auth=READ, response=shapes.PromptOut)
def read_prompt(request: HttpRequest, prompt_id: str) -> shapes.PromptOut:
    """Read one prompt, with from when on each tier sees it."""
    row = find(asker(request), Prompt, prompt_id, *_WITH)
    return _prompt(row, leads_of(row.program_id))


@router.patch("/prompts/{prompt_id}", auth=WRITE, response=shapes.PromptOut)
def change_prompt(request: HttpRequest, prompt_id: str, body: shapes.PromptChange) -> shapes.PromptOut:
    """Change a prompt; calendars learn of it."""
    key = asker(request)
    row = find(key, Prompt, prompt_id, *_WITH)
    fields = _fields(key, body.given())
    actions.keep_prompt(row.program, now=clock.now(), by=actor(request), instead_of=row, **fields)
    return _prompt(row, leads_of(row.program_id))


@router.post("/prompts/{prompt_id}/publish", auth=WRITE, response=shapes.PromptOut)
def publish_prompt(request: HttpRequest, prompt_id: str) -> shapes.PromptOut:
    """Let each tier see a prompt from its day on; promised briefings are kept for who sees it."""
    row = find(asker(request), Prompt, prompt_id, *_WITH)
    actions.publish_prompt(row, now=clock.now(), by=actor(request))
    keep_briefings(row.program, clock.now())
    return _prompt(row, leads_of(row.program_id))


@router.post("/prompts/{prompt_id}/withdraw", auth=WRITE, response=shapes.PromptOut)
def withdraw_prompt(request: HttpRequest, prompt_id: str) -> shapes.PromptOut:
    """Show a prompt no more; calendars strike it out."""
    row = find(asker(request), Prompt, prompt_id, *_WITH)
    actions.withdraw_prompt(row, now=clock.now(), by=actor(request))
    return _prompt(row, leads_of(row.program_id))


@router.get("/enrolments/{enrolment_id}/prompts", auth=READ, response=shapes.SeenPrompts)
def list_partner_prompts(request: HttpRequest, enrolment_id: str) -> shapes.SeenPrompts:
    """List what a partner sees now, with their own link inside. Nothing is made."""
    row = find(asker(request), Enrolment, enrolment_id, "program", "partner", "tier")
    found = prompts_for(row, clock.now())
    samples = samples_for(found, row, clock.now())
    return shapes.SeenPrompts(data=[_seen(one, samples[one.pk]) for one in found])


@router.get("/prompt-leads", auth=READ, response=shapes.LeadsOut)
def read_prompt_leads(request: HttpRequest, program: str = "") -> shapes.LeadsOut:
    """Read how many days ahead each tier hears of what comes."""
    return _leads(own_program(asker(request), program, "/query/program"))


@router.put("/prompt-leads", auth=WRITE, response=shapes.LeadsOut)
def put_prompt_leads(request: HttpRequest, body: shapes.LeadsIn) -> shapes.LeadsOut:
    """Say how many days ahead tiers hear of what comes; tiers that are not named stay as they are."""
    program = own_program(asker(request), body.program)
    actions.set_leads(program, body.leads, now=clock.now(), by=actor(request))
    return _leads(program)


@router.get("/upcoming-days", auth=READ, response=shapes.UpcomingDayPage)
def list_upcoming_days(
    request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> shapes.UpcomingDayPage:
    """List the days that upper tiers hear of early, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, UpcomingDay), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    told = set(Prompt.objects.filter(day__in=page, withdrawn_at=None).values_list("day_id", flat=True))
    return shapes.UpcomingDayPage(data=[_day(row, row.pk in told) for row in page], next_cursor=following)


@router.post("/upcoming-days", auth=WRITE, response={201: shapes.UpcomingDayOut})
def add_upcoming_day(request: HttpRequest, body: shapes.UpcomingDayIn) -> Status[shapes.UpcomingDayOut]:
    """Put a day on the list of what upper tiers hear of early."""
    program = own_program(asker(request), body.program)
    row = add_day(program, name=body.name, on=day_of(body.on, "/on"), now=clock.now(), by=actor(request))
    return Status(201, _day(row, has_prompt=False))


@router.get("/enrolments/{enrolment_id}/calendar", auth=READ, response=shapes.CalendarOut)
def read_calendar(request: HttpRequest, enrolment_id: str) -> shapes.CalendarOut:
    """Read the secret address of a partner's calendar."""
    row = find(asker(request), Enrolment, enrolment_id, "program")
    known = addresses.address_of(row.program, enrolment=row)
    return shapes.CalendarOut(enrolment=enrolment_id, address=addresses.web_address(known) if known else None)


@router.post("/enrolments/{enrolment_id}/calendar", auth=WRITE, response=shapes.CalendarOut)
def make_calendar(request: HttpRequest, enrolment_id: str) -> shapes.CalendarOut:
    """Make the secret address of a partner's calendar, or another one: the old one answers nothing from then on."""
    row = find(asker(request), Enrolment, enrolment_id, "program")
    made = addresses.make_address(row.program, enrolment=row, now=clock.now(), by=actor(request))
    return shapes.CalendarOut(enrolment=enrolment_id, address=addresses.web_address(made))


@router.get("/examples", auth=READ, response=shapes.ExamplePage)
def list_examples(
    request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> shapes.ExamplePage:  # fmt: skip
    """List the pieces that were asked for, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Example), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return shapes.ExamplePage(data=[_example(row) for row in page], next_cursor=following)


@router.post("/examples", auth=WRITE, response={201: shapes.ExampleOut})
def ask_for_example(request: HttpRequest, body: shapes.ExampleIn) -> Status[shapes.ExampleOut]:
    """Ask the author of a piece whether other partners may see it."""
    key = asker(request)
    piece = refer(key, Piece, body.piece, "/piece")
    prompt = refer(key, Prompt, body.prompt, "/prompt") if body.prompt else None
    row = examples.ask_consent(piece, why=body.why, prompt=prompt, now=clock.now(), by=actor(request))
    return Status(201, _example(row))


@router.post("/examples/{example_id}/answer", auth=WRITE, response=shapes.ExampleOut)
def answer_for_example(request: HttpRequest, example_id: str, body: shapes.ExampleAnswer) -> shapes.ExampleOut:
    """Write down what the author said, with how they said it. Their own portal takes it without us."""
    row = find(asker(request), Example, example_id)
    told: dict[str, Any] = {"evidence": body.evidence, "now": clock.now(), "by": actor(request)}
    if body.agreed:
        examples.give_consent(row, shown_name=body.shown_name, shows_numbers=body.shows_numbers, **told)
    else:
        examples.refuse_consent(row, **told)
    return _example(row)


@router.post("/examples/{example_id}/end", auth=WRITE, response=shapes.ExampleOut)
def end_example(request: HttpRequest, example_id: str) -> shapes.ExampleOut:
    """Show an example no more, or stop asking for it."""
    row = find(asker(request), Example, example_id)
    return _example(examples.end_example(row, now=clock.now(), by=actor(request)))


def _fields(key: ApiKey, given: dict[str, Any]) -> Any:
    """Return what was given by the names that the verb knows."""
    found = dict(given)
    for name in ("on", "ends_on", "deadline_on"):
        if found.get(name) is not None:
            found[name] = day_of(found[name], f"/{name}")
    if found.get("offer") is not None:
        found["offer"] = refer(key, Offer, found["offer"], "/offer")
    if found.get("kit") is not None:
        found["kit"] = refer(key, Kit, found["kit"], "/kit", "offer")
    if found.get("day") is not None:
        found["day"] = refer(key, UpcomingDay, found["day"], "/day")
    return found


def _prompt(row: Prompt, leads: Leads) -> shapes.PromptOut:
    today = local_day(clock.now(), row.program.time_zone)
    return shapes.PromptOut(
        id=text_id("pmt", row.pk), program=text_id("prg", row.program_id), kind=cast(Kind, row.kind), title=row.title,
        hook=row.hook, why_now=row.why_now, how=row.how, sample=row.sample, language=row.language, tiers=row.tiers,
        types=row.types, leads=row.leads, on=row.on, ends_on=row.ends_on, deadline_on=row.deadline_on,
        offer=shown_id("off", row.offer_id), kit=shown_id("kit", row.kit_id), day=shown_id("day", row.day_id),
        tells_by_mail=row.tells_by_mail, stage=stage_of(row, today, leads.days),
        seen=[
            shapes.SeenOut(tier=one.tier, lead_days=one.lead_days, from_on=one.from_on)
            for one in seen_by_tier(row, leads)
        ],
        published_at=row.published_at, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip


def _seen(row: Prompt, sample: Sample) -> shapes.SeenPrompt:
    return shapes.SeenPrompt(
        id=text_id("pmt", row.pk), kind=cast(Kind, row.kind), title=row.title, hook=row.hook, why_now=row.why_now,
        how=row.how, sample=sample.text, link=sample.link, kit=shown_id("kit", row.kit_id), on=row.on,
        ends_on=row.ends_on, deadline_on=row.deadline_on,
    )  # fmt: skip


def _leads(program: Program) -> shapes.LeadsOut:
    return shapes.LeadsOut(program=text_id("prg", program.pk), leads=dict(leads_of(program.pk).days))


def _day(row: UpcomingDay, has_prompt: bool) -> shapes.UpcomingDayOut:
    return shapes.UpcomingDayOut(
        id=text_id("day", row.pk), program=text_id("prg", row.program_id), name=row.name, on=row.on,
        has_prompt=has_prompt,
    )  # fmt: skip


def _example(row: Example) -> shapes.ExampleOut:
    return shapes.ExampleOut(
        id=text_id("exa", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        piece=text_id("pce", row.piece_id), prompt=shown_id("pmt", row.prompt_id), why=row.why,
        state=cast(Any, row.state), shown=row.state == Example.State.AGREED and row.ended_at is None,
        shown_name=row.shown_name, shows_numbers=row.shows_numbers, asked_at=row.asked_at,
        answered_at=row.answered_at, ended_at=row.ended_at,
    )  # fmt: skip
