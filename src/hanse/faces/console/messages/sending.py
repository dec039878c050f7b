"""Sending a letter to an audience: who that is now, what it is about, when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.messages.frame import messages_page, readers
from hanse.faces.console.messages.writing import look, reader_here, template_of
from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.queries import audiences_of, meant_by, read_condition
from hanse.growth.audiences.sending import read_occasion, send_to_audience
from hanse.growth.audiences.words import sentence_of
from hanse.growth.templates.queries import latest_version
from hanse.growth.templates.rendering import about_groups
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

_MOMENT = "%Y-%m-%dT%H:%M"


class SendForm(PlainForm):
    """To whom, when, and what it is about where the letter speaks of an occasion."""

    audience = forms.ChoiceField(label=gettext_lazy("To whom"), required=False)
    due_at = forms.DateTimeField(
        label=gettext_lazy("Not before"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        help_text=gettext_lazy("Quiet hours and each person’s limit of letters hold anyway."),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("What is coming"), max_length=120)
    text = forms.CharField(label=gettext_lazy("What it is about"), max_length=500, widget=forms.Textarea({"rows": 3}))
    on = forms.DateField(label=gettext_lazy("When it is"), widget=forms.DateInput({"type": "date"}))
    page = forms.CharField(label=gettext_lazy("Where to read more or say yes"), max_length=300)

    def __init__(self, rows: list[Audience], has_occasion: bool, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        choices = [("", _("Every active partner")), *((str(row.pk), row.name) for row in rows)]
        self.fields["audience"] = forms.ChoiceField(label=_("To whom"), choices=choices, required=False)
        if not has_occasion:
            for name in ("title", "text", "on", "page"):
                del self.fields[name]

    def occasion(self) -> Mapping[str, object] | None:
        """Return what the letter is about; None where it speaks of no occasion."""
        if "title" not in self.fields:
            return None
        given = self.cleaned_data
        return read_occasion({**{name: given[name] for name in ("title", "text", "page")}, "on": str(given["on"])})


@console_page()
@writes
@needs_program
def send(request: HttpRequest, program: Program, message_id: UUID) -> HttpResponse:
    """Show whom a letter would go to, and plan it."""
    template = template_of(program, message_id)
    if template is None:
        raise Http404
    version = latest_version(template.pk)
    rows = list(audiences_of(program.pk)[:200])
    groups = about_groups(version)
    asked = request.POST.get("audience") or request.GET.get("audience", "")
    chosen = next((row for row in rows if str(row.pk) == asked), None)
    data = request.POST if request.method == "POST" else None
    form = SendForm(rows, "occasion" in groups, data, {"audience": asked})
    if request.method == "POST" and form.is_valid():
        count = attempt(
            form,
            lambda: send_to_audience(
                template, chosen, occasion=form.occasion(), due_at=form.cleaned_data["due_at"], now=clock.now(),
                by=actor(request),
            ),
        )  # fmt: skip
        if count is not None:
            said = ngettext("%(n)d letter is planned", "%(n)d letters are planned", count)
            tell(request, said % {"n": count} if count else _("They all had this letter today"))
            return HttpResponseRedirect(reverse("console:message", args=[template.pk]))
    condition = read_condition(chosen.condition if chosen else None)
    names = {tier.key: tier.name for tier in tiers_of(program.pk)}
    language = next(iter(version.contents))
    reader = reader_here(request, readers(program))
    context = {
        "template": template, "form": form, "may_act": may(request), "program": program, "wrong": [],
        "meant": meant_by(program.pk, condition, clock.now()),
        "words": sentence_of(condition, program.currency, names), "is_caused": bool(groups - {"occasion"}),
        "looked": look(program, template.kind, version.contents, language, reader), "language": language,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return messages_page(request, "console/messages/send.html", "letters", context, status=status)
