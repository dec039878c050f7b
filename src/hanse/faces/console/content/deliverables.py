"""Deliverables: what partners agreed to do, on whom each waits, what is late; and asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.deliverable_words import PREFIX, SORTS, id_of, sort_words, state_words, waits_of, waits_words
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.programs.common import AmountField
from hanse.growth.deliverables.actions import ask_for, change
from hanse.growth.deliverables.fees import promised_fees
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.queries import deliverables_of
from hanse.growth.deliverables.rules import DONE, OPEN, PUT_AWAY
from hanse.growth.deliverables.types import Waits
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

SHOWN = ("open", "ours", "late", "done", "away", "all")
_STATES = {"done": DONE, "away": PUT_AWAY}
_MOST, _MOST_PARTNERS = 1000, 3000
_NAMES = {"fee": "fee_minor"}


@dataclass(frozen=True, slots=True)
class Line:
    """One deliverable as the list shows it."""

    row: Deliverable
    id: str
    waits: Waits | None
    waits_words: str
    state: tuple[str, str]
    sort: str
    fee_minor: int
    href: str


@console_page()
@needs_program
@require_GET
def deliverables(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List deliverables, those that wait for us and the late ones first."""
    state, now = UrlState(request.GET), clock.now()
    show = state.choice("show", SHOWN, "open")
    every = deliverables_of(program.pk)
    open_rows = list(every.filter(state__in=(*OPEN, "accepted"))[:_MOST])
    rows = every.filter(state__in=_STATES[show]) if show in _STATES else every
    shown = list(rows.order_by("-due_on", "-id")[:_MOST]) if show in ("done", "away", "all") else []
    fees = promised_fees([*open_rows, *shown], now)
    lines = [_line(row, fees[row.pk].minor) for row in open_rows]
    lines = [one for one in lines if one.waits is not None or one.row.state in OPEN]
    ours = [one for one in lines if one.waits is not None and one.waits.on == "team"]
    late = [one for one in lines if one.waits is not None and one.waits.days_late]
    found = {"open": lines, "ours": ours, "late": late}
    listed = found.get(show) or [_line(row, fees[row.pk].minor) for row in shown]
    table = Table(state, listed, _columns(), "waits" if show in ("open", "ours", "late") else "-due")
    if wants_csv(request):
        return export("deliverables", table)
    open_lines = [one for one in lines if one.row.state in OPEN]
    context = {
        "program": program, "table": table, "rows": table.page_rows, "show": show, "may_act": may(request),
        "open": len(open_lines), "ours": len(ours), "late": len(late),
        "ahead_minor": sum(one.fee_minor for one in open_lines), "is_open_view": show in ("open", "ours", "late"),
        "views": [(name, str(_VIEWS[name]), state.link(show=name), name == show) for name in SHOWN],
        "has_any": bool(lines) or bool(shown) or every.exists(),
    }  # fmt: skip
    return content_page(request, "console/content/deliverables.html", "deliverables", context)


_VIEWS = {
    "open": gettext_lazy("Open"), "ours": gettext_lazy("Waiting for us"), "late": gettext_lazy("Late"),
    "done": gettext_lazy("Accepted"), "away": gettext_lazy("Put away"), "all": gettext_lazy("All"),
}  # fmt: skip


def _line(row: Deliverable, fee_minor: int) -> Line:
    found = waits_of(row)
    words = waits_words(found, row.enrolment.partner.name)
    return Line(
        row, id_of(row), found, words, state_words(row.state), sort_words(row.sort), fee_minor,
        partner_href(row.enrolment.partner_id),
    )  # fmt: skip


def _columns() -> list[Column[Any]]:
    return [
        Column("title", _("Work"), lambda one: one.row.title.lower(), lambda one: one.row.title),
        Column("partner", _("Partner"), lambda one: one.row.enrolment.partner.name.lower(),
               lambda one: one.row.enrolment.partner.name),
        Column("state", _("State"), lambda one: one.state[0], lambda one: one.state[0]),
        Column("waits", _("Waits for"),
               lambda one: (one.waits is None, -one.waits.days_late if one.waits else 0,
                            one.waits.until.toordinal() if one.waits else 0),
               lambda one: one.waits_words),
        Column("due", _("Due"), lambda one: one.row.due_on, lambda one: one.row.due_on.isoformat()),
        Column("fee", _("Fee"), lambda one: one.fee_minor,
               lambda one: decimal_text(one.fee_minor, one.row.currency), is_number=True),
    ]  # fmt: skip


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _lines_of(label: Any, limit: int, rows: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=required, help_text=help_text, widget=area)


class DeliverableForm(PlainForm):
    """What is asked for, until when, for how much, with which rights."""

    partner = forms.ChoiceField(label=gettext_lazy("Partner"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    sort = forms.ChoiceField(label=gettext_lazy("What it is"), choices=SORTS)
    channel = forms.CharField(
        label=gettext_lazy("Channel"), max_length=80, required=False,
        help_text=gettext_lazy("Blog, YouTube, newsletter, podcast …"),
    )  # fmt: skip
    brief = _lines_of(gettext_lazy("Brief"), 8000, 8, help_text=gettext_lazy("The partner reads it as you write it."))
    due_on = _day(gettext_lazy("Draft due on"))
    live_on = _day(gettext_lazy("Public by"), required=False, help_text=gettext_lazy("Empty: nothing is published."))
    answer_days = forms.IntegerField(
        label=gettext_lazy("We answer a draft within so many days"), min_value=1, max_value=30, initial=3
    )
    fee = AmountField(label=gettext_lazy("Fee on acceptance"), required=False)
    usage = _lines_of(
        gettext_lazy("What we may do with it"), 2000, 2, required=False,
        help_text=gettext_lazy("Share it, cut it, use it in ads. Empty: nothing beyond a link to it."),
    )  # fmt: skip
    usage_where = forms.CharField(label=gettext_lazy("Where"), max_length=200, required=False)
    usage_until = _day(gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: without an end."))
    disclosure = forms.CharField(
        label=gettext_lazy("Marked as advertising with"), max_length=200, required=False,
        help_text=gettext_lazy("Left empty for a new piece: the usual word of the partner’s country."),
    )  # fmt: skip
    is_agreed = forms.BooleanField(label=gettext_lazy("They said yes already"), required=False)

    def __init__(self, program: Program, *args: Any, row: Deliverable | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fee = self.fields["fee"]
        assert isinstance(fee, AmountField)
        fee.currency, fee.label = program.currency, f"{fee.label} ({program.currency})"
        fee.help_text = _("Booked when you accept. Leave it empty where terms pay for it.")
        choice = self.fields["partner"]
        assert isinstance(choice, forms.ChoiceField)
        if row is not None:
            choice.choices, choice.disabled = [(_key(row.enrolment), row.enrolment.partner.name)], True
            del self.fields["is_agreed"]
            return
        rows = Enrolment.objects.filter(program=program, status__in=("active", "paused", "suspended"))
        people = rows.select_related("partner").order_by("partner__name", "id")[:_MOST_PARTNERS]
        choice.choices = [("", _("Choose …")), *((_key(one), one.partner.name) for one in people)]


def _key(enrolment: Enrolment) -> str:
    return text_id("enr", enrolment.pk)


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, deliverable_id: str = "") -> HttpResponse:
    """Ask for a deliverable, or better what is asked."""
    row = deliverable_or_404(program, deliverable_id) if deliverable_id else None
    form = DeliverableForm(program, request.POST or None, row=row, initial=_given(request, program, row))
    if request.method == "POST" and form.is_valid():
        kept = _keep(request, program, form, row)
        if kept is not None:
            done = _("Kept. They know by mail.") if row else _("Asked. They read it in their portal and by mail.")
            tell(request, done)
            return HttpResponseRedirect(reverse("console:deliverable", args=[id_of(kept)]), status=303)
    context = {
        "form": form,
        "deliverable": row,
        "id": deliverable_id,
        "is_agreed": row is not None and row.state != Deliverable.State.ASKED,
    }
    bad = 422 if request.method == "POST" else 200
    return content_page(request, "console/content/deliverable_edit.html", "deliverables", context, status=bad)


def _keep(request: HttpRequest, program: Program, form: DeliverableForm, row: Deliverable | None) -> Deliverable | None:
    said = form.cleaned_data
    fields: Any = {
        name: said[name]
        for name in ("title", "sort", "channel", "brief", "due_on", "live_on", "answer_days", "usage", "usage_where",
                     "usage_until", "disclosure")
    }  # fmt: skip
    fields["fee_minor"] = said["fee"] or 0
    now, by = clock.now(), actor(request)
    if row is not None:
        return attempt(form, lambda: change(row, now=now, by=by, **fields))
    if not fields["disclosure"]:
        del fields["disclosure"]
    rows = Enrolment.objects.select_related("program", "partner")
    enrolment = get_object_or_404(rows, pk=id_or_404("enr", said["partner"]), program=program)
    return attempt(form, lambda: ask_for(enrolment, now=now, by=by, is_agreed=said["is_agreed"], **fields))


def _given(request: HttpRequest, program: Program, row: Deliverable | None) -> dict[str, Any]:
    if row is None:
        try:
            partner_id = parse_id("prt", str(request.GET.get("partner", "")))
        except Invalid:
            return {}
        found = Enrolment.objects.filter(program=program, partner_id=partner_id).first()
        return {"partner": _key(found)} if found else {}
    names = ("title", "sort", "channel", "brief", "due_on", "live_on", "answer_days", "usage", "usage_where",
             "usage_until", "disclosure")  # fmt: skip
    fee = decimal_text(row.fee_minor, row.currency) if row.fee_minor else ""
    return {**{name: getattr(row, name) for name in names}, "fee": fee, "partner": _key(row.enrolment)}


def deliverable_or_404(program: Program, text: str) -> Deliverable:
    """Return a deliverable of a program by the id in an address."""
    rows = Deliverable.objects.select_related("program", "enrolment__partner", "enrolment__program")
    return get_object_or_404(rows, pk=id_or_404(PREFIX, text), program=program)
