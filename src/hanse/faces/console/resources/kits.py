"""Kits in the console: the list with what each brought, one kit by channel and partner, writing one, its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.kit_words import channel_names, stage_words
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.common.uploads import checks_uploads, keep_upload
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.messages.frame import readers
from hanse.faces.console.resources.frame import resources_page
from hanse.faces.console.resources.kit_form import KitForm, copies_in, given, shown_rows, steps_in
from hanse.growth.kits.actions import keep_kit, publish_kit, withdraw_kit
from hanse.growth.kits.counting import by_code, channels_of, partners_of, totals_of, used_of
from hanse.growth.kits.models import Kit, KitUse
from hanse.growth.kits.pictures import add_picture, pictures_of, take_picture_out
from hanse.growth.kits.queries import filled_kit, kits_of, meant_by
from hanse.growth.kits.rules import is_for, stage_of
from hanse.growth.kits.types import Numbers, OnePartner, Used
from hanse.growth.resources.files.addresses import media_href
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program


@dataclass(frozen=True, slots=True)
class KitRow:
    """One kit in the list."""

    kit: Kit
    id: str
    stage: tuple[str, str]
    used: Used
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class UseRow:
    """One partner who took a kit."""

    use: KitUse
    href: str
    brought: OnePartner


@console_page()
@needs_program
@require_GET
def kits(request: HttpRequest, program: Program) -> HttpResponse:
    """List kits with how many used each, and what came through them."""
    rows = list(kits_of(program.pk)[:300])
    used, totals, today = used_of(rows), totals_of(rows), local_day(clock.now(), program.time_zone)
    shown = [
        KitRow(row, text_id("kit", row.pk), stage_words(stage_of(row, today)), used.get(row.pk, Used()),
               totals.get(row.pk, Numbers()))
        for row in rows
    ]  # fmt: skip
    state = UrlState(request.GET)
    table: Table[KitRow] = Table(state, shown, _columns(), "-clicks")
    if wants_csv(request):
        return export("kits", table)  # type: ignore[return-value]  # a stream
    context = {
        "table": table, "rows": table.page_rows, "program": program, "may_act": may(request),
        "open": sum(1 for row in rows if stage_of(row, today) == "open"),
        "taken": sum(one.used.taken for one in shown), "sum": sum((one.numbers for one in shown), Numbers()),
    }  # fmt: skip
    return resources_page(request, "console/kits/kits.html", "kits", context)


@console_page()
@needs_program
@require_GET
def kit(request: HttpRequest, program: Program, kit_id: str) -> HttpResponse:
    """Show one kit: by channel, by partner, and as one of them reads it."""
    row, now = _found(program, kit_id), clock.now()
    uses = list(row.uses.select_related("enrolment__partner").order_by("-taken_at"))
    brought = partners_of(row, [use.enrolment_id for use in uses])
    shown = [UseRow(use, partner_href(use.enrolment.partner_id), brought[use.enrolment_id]) for use in uses]
    table: Table[UseRow] = Table(UrlState(request.GET), shown, _partner_columns(), "-value")
    if wants_csv(request):
        return export(f"kit-{row.key}", table)  # type: ignore[return-value]  # a stream
    meant, of = meant_by(program.pk, row)
    stage, names = stage_of(row, local_day(now, program.time_zone)), channel_names()
    context = {
        "kit": row, "id": kit_id, "stage": stage, "stage_word": stage_words(stage), "program": program, "table": table,
        "rows": table.page_rows, "channels": [(names[one.channel], one) for one in channels_of(row)], "meant": meant,
        "of": of, "used": used_of([row]).get(row.pk, Used()), "sum": totals_of([row]).get(row.pk, Numbers()),
        "codes": sum(by_code(row).values(), Numbers()), "may_act": may(request), **_preview(request, program, row),
        "pictures": [(one, media_href(one.file, is_small=True)) for one in pictures_of(row)],
    }  # fmt: skip
    return resources_page(request, "console/kits/kit.html", "kits", context)


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, kit_id: str = "") -> HttpResponse:
    """Write a kit, a new one or a known one."""
    row = _found(program, kit_id) if kit_id else None
    posted = request.method == "POST"
    form = KitForm(program, request.POST if posted else None, row=row, initial=given(row) if row else _begin(request))
    steps: Any = steps_in(request.POST) if posted else (row.steps if row else [])
    copies: Any = copies_in(request.POST) if posted else _copies(row)
    if posted and form.is_valid():
        kept = attempt(form, lambda: keep_kit(
            program, now=clock.now(), by=actor(request), instead_of=row, steps=steps, copies=copies, **form.said()
        ))  # fmt: skip
        if kept is not None:
            tell(request, _("Kept."))
            return HttpResponseRedirect(reverse("console:kit", args=[text_id("kit", kept.pk)]), status=303)
    context = {"form": form, "kit": row, "id": kit_id, **shown_rows(steps, copies)}
    return resources_page(request, "console/kits/kit_edit.html", "kits", context, status=422 if posted else 200)


@console_page()
@require_POST
@writes
@needs_program
def publish(request: HttpRequest, program: Program, kit_id: str) -> HttpResponse:
    """Show a kit to the partners it is for."""
    return _act(request, program, kit_id, publish_kit, _("Partners see it now."))


@console_page()
@require_POST
@writes
@needs_program
def withdraw(request: HttpRequest, program: Program, kit_id: str) -> HttpResponse:
    """Show a kit no more."""
    return _act(request, program, kit_id, withdraw_kit, _("Taken back. Links that are out go on working."))


@console_page()
@require_POST
@checks_uploads
@writes
@needs_program
def add_file(request: HttpRequest, program: Program, kit_id: str) -> HttpResponse:
    """Let an upload go with a kit."""
    row, upload = _found(program, kit_id), request.FILES.get("file")
    if upload is None:
        warn(request, _("Choose a file first."))
        return _to(kit_id)

    def keep() -> None:
        file = keep_upload(upload, program=program, by=actor(request), now=clock.now())
        add_picture(row, file, alt=request.POST.get("alt", ""), now=clock.now(), by=actor(request))

    attempt_or_warn(request, keep, _("It goes with the kit."))
    return _to(kit_id)


@console_page()
@require_POST
@writes
@needs_program
def remove_file(request: HttpRequest, program: Program, kit_id: str) -> HttpResponse:
    """Let a file go with a kit no more."""
    row = _found(program, kit_id)
    found = row.pictures.select_related("kit", "file")
    picture = next((one for one in found if str(one.pk) == request.POST.get("picture")), None)
    if picture is None:
        raise Http404
    take_picture_out(picture, now=clock.now(), by=actor(request))
    tell(request, _("Taken out."))
    return _to(kit_id)


def _act(
    request: HttpRequest, program: Program, kit_id: str, verb: Callable[..., Kit], done: str
) -> HttpResponse:  # fmt: skip
    row = _found(program, kit_id)
    attempt_or_warn(request, lambda: verb(row, now=clock.now(), by=actor(request)), done)
    return _to(kit_id)


def _preview(request: HttpRequest, program: Program, row: Kit) -> dict[str, Any]:
    """The kit's words as one partner whom it is for would read them; `?as=` chooses whom."""
    people = [one for one in readers(program) if one.partner and _fits(row, one)]
    chosen = next((one for one in people if str(one.pk) == request.GET.get("as")), people[0] if people else None)
    if chosen is None:
        return {"readers": [], "chosen": None, "filled": None}
    chosen.program = program
    filled, names = filled_kit(row, chosen, None, clock.now()), channel_names()
    return {
        "readers": people, "chosen": chosen, "filled": filled,
        "looked": [(names[copy.channel], copy) for copy in filled.copies],
    }  # fmt: skip


def _fits(row: Kit, one: Enrolment) -> bool:
    tier = one.tier.key if one.tier else ""
    return is_for(row, tier=tier, types=one.partner.types, language=one.partner.language)


def _begin(request: HttpRequest) -> dict[str, Any]:
    return {"name": request.GET.get("name", "")[:120]}


def _copies(row: Kit | None) -> list[dict[str, Any]]:
    rows = row.copies.order_by("place") if row else ()
    return [{"channel": one.channel, "title": one.title, "text": one.text} for one in rows]


def _found(program: Program, kit_id: str) -> Kit:
    row = Kit.objects.filter(program=program, pk=id_or_404("kit", kit_id)).select_related("program", "offer").first()
    if row is None:
        raise Http404
    return row


def _to(kit_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:kit", args=[kit_id]), status=303)


def _columns() -> list[Column[KitRow]]:
    def number(key: str, name: str, read: Callable[[KitRow], int]) -> Column[KitRow]:
        return Column(key, name, order=read, cell=read, is_number=True)

    return [
        Column("name", _("Kit"), order=lambda one: one.kit.name.lower(), cell=lambda one: one.kit.name),
        Column("stage", _("State"), order=lambda one: one.stage[0], cell=lambda one: one.stage[0]),
        number("taken", _("Used by"), lambda one: one.used.taken),
        number("out", _("Published"), lambda one: one.used.published),
        number("clicks", _("Clicks"), lambda one: one.numbers.clicks),
        number("sales", _("Sales"), lambda one: one.numbers.sales),
        number("value", _("Value"), lambda one: one.numbers.value_minor),
    ]  # fmt: skip


def _partner_columns() -> list[Column[UseRow]]:
    def number(key: str, name: str, read: Callable[[UseRow], int]) -> Column[UseRow]:
        return Column(key, name, order=read, cell=read, is_number=True)

    return [
        Column("name", _("Partner"), order=lambda one: one.use.enrolment.partner.name.lower(),
               cell=lambda one: one.use.enrolment.partner.name),
        Column("taken", _("Taken"), order=lambda one: one.use.taken_at, cell=lambda one: one.use.taken_at),
        number("clicks", _("Clicks"), lambda one: one.brought.numbers.clicks),
        number("sales", _("Sales"), lambda one: one.brought.numbers.sales),
        number("value", _("Value"), lambda one: one.brought.numbers.value_minor),
        number("commission", _("Commission"), lambda one: one.brought.numbers.commission_minor),
    ]  # fmt: skip
