"""Kits: what they are made of, what a partner finds inside, what came through them."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes import kit_shapes as shapes
from hanse.faces.api.routes.days import day_of
from hanse.growth.kits import actions, taking
from hanse.growth.kits.counting import by_code, channels_of, totals_of, used_of
from hanse.growth.kits.models import Kit, KitUse
from hanse.growth.kits.pictures import add_picture
from hanse.growth.kits.queries import filled_kit, kits_for, meant_by, text_of
from hanse.growth.kits.rules import stage_of
from hanse.growth.kits.types import Channel, CodeRule, Numbers, Used
from hanse.growth.resources.files.models import StoredFile
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.people.access.models import ApiKey
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program

router = Router(tags=["Kits"])
_WITH = ("program", "offer")


@router.get("/kits", auth=READ, response=shapes.KitPage)
def list_kits(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> shapes.KitPage:
    """List kits, the newest first."""
    key = asker(request)
    rows = reach(key, Kit).select_related(*_WITH).prefetch_related("copies", "pictures")
    page, following = take_page(narrow(key, rows, {"program_id": (Program, program)}), cursor, limit)
    return shapes.KitPage(data=[_kit(row) for row in page], next_cursor=following)


@router.post("/kits", auth=WRITE, response={201: shapes.KitOut})
def create_kit(request: HttpRequest, body: shapes.KitIn) -> Status[shapes.KitOut]:
    """Write a kit down as a draft."""
    key = asker(request)
    program = own_program(key, body.program)
    fields = _fields(key, {name: getattr(body, name) for name in shapes.KitIn.model_fields if name != "program"})
    return Status(201, _kit(actions.keep_kit(program, now=clock.now(), by=actor(request), **fields)))


@router.get("/kits/{kit_id}", auth=READ, response=shapes.KitOut)
def read_kit(request: HttpRequest, kit_id: str) -> shapes.KitOut:
    """Read one kit."""
    return _kit(find(asker(request), Kit, kit_id, *_WITH))


@router.patch("/kits/{kit_id}", auth=WRITE, response=shapes.KitOut)
def change_kit(request: HttpRequest, kit_id: str, body: shapes.KitChange) -> shapes.KitOut:
    """Change a kit, also while partners use it."""
    key = asker(request)
    row = find(key, Kit, kit_id, *_WITH)
    fields = _fields(key, body.given())
    return _kit(actions.keep_kit(row.program, now=clock.now(), by=actor(request), instead_of=row, **fields))


@router.post("/kits/{kit_id}/publish", auth=WRITE, response=shapes.KitOut)
def publish_kit(request: HttpRequest, kit_id: str) -> shapes.KitOut:
    """Show a kit to the partners it is for."""
    row = find(asker(request), Kit, kit_id, *_WITH)
    return _kit(actions.publish_kit(row, now=clock.now(), by=actor(request)))


@router.post("/kits/{kit_id}/withdraw", auth=WRITE, response=shapes.KitOut)
def withdraw_kit(request: HttpRequest, kit_id: str) -> shapes.KitOut:
    """Show a kit no more; links that are out go on working."""
    row = find(asker(request), Kit, kit_id, *_WITH)
    return _kit(actions.withdraw_kit(row, now=clock.now(), by=actor(request)))


@router.post("/kits/{kit_id}/files", auth=WRITE, response=shapes.KitOut)
def add_kit_file(request: HttpRequest, kit_id: str, body: shapes.KitFileIn) -> shapes.KitOut:
    """Let a stored file go with a kit."""
    key = asker(request)
    row, file = find(key, Kit, kit_id, *_WITH), refer(key, StoredFile, body.file, "/file")
    add_picture(row, file, alt=body.alt, channel=body.channel or "", now=clock.now(), by=actor(request))
    return _kit(row)


@router.get("/kits/{kit_id}/results", auth=READ, response=shapes.KitResults)
def read_kit_results(request: HttpRequest, kit_id: str) -> shapes.KitResults:
    """Read how many partners used a kit, and what came through it by channel."""
    row = find(asker(request), Kit, kit_id, *_WITH)
    used, currency = used_of([row]).get(row.pk, Used()), row.program.currency
    return shapes.KitResults(
        kit=kit_id, meant=meant_by(row.program_id, row)[0], taken=used.taken, copied=used.copied,
        finished=used.finished, published=used.published,
        numbers=_numbers(totals_of([row]).get(row.pk, Numbers()), currency),
        by_code=_numbers(sum(by_code(row).values(), Numbers()), currency),
        channels=[
            shapes.KitChannelOut(channel=one.channel, copied=one.copied, numbers=_numbers(one.numbers, currency))
            for one in channels_of(row)
        ],
    )  # fmt: skip


@router.get("/enrolments/{enrolment_id}/kits", auth=READ, response=shapes.FilledKits)
def list_partner_kits(request: HttpRequest, enrolment_id: str) -> shapes.FilledKits:
    """List the kits that a partner may use, with their own link and code inside. Nothing is made."""
    row = find(asker(request), Enrolment, enrolment_id, "program", "partner", "tier")
    mine = kits_for(row, clock.now())
    return shapes.FilledKits(data=[_filled(one.kit, row, one.use) for one in mine])


@router.post("/kits/{kit_id}/take", auth=WRITE, response=shapes.FilledKitOut)
def take_kit(request: HttpRequest, kit_id: str, body: shapes.KitTaking) -> shapes.FilledKitOut:
    """Let a partner use a kit: their link and code stand in it, made where they have none. Safe to repeat."""
    row, enrolment = _both(request, kit_id, body.enrolment)
    return _filled(row, enrolment, taking.take_kit(row, enrolment, now=clock.now(), by=actor(request)))


@router.post("/kits/{kit_id}/tap", auth=WRITE, response=shapes.FilledKitOut)
def note_kit_tap(request: HttpRequest, kit_id: str, body: shapes.KitTapIn) -> shapes.FilledKitOut:
    """Note that a partner copied or downloaded something of a kit; who had not taken it takes it."""
    row, enrolment = _both(request, kit_id, body.enrolment)
    use = taking.take_kit(row, enrolment, now=clock.now(), by=actor(request))
    about = "" if body.place is None else str(body.place)
    taking.note_tap(use, body.kind, about=about, channel=body.channel or "", now=clock.now())
    return _filled(row, enrolment, use)


@router.post("/kits/{kit_id}/out", auth=WRITE, response=shapes.FilledKitOut)
def note_kit_out(request: HttpRequest, kit_id: str, body: shapes.KitOutIn) -> shapes.FilledKitOut:
    """Note where a partner published with a kit."""
    row, enrolment = _both(request, kit_id, body.enrolment)
    use = taking.take_kit(row, enrolment, now=clock.now(), by=actor(request))
    return _filled(row, enrolment, taking.note_out(use, body.address, now=clock.now()))


def _both(request: HttpRequest, kit_id: str, enrolment: str) -> tuple[Kit, Enrolment]:
    key = asker(request)
    row = find(key, Kit, kit_id, *_WITH)
    return row, refer(key, Enrolment, enrolment, "/enrolment", "program", "partner", "tier")


def _fields(key: ApiKey, given: dict[str, Any]) -> Any:
    """Return what was given by the names that the verb knows."""
    found = shapes.whole_fields(given)
    if "offer" in found:
        found["offer"] = refer(key, Offer, found["offer"], "/offer")
    for name in ("starts_on", "ends_on"):
        if found.get(name) is not None:
            found[name] = day_of(found[name], f"/{name}")
    return found


def _kit(row: Kit) -> shapes.KitOut:
    today = local_day(clock.now(), row.program.time_zone)
    copies = sorted(row.copies.all(), key=lambda one: one.place)
    return shapes.KitOut(
        id=text_id("kit", row.pk), program=text_id("prg", row.program_id), key=row.key, name=row.name,
        prompt=row.prompt, offer=text_id("off", row.offer_id), leads_to=row.leads_to, language=row.language,
        tiers=row.tiers, types=row.types, code_rule=cast(CodeRule, row.code_rule), code_ending=row.code_ending,
        starts_on=row.starts_on, ends_on=row.ends_on, minutes=row.minutes, stage=stage_of(row, today),
        steps=[shapes.KitStepOut(**step) for step in row.steps],
        copies=[
            shapes.KitWordsOut(channel=cast(Channel, one.channel), title=one.title, text=one.text) for one in copies
        ],
        files=[text_id("fil", one.file_id) for one in sorted(row.pictures.all(), key=lambda one: one.place)],
        published_at=row.published_at, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip


def _filled(kit: Kit, enrolment: Enrolment, use: KitUse | None) -> shapes.FilledKitOut:
    found = filled_kit(kit, enrolment, use, clock.now())
    return shapes.FilledKitOut(
        kit=text_id("kit", kit.pk), name=kit.name, enrolment=text_id("enr", enrolment.pk),
        prompt=text_of(kit.prompt, found), link=found.address, code=found.code, makes_code=found.makes_code,
        taken_at=use.taken_at if use else None, finished_at=use.finished_at if use else None,
        published_at=use.published_at if use else None, address=use.address if use else "",
        copies=[
            shapes.FilledWords(
                channel=cast(Channel, one.channel), title=one.title, text=one.text, link=one.link, length=one.length,
                too_long=one.is_too_long,
            )
            for one in found.copies
        ],
    )  # fmt: skip


def _numbers(found: Numbers, currency: str) -> shapes.KitNumbers:
    return shapes.KitNumbers(
        clicks=found.clicks, sales=found.sales, value=found.value_minor, commission=found.commission_minor,
        currency=currency,
    )  # fmt: skip
