"""The roadmap: what is coming, who may read it, who accepted its embargo and who saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import csv_file, wants_csv
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.learning.words import audience_names, audience_words
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.roadmap.actions import lift_embargo, publish_preview, withdraw_preview
from hanse.growth.roadmap.models import Preview
from hanse.growth.roadmap.queries import acceptances_of, meant_for, previews_of, sights_of
from hanse.growth.roadmap.rules import is_under_embargo
from hanse.growth.today.queries import forget_count
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.spine.safe_text import html_of

_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One preview in the list."""

    id: str
    preview: Any
    audience: str
    state: tuple[str, str, str]
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One partner beside a preview: accepted and seen, when, by whom, which version."""

    name: str
    href: str
    accepted_at: datetime | None
    accepted_by: str
    digest: str
    number: int
    seen_at: datetime | None
    times: int
    is_earlier: bool


@console_page()
@needs_program
@require_GET
def roadmap(request: HttpRequest, program: Program) -> HttpResponse:
    """List previews, those under an open embargo on top."""
    now, names = reader().now, audience_names(program)
    rows = [_row(one, names, now) for one in previews_of(program.pk)[:200]]
    rows.sort(key=lambda one: not one.is_secret)
    secret = [one for one in rows if one.is_secret and one.preview.published_at]
    context = {
        "program": program, "rows": rows, "secret": len(secret), "may_act": may(request),
        "next": min((one.preview.embargo_until for one in secret), default=None),
        "public": sum(1 for one in rows if one.preview.published_at and not one.preview.withdrawn_at),
    }  # fmt: skip
    return resources_page(request, "console/learning/roadmap.html", "roadmap", context)


@console_page()
@needs_program
@require_GET
def preview(request: HttpRequest, program: Program, preview_id: str) -> HttpResponseBase:
    """Show a preview with everybody it is meant for: who accepted, who saw which version, who did neither."""
    row, now = find_preview(program, preview_id), reader().now
    people = _people(row)
    if wants_csv(request):
        return csv_file("preview", ("partner", "accepted_at", "accepted_by", "version_hash", "seen_at", "times"), (
            (one.name, one.accepted_at or "", one.accepted_by, one.digest, one.seen_at or "", one.times)
            for one in people
        ))  # fmt: skip
    context = {
        "program": program, "row": row, "id": preview_id, "html": html_of(row.text), "people": people[:_SHOWN],
        "more": max(0, len(people) - _SHOWN), "state": state_of(row, now),
        "is_secret": is_under_embargo(row.embargo_until, now), "may_act": may(request),
        "accepted": sum(1 for one in people if one.accepted_at and not one.is_earlier),
        "seen": sum(1 for one in people if one.seen_at),
        "meant": len(people), "audience": audience_words(row.tiers, row.types, audience_names(program)),
        "versions": list(row.versions.order_by("-number")[:20]),
        "lift_fields": {"act": "lift"}, "withdraw_fields": {"act": "withdraw"}, "publish_fields": {"act": "publish"},
    }  # fmt: skip
    return resources_page(request, "console/learning/preview.html", "roadmap", context)


def state_of(row: Preview, now: datetime) -> tuple[str, str, str]:
    """Say where a preview stands: word, colour, icon."""
    if row.published_at is None:
        return _("draft"), "ochre", ""
    if row.withdrawn_at is not None:
        return _("withdrawn"), "", ""
    if is_under_embargo(row.embargo_until, now):
        return _("under embargo"), "ochre", "lock"
    return pgettext("preview", "open"), "sea", "lock-open"


def find_preview(program: Program, preview_id: str) -> Preview:
    """Return a preview of the program, or answer 404."""
    return get_object_or_404(Preview, pk=id_or_404("prv", preview_id), program=program)


def _row(one: Preview, names: dict[str, str], now: datetime) -> Row:
    return Row(
        text_id("prv", one.pk), one, audience_words(one.tiers, one.types, names), state_of(one, now),
        is_under_embargo(one.embargo_until, now),
    )  # fmt: skip


def _people(row: Preview) -> list[Person]:
    """Return whom a preview is meant for and who knows of it: those who know on top. Four queries."""
    accepted = {one.enrolment_id: one for one in reversed(acceptances_of(row))}
    seen: dict[Any, list[Any]] = {}
    for sight in sights_of(row):
        seen.setdefault(sight.enrolment_id, []).append(sight)
    people = {one.pk: one for one in meant_for(row)}
    known = [one.enrolment for one in (*accepted.values(), *(each[0] for each in seen.values()))]
    for one in known:
        people.setdefault(one.pk, one)
    found = [_person(row, one, accepted.get(pk), seen.get(pk, [])) for pk, one in people.items()]
    return sorted(found, key=lambda one: (one.seen_at is None, one.accepted_at is None, one.name.lower()))


def _person(row: Preview, enrolment: Any, accepted: Any, seen: list[Any]) -> Person:
    return Person(
        enrolment.partner.name, partner_href(enrolment.partner_id),
        accepted.accepted_at if accepted else None, accepted.by if accepted else "",
        accepted.version_digest if accepted else "", seen[0].number if seen else 0, seen[0].last_at if seen else None,
        sum(one.times for one in seen), bool(accepted) and accepted.embargo_digest != row.embargo_digest,
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program, preview_id: str) -> HttpResponse:
    """Show a preview, take it away, lift its embargo."""
    row, now, by = find_preview(program, preview_id), clock.now(), actor(request)
    verb, done = {
        "lift": (lift_embargo, _("The embargo is over. Those who kept it are told.")),
        "withdraw": (withdraw_preview, _("Nobody sees it any more. The embargo stays.")),
    }.get(str(request.POST.get("act")), (publish_preview, _("Shown. Partners find it under Coming.")))
    attempt_or_warn(request, lambda: verb(row, now=now, by=by), done)
    forget_count(program.pk)
    return HttpResponseRedirect(reverse("console:preview", args=[preview_id]), status=303)
