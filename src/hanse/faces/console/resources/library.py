"""The library: every resource with its readers, versions, end and what it is used for; adding one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, console_page, may
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.common.resource_words import TargetWords, kind_icons, kind_words, language_words
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt
from hanse.faces.console.resources.forms import NewForm, content_of
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.resources.actions import add_resource
from hanse.growth.resources.files.actions import keep_prepared, prepare_file
from hanse.growth.resources.models import Resource
from hanse.growth.resources.queries import ending_soon, resource_by_id, resources_of, target_of
from hanse.growth.resources.types import Usage
from hanse.growth.resources.usage import TierUse, usage_of, use_by_tier
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

SOON_DAYS, USE_DAYS = 14, 30
_SHOWN = ("current", "ended", "archived")


@dataclass(frozen=True, slots=True)
class Row:
    """One resource as the list shows it."""

    resource: Resource
    kind: str
    icon: str
    readers: str
    language: str
    usage: Usage
    is_over: bool
    ends_soon: bool


@console_page()
@needs_program
def resources(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List resources; what is over and what was put away on request."""
    state, words, today = UrlState(request.GET), TargetWords(program), reader().today
    rows = _chosen(state, resources_of(program.pk), today)
    kinds = kind_words()
    columns: list[Column[Any]] = [
        Column("title", _("Resource"), order=("current__title",), cell=lambda row: row.now.title),
        Column("kind", _("What it is"), order=("kind", "current__title"), cell=lambda row: kinds[row.kind]),
        Column("readers", _("For"), cell=lambda row: words.said(target_of(row))),
        Column("language", _("Language"), order=("language", "current__title"), cell=lambda row: row.language),
        Column("version", _("Version"), order=("current__number",), cell=lambda row: row.now.number, is_number=True),
        Column("changed", _("Changed"), order=("current__created_at",), cell=lambda row: row.now.created_at),
        Column("ends", _("Last day"), order=("expires_on",), cell=lambda row: row.expires_on),
        Column("taken", _("Taken by"), order=("taken_by",), cell=lambda row: row.taken_by, is_number=True),
    ]  # fmt: skip
    table = Table(state, rows, columns, "-taken")
    if wants_csv(request):
        return export("resources", table)
    shown = list(table.page_rows)
    usage, icons = usage_of([row.pk for row in shown], today), kind_icons()
    soon = today + timedelta(days=SOON_DAYS)
    context = {
        "table": table, "kinds": kinds, "search": state.text("q"), "kind": state.choice("kind", kinds),
        "show": state.choice("show", _SHOWN) or "current", "may_act": may(request), "currency": program.currency,
        "shows": [("current", _("Current")), ("ended", _("Over")), ("archived", _("Put away"))],
        "rows": [
            Row(
                row, kinds[row.kind], icons[row.kind], words.said(target_of(row)),
                language_words().get(row.language, row.language), usage[row.pk],
                row.expires_on is not None and row.expires_on < today,
                row.expires_on is not None and today <= row.expires_on <= soon,
            )
            for row in shown
        ],
        "ending": ending_soon(program.pk, today, soon).count(), "tiers": _tiers(program, words),
        "total": _current(resources_of(program.pk), today).count(), "use_days": USE_DAYS,
        "has_any": bool(shown) or resources_of(program.pk).exists(),
    }  # fmt: skip
    return resources_page(request, "console/resources/library.html", "library", context)


@console_page()
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Add a resource. The file is checked before the books are opened: that may take a moment."""
    original = _original(request, program)
    start = {"kind": original.kind, "tiers": original.tiers, "types": original.types, "channels": original.channels,
             "title": original.now.title} if original else {"kind": request.GET.get("kind", "")}  # fmt: skip
    form = NewForm(program, request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        upload = form.upload()
        prepared = attempt(form, lambda: prepare_file(upload.name or "", upload.read())) if upload else None
        if form.is_valid():
            said, now, by = form.cleaned_data, clock.now(), actor(request)
            row = attempt(form, lambda: add_resource(
                program, said["kind"],
                content_of(form, keep_prepared(prepared, program=program, by=by, now=now) if prepared else None),
                form.target(), expires_on=said["expires_on"], is_pinned=said["is_pinned"], original=original, now=now,
                by=by,
            ))  # fmt: skip
            if row is not None:
                tell(request, _("Partners see it from now on."))
                return HttpResponseRedirect(reverse("console:resource", args=[row.pk]), status=303)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "original": original}
    return resources_page(request, "console/resources/new.html", "library", context, status=status)


def _chosen(state: UrlState, rows: QuerySet[Resource], today: Any) -> QuerySet[Resource]:
    show = state.choice("show", _SHOWN) or "current"
    if show == "current":
        rows = _current(rows, today)
    elif show == "ended":
        rows = rows.filter(archived_at=None, expires_on__lt=today)
    else:
        rows = rows.filter(archived_at__isnull=False)
    if kind := state.choice("kind", kind_words()):
        rows = rows.filter(kind=kind)
    if search := state.text("q"):
        rows = rows.filter(Q(current__title__icontains=search) | Q(current__summary__icontains=search))
    return rows


def _current(rows: QuerySet[Resource], today: Any) -> QuerySet[Resource]:
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=today), archived_at=None)


def _tiers(program: Program, words: TargetWords) -> list[tuple[str, TierUse]]:
    counted = Enrolment.objects.filter(program=program, status="active", is_test=False, partner__archived_at=None)
    sizes = dict(counted.values_list("tier__key").annotate(n=Count("pk")))
    tiers = [(key, sizes.get(key, 0)) for key in words.tiers]
    since = clock.now() - timedelta(days=USE_DAYS)
    return [(words.tiers[one.key], one) for one in use_by_tier(tiers, program.pk, since) if one.partners]


def _original(request: HttpRequest, program: Program) -> Resource | None:
    """Return what is being translated, if anything: `?of=` names it."""
    try:
        row = resource_by_id(program.pk, UUID(request.GET.get("of", "")))
    except (NotFound, ValueError):
        return None
    return row.original or row
