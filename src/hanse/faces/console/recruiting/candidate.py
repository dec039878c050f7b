"""One candidate: who named them, in which words, under which spellings; and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.recruiting.candidates import find_candidate
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.faces.console.recruiting.judging import judged
from hanse.faces.console.recruiting.words import source_names
from hanse.growth.mentions import actions
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.queries import candidates_of, mentions_of, spellings_of
from hanse.growth.profile.queries import scores_of_candidates, weighing_of
from hanse.growth.profile.words import criterion_meanings, criterion_names, reason_words
from hanse.growth.prospects.queries import prospects_by_candidate
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.queries import partners_in
from hanse.programs.programs.models import Program

_MENTIONS_SHOWN = 50
Decide = Callable[[HttpRequest, Candidate, str], bool]


@console_page()
@needs_program
@require_GET
def candidate(request: HttpRequest, program: Program, candidate_id: str) -> HttpResponse:
    """Show the numbers, the spellings and the answers themselves."""
    row = find_candidate(program, candidate_id)
    names, mentions, spellings = source_names(), mentions_of(row.pk), spellings_of(row.pk)
    score, weighing = scores_of_candidates(program.pk, [row])[row.pk], weighing_of(program.pk)
    criteria, meanings = criterion_names(), criterion_meanings()
    context = {
        "score": score, "qualify_at": weighing.qualify_at, "values": range(11), "criteria": list(criteria.items()),
        "reasons": [
            (one, criteria[one.criterion], meanings[one.criterion], reason_words(one)) for one in score.reasons
        ],
        "row": candidates_of(program.pk, clock.now()).select_related("partner").get(pk=row.pk),
        "text_id": candidate_id, "spellings": spellings, "may_split": may(request) and len(spellings) > 1,
        "mentions": [(one, names.get(one.source, one.source)) for one in mentions[:_MENTIONS_SHOWN]],
        "prospect_id": _prospect_id(row), "more": max(0, mentions.count() - _MENTIONS_SHOWN), "may_act": may(request),
        "partners": [(text_id("prt", one.pk), one.name) for one in partners_in(program.pk)[:500]],
    }  # fmt: skip
    return recruit_page(request, program, "console/recruiting/candidate.html", "candidates", context)


def _prospect_id(row: Candidate) -> str:
    """Return the prospect made from a candidate, or nothing."""
    found = prospects_by_candidate([row.pk]).get(row.pk)
    return text_id("pst", found) if found else ""


def _decision(decide: Decide, *, back_to_list: bool = False) -> Callable[..., Any]:
    """Make a POST view of a decision: find the candidate, decide, go back."""

    @console_page()
    @require_POST
    @writes
    @needs_program
    def view(request: HttpRequest, program: Program, candidate_id: str) -> HttpResponse:
        done = decide(request, find_candidate(program, candidate_id), actor(request))
        there = reverse("console:candidate", args=[candidate_id])
        return HttpResponseRedirect(reverse("console:candidates") if done and back_to_list else there)

    return view


def _split(request: HttpRequest, row: Candidate, by: str) -> bool:
    key = str(request.POST.get("spelling", ""))
    return attempt_or_warn(
        request, lambda: actions.split_spelling(row, key, now=clock.now(), by=by),
        _("The spelling is a candidate of its own now"),
    )  # fmt: skip


def _rename(request: HttpRequest, row: Candidate, by: str) -> bool:
    name = str(request.POST.get("name", ""))
    return attempt_or_warn(
        request, lambda: actions.rename_candidate(row, name=name, now=clock.now(), by=by), _("The name is changed")
    )


def _dismiss(request: HttpRequest, row: Candidate, by: str) -> bool:
    reason = str(request.POST.get("reason", ""))
    return attempt_or_warn(
        request, lambda: actions.dismiss_candidate(row, reason=reason, now=clock.now(), by=by),
        _("%(name)s is off the list") % {"name": row.name},
        undo=reverse("console:candidate_restore", args=[text_id("cnd", row.pk)]),
    )  # fmt: skip


def _restore(request: HttpRequest, row: Candidate, by: str) -> bool:
    return attempt_or_warn(
        request, lambda: actions.restore_candidate(row, now=clock.now(), by=by),
        _("%(name)s is back on the list") % {"name": row.name},
    )  # fmt: skip


def _match(request: HttpRequest, row: Candidate, by: str) -> bool:
    text = str(request.POST.get("partner", ""))
    partner: Partner | None = None
    if text:
        partner = get_object_or_404(partners_in(row.program_id), pk=id_or_404("prt", text))
    said = _("%(name)s is %(partner)s") if partner else _("%(name)s is no partner of yours")
    names = {"name": row.name, "partner": partner.name if partner else ""}
    return attempt_or_warn(request, lambda: actions.match_partner(row, partner, now=clock.now(), by=by), said % names)


def _judge(request: HttpRequest, row: Candidate, by: str) -> bool:
    return judged(request, row, by)


judgement = _decision(_judge)
split, rename, match = _decision(_split), _decision(_rename), _decision(_match)
dismiss, restore = _decision(_dismiss, back_to_list=True), _decision(_restore)
