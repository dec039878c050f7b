"""One resource: what it holds now, its versions, for whom it is, and what it is used for down to sales."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.common.resource_words import (
    TargetWords,
    channel_words,
    file_words,
    kind_icons,
    kind_words,
    language_words,
    mended_words,
)
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.resources.forms import ReadersForm, VersionForm, content_of, start_of
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.resources.actions import add_version, archive_resource, change_resource, restore_resource
from hanse.growth.resources.files.actions import keep_prepared, prepare_file
from hanse.growth.resources.files.addresses import media_href
from hanse.growth.resources.models import Resource, ResourceVersion
from hanse.growth.resources.queries import readers_of, resource_by_id, target_of, versions_of
from hanse.growth.resources.usage import takers_of, usage_of
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.safe_text import html_of


@console_page()
@needs_program
def resource(request: HttpRequest, program: Program, resource_id: UUID) -> HttpResponseBase:
    """Show one resource; give it a new version. The file is checked before the books are opened."""
    row = _found(program, resource_id)
    form = VersionForm(request.POST or None, request.FILES or None, initial=start_of(row.now))
    if request.method == "POST" and form.is_valid():
        upload = form.upload()
        prepared = attempt(form, lambda: prepare_file(upload.name or "", upload.read())) if upload else None
        if form.is_valid():
            said, now, by = form.cleaned_data, clock.now(), actor(request)
            kept = None if said["drops_file"] else row.now.file
            version = attempt(form, lambda: add_version(
                row,
                content_of(
                    form, keep_prepared(prepared, program=program, by=by, now=now) if prepared else kept, said["note"]
                ),
                now=now, by=by,
            ))  # fmt: skip
            if version is not None:
                tell(request, _("Version %(number)d is what partners see now.") % {"number": version.number})
                return _back(row)
    readers = ReadersForm(program, initial=_readers_start(row), prefix="readers")
    return _page(request, program, row, form, readers)


@console_page()
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program, resource_id: UUID) -> HttpResponseBase:
    """Say anew for whom a resource is, what kind it is and until when."""
    row = _found(program, resource_id)
    form = ReadersForm(program, request.POST, prefix="readers")
    if form.is_valid():
        said = form.cleaned_data
        changed = attempt(form, lambda: change_resource(
            row, kind=said["kind"], target=form.target(), expires_on=said["expires_on"], is_pinned=said["is_pinned"],
            now=clock.now(), by=actor(request),
        ))  # fmt: skip
        if changed is not None:
            tell(request, _("Kept."))
            return _back(row)
    return _page(request, program, row, VersionForm(initial=start_of(row.now)), form)


@console_page()
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, resource_id: UUID) -> HttpResponse:
    """Take a resource from partners."""
    row = _found(program, resource_id)
    undo = reverse("console:resource_restore", args=[row.pk])
    attempt_or_warn(
        request, lambda: archive_resource(row, now=clock.now(), by=actor(request)),
        _("Partners do not see it any more; its numbers stay."), undo=undo,
    )  # fmt: skip
    return _back(row)


@console_page()
@require_POST
@writes
@needs_program
def restore(request: HttpRequest, program: Program, resource_id: UUID) -> HttpResponse:
    """Bring a resource back."""
    row = _found(program, resource_id)
    attempt_or_warn(
        request, lambda: restore_resource(row, now=clock.now(), by=actor(request)), _("Partners see it again.")
    )
    return _back(row)


def _page(
    request: HttpRequest, program: Program, row: Resource, form: VersionForm, readers: ReadersForm
) -> HttpResponseBase:
    today = reader().today
    table = _takers(request, row)
    if wants_csv(request):
        return export("resource-use", table)
    people = Enrolment.objects.filter(program=program, status="active", is_test=False, partner__archived_at=None)
    context = {
        "resource": row, "version": row.now, "shown": shown_version(row.now, row.kind), "kinds": kind_words(),
        "icon": kind_icons()[row.kind], "readers_words": TargetWords(program).said(target_of(row)),
        "language": language_words().get(row.language, row.language), "form": form, "readers": readers,
        "versions": [(one, file_words(one.file) if one.file else "", _href(one)) for one in versions_of(row.pk)[:20]],
        "siblings": _siblings(row), "usage": usage_of([row.pk], today)[row.pk], "table": table, "program": program,
        "audience": len(readers_of(row, list(people.select_related("partner", "tier")))), "may_act": may(request),
        "is_over": row.expires_on is not None and row.expires_on < today, "channel_words": channel_words(),
        "today": today,
    }  # fmt: skip
    bad = form.errors or readers.errors
    return resources_page(request, "console/resources/resource.html", "library", context, status=422 if bad else 200)


def shown_version(version: ResourceVersion, kind: str) -> dict[str, Any]:
    """Return a version as pages show it: its picture, its file, its text as HTML, or as it is where it is copied."""
    file = version.file
    return {
        "picture": media_href(file) if file and file.is_picture else "",
        "save": media_href(file, asks_to_save=True) if file else "",
        "file": file_words(file) if file else "", "name": file.name if file else "",
        "mended": mended_words(file.mended) if file else [],
        "html": "" if kind == "copy" else html_of(version.body), "copy": version.body if kind == "copy" else "",
    }  # fmt: skip


def _takers(request: HttpRequest, row: Resource) -> Table[Any]:
    columns: list[Column[Any]] = [
        Column("partner", _("Partner"), order=("partner",), cell=lambda one: one["partner"]),
        Column("act", _("What"), order=("act", "partner"), cell=lambda one: one["act"]),
        Column("last", _("Last"), order=("last_at",), cell=lambda one: one["last_at"]),
        Column("clicks_before", _("Clicks before"), cell=lambda one: one["before_clicks"], is_number=True),
        Column("clicks_after", _("Clicks after"), cell=lambda one: one["after_clicks"], is_number=True),
        Column("sales_before", _("Sales before"), cell=lambda one: one["before_sales"], is_number=True),
        Column("sales_after", _("Sales after"), cell=lambda one: one["after_sales"], is_number=True),
    ]  # fmt: skip
    return Table(UrlState(request.GET), takers_of(row.pk), columns, "-last")


def _siblings(row: Resource) -> list[Resource]:
    mother = row.original_id or row.pk
    rows = Resource.objects.filter(archived_at=None).select_related("current")
    family = [*rows.filter(pk=mother), *rows.filter(original_id=mother).order_by("language")]
    return [one for one in family if one.pk != row.pk]


def _readers_start(row: Resource) -> dict[str, Any]:
    return {
        "kind": row.kind, "language": row.language, "tiers": row.tiers, "types": row.types, "channels": row.channels,
        "expires_on": row.expires_on, "is_pinned": row.is_pinned,
    }  # fmt: skip


def _href(version: ResourceVersion) -> str:
    return media_href(version.file, asks_to_save=True) if version.file else ""


def _found(program: Program, resource_id: UUID) -> Resource:
    try:
        return resource_by_id(program.pk, resource_id)
    except NotFound as missing:
        raise Http404 from missing


def _back(row: Resource) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:resource", args=[row.pk]), status=303)
