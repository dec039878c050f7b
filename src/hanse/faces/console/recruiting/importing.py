"""Log a name that somebody mentioned, or bring in a file of answers: looked at first, then kept whole or not at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hanse.bridges.files.answers import LONGEST_FILE, AnswerFile, read_answers
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.faces.console.recruiting.words import source_names
from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.rules import person_key
from hanse.growth.mentions.types import LONGEST_ANSWER, GivenAnswer, Taken
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.spine.web_addresses import address_problem

_REFUSED_SHOWN = 50


class _HeardForm(PlainForm):
    """A form that says where something was heard."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ChoiceField(label=_("Heard in"), choices=list(source_names().items()))


class LogForm(_HeardForm):
    """Who was named, by whom, where."""

    text = forms.CharField(
        label=gettext_lazy("Who was named?"), max_length=LONGEST_ANSWER, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("In the customer’s own words; several names with commas between."),
    )  # fmt: skip
    person = forms.CharField(
        label=gettext_lazy("By whom"), max_length=64, required=False,
        help_text=gettext_lazy("A customer number or e-mail; an e-mail is kept as a keyed hash only."),
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("Link to it"), max_length=500, required=False)

    def clean_place(self) -> str:
        """Return a web address or nothing."""
        place = str(self.cleaned_data["place"]).strip()
        if place and (why := address_problem(place)):
            raise forms.ValidationError(why)
        return place


class FileForm(_HeardForm):
    """A file of answers; `skip` keeps the good rows where others are refused."""

    file = forms.FileField(label=gettext_lazy("CSV file of answers"))
    skip = forms.BooleanField(label=gettext_lazy("Leave out rows that cannot be taken"), required=False)


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Show both forms; keep one logged answer, or a file."""
    log_form, file_form, read = LogForm(), FileForm(auto_id="file_%s"), None
    if request.method == "POST" and "text" in request.POST:
        log_form = LogForm(request.POST)
        if log_form.is_valid():
            _tell(request, _log(request, program, log_form))
            return HttpResponseRedirect(reverse("console:mentions_new"))
    elif request.method == "POST":
        file_form = FileForm(request.POST, request.FILES, auto_id="file_%s")
        if file_form.is_valid():
            read = _read(program, file_form)
            if read and (not read.refused or file_form.cleaned_data["skip"]):
                _tell(request, take_answers(program, read.answers, now=clock.now(), by=actor(request)))
                return HttpResponseRedirect(reverse("console:candidates"))
    context = {
        "log_form": log_form, "file_form": file_form, "read": read, "may_act": may(request),
        "refused": read.refused[:_REFUSED_SHOWN] if read else (), "longest_mb": LONGEST_FILE // 1_000_000,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return recruit_page(request, program, "console/recruiting/new.html", "log", context, status=status)


def _log(request: HttpRequest, program: Program, form: LogForm) -> Taken:
    given = form.cleaned_data
    answer = GivenAnswer(
        given["text"], clock.now(), given["source"], person=person_key(given["person"]), place=given["place"]
    )
    return take_answers(program, [answer], now=clock.now(), by=actor(request))


def _read(program: Program, form: FileForm) -> AnswerFile | None:
    body, source = form.cleaned_data["file"].read(LONGEST_FILE + 1), form.cleaned_data["source"]
    return attempt(form, lambda: read_answers(body, now=clock.now(), zone=program.time_zone, source=source))


def _tell(request: HttpRequest, taken: Taken) -> None:
    if not taken.new:
        tell(request, _("All of it was known already; nothing changed"))
        return
    said = ngettext("%(new)d answer kept", "%(new)d answers kept", taken.new)
    named = ngettext("%(named)d name in it", "%(named)d names in them", taken.mentions)
    tell(request, f"{said}, {named}" % {"new": taken.new, "named": taken.mentions})
