"""Newsletters: written in sections, each for its tiers, sent to an audience at a moment, and what came of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.console.forms import PlainForm, attempt, said
from hanse.faces.console.letters.lifts import lift_row
from hanse.faces.console.letters.newsletter_trying import look_along, version_of
from hanse.faces.console.letters.words import action_names
from hanse.faces.console.messages.frame import messages_page, readers
from hanse.faces.console.messages.trying import mail_test
from hanse.faces.console.messages.writing import reader_here
from hanse.growth.audiences.queries import audiences_of
from hanse.growth.newsletters.actions import LANGUAGE, cancel_newsletter, keep_newsletter, schedule_newsletter
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.queries import newsletter_by_id, newsletters_of, parts_of, readers_now
from hanse.growth.newsletters.rules import Part
from hanse.growth.sends.results import Result, lift_of_newsletter, results_of
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, NotFound, Refused
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

ROWS = 6
_PARTS = (0, 100_000, 200_000, 300_000, 500_000)


class NewsletterForm(PlainForm):
    """A newsletter as typed; the sections stand in numbered rows."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=90, label_suffix="")
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, label_suffix="")
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), required=False, label_suffix="")
    action = forms.ChoiceField(label=gettext_lazy("What it is for"), required=False, label_suffix="")
    action_days = forms.IntegerField(
        label=gettext_lazy("Within days"), min_value=1, max_value=90, initial=14, label_suffix=""
    )
    holdout_ppm = forms.TypedChoiceField(
        label=gettext_lazy("Who gets nothing, for comparison"), coerce=int, required=False, empty_value=None,
        label_suffix="",
        help_text=gettext_lazy("Drawn once and for ever; nobody of the strategic track."),
    )  # fmt: skip

    def __init__(self, *args: Any, program: Program, own: Newsletter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audiences = {str(one.pk): one for one in audiences_of(program.pk)}
        if own is not None and own.audience is not None:  # it may be put away, which makes it nobody else's
            self.audiences.setdefault(str(own.audience_id), own.audience)
        parts = sorted({*_PARTS, own.holdout_ppm if own else 0})  # the API takes others too
        self.numbers = range(1, max(ROWS, own.sections.count() if own else 0) + 1)
        audiences = [(key, one.name) for key, one in self.audiences.items()]
        self._choose("audience", [("", _("Every active partner")), *audiences])
        self._choose("action", [("", _("Nothing that can be counted")), *action_names().items()])
        self._choose("holdout_ppm", [(part, f"{part / 10_000:g} %" if part else _("Nobody")) for part in parts])
        tiers = [(tier.key, tier.name) for tier in tiers_of(program.pk)]
        for row in self.numbers:
            self.fields[f"heading{row}"] = forms.CharField(
                label=_("Heading"), max_length=200, required=False, label_suffix=""
            )
            self.fields[f"text{row}"] = forms.CharField(
                label=_("Text of section %d") % row, required=False, label_suffix="",
                widget=forms.Textarea(attrs={"rows": 5}),
            )  # fmt: skip
            self.fields[f"tiers{row}"] = forms.MultipleChoiceField(
                label=_("Only for"), choices=tiers, required=False, widget=forms.CheckboxSelectMultiple, label_suffix=""
            )

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        """Return the rows of sections."""
        return [(row, self[f"heading{row}"], self[f"text{row}"], self[f"tiers{row}"]) for row in self.numbers]

    @property
    def filled(self) -> list[int]:
        """Return which rows have a text."""
        return [row for row in self.numbers if self.cleaned_data.get(f"text{row}")]

    def typed(self) -> tuple[str, list[Part]]:
        """Return the subject and the sections as far as they can be read, also where something else is missing."""
        self.is_valid()
        data = self.cleaned_data
        parts = [
            Part(tuple(data.get(f"tiers{row}", ())), data.get(f"heading{row}", ""), data[f"text{row}"])
            for row in self.filled
        ]
        return data.get("subject", ""), parts

    def said(self) -> dict[str, Any]:
        """Return what the verb takes."""
        data = self.cleaned_data
        sections = [
            {"heading": data[f"heading{row}"], "text": data[f"text{row}"], "tiers": data[f"tiers{row}"]}
            for row in self.filled
        ]
        return {
            "name": data["name"], "subject": data["subject"], "sections": sections,
            "audience": self.audiences.get(data["audience"]),
            "holdout_ppm": data["holdout_ppm"] or 0, "action": data["action"], "action_days": data["action_days"],
        }  # fmt: skip


@console_page()
@needs_program
@require_safe
def newsletters(request: HttpRequest, program: Program) -> HttpResponse:
    """List newsletters, the latest first, with what came of them."""
    rows = list(newsletters_of(program.pk)[:100])
    results = results_of([row.pk for row in rows])
    shown = [(row, text_id("nws", row.pk), results.get(row.pk, Result("", ""))) for row in rows]
    sent = sum(row.state == Newsletter.State.SENT for row in rows)
    context = {"rows": shown, "sent": sent, "may_act": may(request)}
    return messages_page(request, "console/letters/newsletters.html", "newsletters", context)


@console_page()
@writes
@needs_program
def newsletter_new(request: HttpRequest, program: Program) -> HttpResponse:
    """Write a new newsletter."""
    return _edit(request, program, None)


@console_page()
@writes
@needs_program
def newsletter(request: HttpRequest, program: Program, newsletter_id: str) -> HttpResponse:
    """Show a newsletter: as long as it was not sent to be changed, afterwards with what came of it."""
    row = found(program, newsletter_id)
    if row.state in (Newsletter.State.DRAFT, Newsletter.State.SCHEDULED):
        return _edit(request, program, row)
    lift = lift_of_newsletter(row.pk) if row.holdout_ppm else None
    context = {
        "newsletter": row, "id": newsletter_id, "parts": _parts(program, row),
        "result": results_of([row.pk]).get(row.pk, Result("", "")),
        "lift": lift_row(_("All"), lift) if lift else None, "action": action_names().get(row.action, ""),
        "may_act": may(request),
    }  # fmt: skip
    return messages_page(request, "console/letters/newsletter.html", "newsletters", context)


@console_page()
@needs_program
@require_POST
def newsletter_preview(request: HttpRequest, program: Program) -> HttpResponse:
    """Answer with what stands beside the sections while they are written. Writes nothing."""
    kept = request.POST.get("newsletter", "")
    form = NewsletterForm(request.POST, program=program, own=found(program, kept) if kept else None)
    looked = look_along(program, *form.typed(), reader_here(request, readers(program)))
    return render(request, "console/messages/preview.html", {"looked": looked, "program": program})


def _edit(request: HttpRequest, program: Program, row: Newsletter | None) -> HttpResponse:
    form = NewsletterForm(request.POST or None, program=program, own=row, initial=_initial(row))
    is_test = "test" in request.POST
    if request.method == "POST" and not is_test and form.is_valid():
        kept = attempt(form, lambda: keep_newsletter(
            program, now=clock.now(), by=actor(request), instead_of=row, **form.said()
        ), {"sections": "text1"})  # fmt: skip
        if kept is not None:
            tell(request, _("“%(name)s” is kept.") % {"name": kept.name})
            return HttpResponseRedirect(reverse("console:newsletter", args=[text_id("nws", kept.pk)]))
    subject, parts = form.typed() if form.is_bound else (row.subject, parts_of(row)) if row else ("", [])
    reading = readers(program)
    looked = look_along(program, subject, parts, reader_here(request, reading))
    if is_test:
        mail_test(request, looked, version_of(program, subject, parts), LANGUAGE, row)
    context = {
        "form": form, "newsletter": row, "id": text_id("nws", row.pk) if row else "",
        "reader_count": len(readers_now(row, clock.now())) if row else 0, "zone": program.time_zone,
        "may_act": may(request), "readers": reading, "looked": looked, "to": team_member(request).email,
    }  # fmt: skip
    status = 422 if form.is_bound and not is_test else 200
    return messages_page(request, "console/letters/newsletter_edit.html", "newsletters", context, status=status)


@console_page()
@writes
@needs_program
@require_POST
def newsletter_send(request: HttpRequest, program: Program, newsletter_id: str) -> HttpResponse:
    """Let a newsletter go, now or at a moment of the program's own clock."""
    row, now = found(program, newsletter_id), clock.now()
    try:
        at = _moment(request.POST.get("at", ""), program) or now
        schedule_newsletter(row, at, now=now, by=actor(request))
        tell(request, _("“%(name)s” is on its way, to each reader by day of their own clock.") % {"name": row.name})
    except HanseError as refused:
        warn(request, said(refused))
    return HttpResponseRedirect(reverse("console:newsletter", args=[newsletter_id]))


@console_page()
@writes
@needs_program
@require_POST
def newsletter_cancel(request: HttpRequest, program: Program, newsletter_id: str) -> HttpResponse:
    """Call a newsletter off."""
    row = found(program, newsletter_id)
    left = cancel_newsletter(row, now=clock.now(), by=actor(request))
    tell(request, _("“%(name)s” is called off; %(left)d letters stay here.") % {"name": row.name, "left": left})
    return HttpResponseRedirect(reverse("console:newsletter", args=[newsletter_id]))


def _moment(text: str, program: Program) -> datetime | None:
    """Read a moment of the program's own clock; None for nothing. Raises Refused."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(program.time_zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Refused("bad_moment", _("A day and time, please.")) from wrong


def _parts(program: Program, row: Newsletter) -> list[tuple[object, str]]:
    names = {tier.key: tier.name for tier in tiers_of(program.pk)}
    return [(part, ", ".join(names.get(key, key) for key in part.tiers)) for part in parts_of(row)]


def _initial(row: Newsletter | None) -> dict[str, object]:
    if row is None:
        return {}
    known: dict[str, object] = {
        "name": row.name, "subject": row.subject, "audience": str(row.audience_id or ""), "action": row.action,
        "action_days": row.action_days, "holdout_ppm": row.holdout_ppm,
    }  # fmt: skip
    for number, part in enumerate(parts_of(row), 1):
        known |= {f"heading{number}": part.heading, f"text{number}": part.text, f"tiers{number}": list(part.tiers)}
    return known


def found(program: Program, newsletter_id: str) -> Newsletter:
    """Return a newsletter of the program, or answer that there is no such page."""
    try:
        return newsletter_by_id(program.pk, id_or_404("nws", newsletter_id))
    except NotFound as missing:
        raise Http404 from missing
