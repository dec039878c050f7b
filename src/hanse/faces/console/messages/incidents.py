"""Incidents: a period and a fault, whom it touched, the letter about it, one button, and the letter once mended."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.messages.faults import fault_shown
from hanse.faces.console.messages.frame import messages_page
from hanse.growth.incidents.actions import (
    BY_PERSONS,
    about_of,
    delete_incident,
    is_estimate,
    mend_incident,
    note_incident,
    tell_touched,
)
from hanse.growth.incidents.models import Incident, Touched
from hanse.growth.incidents.queries import incident_by_id, incidents_of, touched_by, untold_of
from hanse.growth.templates.previews import Preview, preview_of
from hanse.growth.templates.queries import latest_version
from hanse.growth.watch.actions import say_no_fault
from hanse.growth.watch.mending import ADD_HOST, repair, repair_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, NotFound, Refused
from hanse.kernel.money import parse_rate_ppm
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program


def kind_words() -> dict[str, str]:
    """Return what the kinds of faults are called."""
    return {
        "tracking_down": _("Something was not counted"), "wrong_rate": _("A wrong rate was booked"),
        "token_lost": _("Orders lose their click"), "link_broken": _("A page does not answer"),
        "link_sales_stopped": _("Clicks, but no sales"),
    }  # fmt: skip


def _noted_kinds() -> list[tuple[str, str]]:
    return [(kind, word) for kind, word in kind_words().items() if kind in BY_PERSONS]


class IncidentForm(PlainForm):
    """A period, a fault, and what to say about it."""

    kind = forms.ChoiceField(label=gettext_lazy("What went wrong"))
    title = forms.CharField(
        label=gettext_lazy("In a few words"), max_length=120,
        help_text=gettext_lazy("It ends a sentence: “Between … and …: clicks on our links were not counted.”"),
    )  # fmt: skip
    cause = forms.CharField(
        label=gettext_lazy("Why it happened"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("One or two honest sentences. Partners read them."),
    )  # fmt: skip
    starts_at = forms.DateTimeField(
        label=gettext_lazy("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    rate = forms.CharField(
        label=gettext_lazy("The right rate, where a wrong one was booked"), max_length=12, required=False,
        widget=forms.TextInput({"placeholder": "10%"}),
    )  # fmt: skip
    offer = forms.ChoiceField(label=gettext_lazy("Only links of this offer"), required=False)

    def __init__(self, program: Program, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        offers = Offer.objects.filter(program=program, archived_at=None).order_by("name")
        self.fields["kind"] = forms.ChoiceField(label=_("What went wrong"), choices=_noted_kinds())
        self.fields["offer"] = forms.ChoiceField(
            label=_("Only links of this offer"), required=False,
            choices=[("", _("all of them")), *((str(offer.pk), offer.name) for offer in offers)],
        )  # fmt: skip


@console_page()
@needs_program
def incidents(request: HttpRequest, program: Program) -> HttpResponse:
    """List the incidents, the latest first."""
    rows = list(incidents_of(program.pk)[:100])
    context = {"rows": rows, "words": kind_words(), "may_act": may(request), "program": program,
               "open": sum(1 for row in rows if row.told_at is None and row.closed_at is None)}  # fmt: skip
    return messages_page(request, "console/messages/incidents.html", "incidents", context)


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Note a fault; whom it touched is found at once, and the letter is drafted."""
    form = IncidentForm(program, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        noted = attempt(form, lambda: _note(program, form, actor(request)))
        if noted is not None:
            tell(request, _("Noted. Nobody has been told yet."))
            return HttpResponseRedirect(reverse("console:incident", args=[noted.pk]))
    status = 422 if request.method == "POST" else 200
    return messages_page(request, "console/messages/incident_new.html", "incidents", {"form": form}, status=status)


def _note(program: Program, form: IncidentForm, by: str) -> Incident:
    given = form.cleaned_data
    offer = Offer.objects.filter(program=program, pk=given["offer"]).first() if given["offer"] else None
    return note_incident(
        program, kind=given["kind"], title=given["title"], cause=given["cause"], starts_at=given["starts_at"],
        ends_at=given["ends_at"], rate_ppm=parse_rate_ppm(given["rate"]) if given["rate"].strip() else None,
        offer=offer, now=clock.now(), by=by,
    )  # fmt: skip


@console_page()
@needs_program
def incident(request: HttpRequest, program: Program, incident_id: UUID) -> HttpResponse:
    """Show whom a fault touched and by how much, with the letter as one of them reads it."""
    row = _found(program, incident_id)
    state = UrlState(request.GET)
    columns: list[Column[Touched]] = [
        Column("name", _("Partner"), order=("enrolment__partner__name",), cell=lambda one: one.enrolment.partner.name),
        Column("clicks", _("Clicks"), order=("clicks",), cell=lambda one: one.clicks, is_number=True),
        Column("orders", _("Orders"), order=("orders",), cell=lambda one: one.orders, is_number=True),
        Column("value", _("Value"), order=("value_minor",), cell=lambda one: one.value_minor, is_number=True),
        Column("commission", _("Commission"), order=("commission_minor", "value_minor", "clicks"),
               cell=lambda one: one.commission_minor, is_number=True),
    ]  # fmt: skip
    table: Table[Touched] = Table(state, touched_by(row), columns, "-commission")
    if wants_csv(request):
        return export("incident", table)  # type: ignore[return-value]  # a stream
    reader = next(iter(table.page_rows), None)
    context = {
        "row": row, "table": table, "words": kind_words(), "may_act": may(request), "program": program,
        "reader": reader, "looked": _looked(row, reader), "is_estimate": is_estimate(row),
        "untold": 0 if row.mended_at or row.mending_at or row.closed_at else untold_of(row),
        "has_clicks": row.kind in (Incident.Kind.TRACKING_DOWN, Incident.Kind.LINK_BROKEN,
                                   Incident.Kind.LINK_SALES_STOPPED),
        **(fault_shown(row) if row.fault_key else {}),
    }  # fmt: skip
    return messages_page(request, "console/messages/incident.html", "incidents", context)


def _looked(row: Incident, reader: Touched | None) -> Preview | None:
    version = row.follow_up or (latest_version(row.notice.template_id) if row.notice else None)
    if version is None or reader is None:
        return None
    try:
        about = about_of(row, [reader.enrolment_id])[reader.enrolment_id]
        return preview_of(version, reader.enrolment_id, clock.now(), about=about)
    except (Refused, NotFound):
        return None


@console_page()
@require_POST
@writes
@needs_program
def tell_partners(request: HttpRequest, program: Program, incident_id: UUID) -> HttpResponse:
    """Plan the letter to everybody whom it touched and who has none yet."""
    row = _found(program, incident_id)
    attempt_or_warn(
        request, lambda: tell_touched(row, now=clock.now(), by=actor(request)), _("They are being told now")
    )
    return HttpResponseRedirect(reverse("console:incident", args=[row.pk]))


@console_page()
@require_POST
@writes
@needs_program
def mend(request: HttpRequest, program: Program, incident_id: UUID) -> HttpResponse:
    """Note how it was mended; who was told of the fault is told of this, too."""
    row, how = _found(program, incident_id), request.POST.get("how", "")
    attempt_or_warn(request, lambda: mend_incident(row, how, now=clock.now(), by=actor(request)), _("Noted as mended"))
    return HttpResponseRedirect(reverse("console:incident", args=[row.pk]))


@console_page()
@require_POST
@writes
@needs_program
def delete(request: HttpRequest, program: Program, incident_id: UUID) -> HttpResponse:
    """Delete an incident that was noted by mistake."""
    row = _found(program, incident_id)
    done = attempt_or_warn(
        request, lambda: delete_incident(row, now=clock.now(), by=actor(request)), _("The incident is deleted")
    )
    return HttpResponseRedirect(reverse("console:incidents") if done else reverse("console:incident", args=[row.pk]))


@console_page()
@require_POST
@writes
@needs_program
def repair_fault(request: HttpRequest, program: Program, incident_id: UUID) -> HttpResponse:
    """Mend a fault by its one button: list its host and look at its orders again, or lead its links elsewhere."""
    row = _found(program, incident_id)
    kind = repair_of(row)
    try:
        count = repair(row, now=clock.now(), by=actor(request))
    except (Invalid, Refused) as problem:
        warn(request, str(problem))
        return HttpResponseRedirect(reverse("console:incident", args=[row.pk]))
    told = (
        ngettext(
            "The domain is added. %(n)d order is being looked at again; this takes half a minute.",
            "The domain is added. %(n)d orders are being looked at again; this takes half a minute.", count,
        )
        if kind == ADD_HOST
        else ngettext("%(n)d link leads elsewhere now", "%(n)d links lead elsewhere now", count)
    )  # fmt: skip
    tell(request, told % {"n": count})
    return HttpResponseRedirect(reverse("console:incident", args=[row.pk]))


@console_page()
@require_POST
@writes
@needs_program
def no_fault(request: HttpRequest, program: Program, incident_id: UUID) -> HttpResponse:
    """Close an incident that is none: the same does not open again."""
    row, why = _found(program, incident_id), request.POST.get("reason", "")
    attempt_or_warn(
        request,
        lambda: say_no_fault(row, why, now=clock.now(), by=actor(request)),
        _("Closed. It will not open again."),
    )
    return HttpResponseRedirect(reverse("console:incident", args=[row.pk]))


def _found(program: Program, incident_id: UUID) -> Incident:
    try:
        return incident_by_id(program.pk, incident_id)
    except NotFound as missing:
        raise Http404 from missing
