"""One prospect: what is known, why the score is what it is, everything that happened, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, warn
from hanse.faces.console.colleagues import colleague_choices
from hanse.faces.console.forms import PlainForm, attempt_or_warn
from hanse.faces.console.prospects.board import is_ripe
from hanse.faces.console.prospects.words import remark_names, source_names, stage_names
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.faces.console.recruiting.judging import judged
from hanse.growth.profile.queries import scores_of, weighing_of
from hanse.growth.profile.types import CRITERIA
from hanse.growth.profile.words import criterion_meanings, criterion_names, reason_words
from hanse.growth.prospects import actions, queries, rules
from hanse.growth.prospects.models import Prospect, Remark, StageChange
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.access.queries import team
from hanse.programs.programs.models import Program

Decide = Callable[[HttpRequest, Prospect, str], bool]


class StepForm(PlainForm):
    """Who does what next, and when."""

    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=300, required=False)
    next_on = forms.DateField(
        label=gettext_lazy("On"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleague_choices()
        self.fields["owner"] = forms.ChoiceField(
            label=_("Owner"), required=False, choices=[("", _("Nobody yet")), *people]
        )


class AboutForm(PlainForm):
    """Who it is and where to find them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    website = forms.CharField(label=gettext_lazy("Website"), max_length=300, required=False)
    content = forms.CharField(
        label=gettext_lazy("A piece of theirs"), max_length=500, required=False,
        help_text=gettext_lazy("A link to something they published; letters can name it."),
    )  # fmt: skip


@console_page()
@needs_program
@require_GET
def prospect(request: HttpRequest, program: Program, prospect_id: str) -> HttpResponse:
    """Show one prospect."""
    row = find_prospect(program, prospect_id)
    score, weighing = scores_of(program.pk, [row])[row.pk], weighing_of(program.pk)
    names, meanings = criterion_names(), criterion_meanings()
    following = rules.next_stage(row.stage)
    initial = {"owner": str(row.owner_id or ""), "next_step": row.next_step, "next_on": row.next_on}
    context = {
        "row": row, "text_id": prospect_id, "stages": stage_names(), "stage": stage_names()[row.stage],
        "source": source_names()[row.source], "following": following,
        "following_name": stage_names().get(following, ""),
        "is_stale": rules.is_stale(row.stage, row.changed_at, clock.now()), "may_act": may(request), "score": score,
        "reasons": [(one, names[one.criterion], meanings[one.criterion], reason_words(one)) for one in score.reasons],
        "step_form": StepForm(initial=initial), "lines": [_line(one) for one in queries.timeline_of(row.pk)],
        "about_form": AboutForm(initial={name: getattr(row, name) for name in AboutForm.base_fields}),
        "is_ripe": is_ripe(row, score, weighing.qualify_at), "qualify_at": weighing.qualify_at,
        "candidate_id": shown_id(row), "criteria": [(key, names[key]) for key in CRITERIA], "values": range(11),
    }  # fmt: skip
    return recruit_page(request, program, "console/prospects/prospect.html", "pipeline", context)


def shown_id(row: Prospect) -> str:
    """Return the id by which pages name the candidate behind a prospect, or nothing."""
    return text_id("cnd", row.candidate_id) if row.candidate_id else ""


def find_prospect(program: Program, text: str) -> Prospect:
    """Return a program's prospect by the id in a path. Raises Http404."""
    return get_object_or_404(queries.prospects_of(program.pk).select_related("program"), pk=id_or_404("pst", text))


def _line(one: StageChange | Remark) -> dict[str, Any]:
    """Return one entry of the timeline."""
    if isinstance(one, Remark):
        title = remark_names()[one.kind] + (f": {one.subject}" if one.subject else "")
        icon = {"note": "note", "sent": "mail", "reply": "message"}[one.kind]
        return {
            "at": one.at,
            "icon": icon,
            "title": title,
            "text": one.text,
            "by": one.by,
            "is_sea": one.kind != "note",
        }
    names = stage_names()
    moved = _("From “%(one)s” to “%(other)s”") % {
        "one": names.get(one.from_stage, ""), "other": names[one.to_stage]
    }  # fmt: skip
    title = moved if one.from_stage else _("Came into the pipeline as “%(stage)s”") % {"stage": names[one.to_stage]}
    text = one.reason
    if one.undone_at:
        text = _("Taken back by %(who)s.") % {"who": one.undone_by} + (f" {text}" if text else "")
    return {"at": one.at, "icon": "arrow-right", "title": title, "text": text, "by": one.by, "is_sea": False}


def _decision(decide: Decide) -> Callable[..., Any]:
    """Make a POST view of a decision: find the prospect, decide, go back to its page."""

    @console_page()
    @require_POST
    @writes
    @needs_program
    def view(request: HttpRequest, program: Program, prospect_id: str) -> HttpResponse:
        decide(request, find_prospect(program, prospect_id), actor(request))
        return HttpResponseRedirect(reverse("console:prospect", args=[prospect_id]))

    return view


def _change(request: HttpRequest, row: Prospect, by: str) -> bool:
    form: forms.Form = (StepForm if "next_step" in request.POST else AboutForm)(request.POST)
    if not form.is_valid():
        problems = [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
        warn(request, " ".join(problems))
        return False
    given = dict(form.cleaned_data)
    if "owner" in given:
        given["owner"] = team().filter(pk=given["owner"]).first() if given["owner"] else None
    return attempt_or_warn(
        request, lambda: actions.change_prospect(row, now=clock.now(), by=by, **given), _("Changed")
    )  # fmt: skip


def _remark(request: HttpRequest, row: Prospect, by: str) -> bool:
    kind, text = str(request.POST.get("kind", "note")), str(request.POST.get("text", ""))
    return attempt_or_warn(
        request, lambda: actions.add_remark(row, kind=kind, text=text, now=clock.now(), by=by), _("Written down")
    )


def _judge(request: HttpRequest, row: Prospect, by: str) -> bool:
    return judged(request, row, by)


change, remark, judgement = _decision(_change), _decision(_remark), _decision(_judge)
