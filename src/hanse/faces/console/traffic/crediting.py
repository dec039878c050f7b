"""A person's word on whose a conversion is, given and withdrawn on its page."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, warn
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt_or_warn
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import PPM, parse_rate_ppm
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.hand import credit_by_hand, withdraw_hand_decision
from hanse.traffic.conversions.models import Conversion

ROWS = 3


class CreditForm(PlainForm):
    """Up to three partners with their parts, and the reason."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Partners may read it."),
    )  # fmt: skip

    def __init__(self, program: Program, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # only the data, as Django names it
        partners = [(text_id("enr", row.pk), row.partner.name) for row in enrolments_of_program(program.pk)]
        for place in range(ROWS):
            self.fields[f"partner_{place}"] = forms.ChoiceField(
                label=_("Partner"), choices=[("", "…"), *partners], required=False
            )
            self.fields[f"part_{place}"] = forms.CharField(
                label=_("Part"), max_length=10, required=False, initial="100%" if not place else ""
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the pairs of fields."""
        return [(self[f"partner_{place}"], self[f"part_{place}"]) for place in range(ROWS)]

    def shares(self) -> list[tuple[UUID, int]]:
        """Return who gets which part; a part left out is all of it, or what the others leave. Raises Invalid."""
        named = [
            (parse_id("enr", self.cleaned_data[f"partner_{place}"]), self.cleaned_data[f"part_{place}"].strip())
            for place in range(ROWS) if self.cleaned_data[f"partner_{place}"]
        ]  # fmt: skip
        given = {id_: parse_rate_ppm(text if text.endswith("%") else f"{text}%") for id_, text in named if text}
        rest = [id_ for id_, text in named if not text]
        return [(id_, given.get(id_, (PPM - sum(given.values())) // len(rest) if rest else 0)) for id_, _ in named]


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def credit(request: HttpRequest, program: Program, conversion_id: str) -> HttpResponse:
    """Let a person's word stand."""
    found = get_object_or_404(Conversion, pk=id_or_404("cnv", conversion_id), program=program)
    form = CreditForm(program, request.POST)
    back = HttpResponseRedirect(reverse("console:conversion", args=[conversion_id]), status=303)
    try:
        shares = form.shares() if form.is_valid() else []
    except Invalid:
        shares = []
    if not shares:
        warn(request, _("Choose a partner, a part like 40%, and say why."))
        return back
    reason = form.cleaned_data["reason"]
    attempt_or_warn(
        request,
        lambda: credit_by_hand(found, shares, reason=reason, now=clock.now(), by=actor(request)),
        _("Your word stands. It is credited and priced within a minute."),
    )
    return back


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def withdraw(request: HttpRequest, program: Program, conversion_id: str) -> HttpResponse:
    """Let the evidence decide again."""
    found = get_object_or_404(Conversion, pk=id_or_404("cnv", conversion_id), program=program)
    reason = str(request.POST.get("reason", ""))
    attempt_or_warn(
        request,
        lambda: withdraw_hand_decision(found, reason=reason, now=clock.now(), by=actor(request)),
        _("The evidence decides again, within a minute."),
    )
    return HttpResponseRedirect(reverse("console:conversion", args=[conversion_id]), status=303)
