"""Versions of terms: what was promised to whom, from when to when, and one version as it stands."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import console, tell
from hanse.faces.common.tables import Column, Table, UrlState
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.programs.common import program_of
from hanse.growth.deliverables.queries import titles_in
from hanse.growth.negotiations.acceptance import not_accepted, remind_of_terms
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Agreement
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.differences import Difference, differences
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of, terms_history
from hanse.programs.terms.sentences import sentences


@console_page()
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """List every version of a program, the latest start first."""
    program = program_of(request, slug)
    columns: list[Column[Terms]] = [
        Column("starts", _("In force from"), order=("starts_at", "number"), is_number=True),
        Column("number", _("Version"), order=("number",), is_number=True),
    ]
    table = Table(UrlState(request.GET), terms_history(program.pk), columns, "-starts")
    names = {goal.key: goal.name for goal in goals_of(program.pk)}
    before = _before(program.pk)
    titles = titles_in(body_of(terms) for terms in table.page_rows)
    rows = [
        {
            "terms": terms, "id": text_id("trm", terms.pk), "who": who(terms),
            "words": sentences(body_of(terms), program.currency, names, titles),
            "changes": _changes(before.get(terms.pk), terms, names),
        }
        for terms in table.page_rows
    ]  # fmt: skip
    context = {
        "program": program, "table": table, "rows": rows, "now": clock.now(), "may_change": may(request, CHANGE),
    }  # fmt: skip
    return console(request, "console/programs/terms_history.html", "programs", context)


@console_page()
def version(request: HttpRequest, terms_id: str) -> HttpResponse:
    """Show one version: its sentences, dates, reason, legal text, JSON, and who accepted it."""
    rows = Terms.objects.select_related("program", "tier", "enrolment__partner")
    found = get_object_or_404(rows, pk=id_or_404("trm", terms_id))
    program = program_of(request, found.program.slug)
    accepted = Agreement.objects.filter(terms=found).select_related("enrolment__partner").order_by("-accepted_at")
    names = {goal.key: goal.name for goal in goals_of(program.pk)}
    waiting = [one for one in not_accepted(program.pk, clock.now()) if one.terms.pk == found.pk]
    context = {
        "waiting": waiting[:100], "waiting_count": len(waiting), "needed_count": sum(one.is_needed for one in waiting),
        "changes": _changes(_before(program.pk).get(found.pk), found, names),
        "program": program, "terms": found, "id": terms_id, "who": who(found), "accepted": accepted[:100],
        "accepted_count": accepted.count(), "now": clock.now(), "key": _key(found),
        "words": sentences(body_of(found), program.currency, names, titles_in([body_of(found)])),
        "may_change": may(request, CHANGE), "json": json.dumps(found.body, indent=2, ensure_ascii=False),
    }  # fmt: skip
    return console(request, "console/programs/terms.html", "programs", context)


@console_page(write_roles=CHANGE)
@require_POST
@writes
def remind(request: HttpRequest, terms_id: str) -> HttpResponse:
    """Ask everybody for whom a version counts and who has not accepted it, by mail, once a day at most."""
    found = get_object_or_404(Terms.objects.select_related("program"), pk=id_or_404("trm", terms_id))
    program, now = program_of(request, found.program.slug), clock.now()
    waiting = [one for one in not_accepted(program.pk, now) if one.terms.pk == found.pk]
    asked = remind_of_terms(waiting, now=now, by=actor(request))
    tell(request, ngettext("%(n)d partner is asked", "%(n)d partners are asked", asked) % {"n": asked})
    return HttpResponseRedirect(reverse("console:terms", args=[terms_id]))


def _before(program_id: UUID) -> dict[UUID, Terms]:
    """Return for each version the one before it for the same people, by number. One query."""
    last: dict[tuple[UUID | None, UUID | None], Terms] = {}
    found: dict[UUID, Terms] = {}
    for row in terms_history(program_id).order_by("number"):
        scope = (row.tier_id, row.enrolment_id)
        if scope in last:
            found[row.pk] = last[scope]
        last[scope] = row
    return found


def _changes(before: Terms | None, terms: Terms, names: dict[str, str]) -> list[Difference]:
    if before is None:
        return []
    return differences(body_of(before), body_of(terms), terms.program.currency, names)


def who(terms: Terms) -> str:
    """Return whom a version is for."""
    if terms.enrolment:
        return terms.enrolment.partner.name
    return _("Tier %(tier)s") % {"tier": terms.tier.name} if terms.tier else _("Every partner")


def _key(terms: Terms) -> str:
    if terms.enrolment_id:
        return text_id("enr", terms.enrolment_id)
    return f"tier-{terms.tier.key}" if terms.tier else "program"
