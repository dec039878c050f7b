"""The form of a deliverable: what is asked for, until when, for how much, with which rights."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.deliverable_words import SORTS
from hanse.faces.console.forms import PlainForm
from hanse.faces.console.programs.common import AmountField
from hanse.growth.deliverables.models import Deliverable
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_MOST_PARTNERS = 3000
KEPT = (
    "title", "sort", "channel", "brief", "due_on", "live_on", "answer_days", "usage", "usage_where", "usage_until",
    "disclosure",
)  # fmt: skip


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


def given_for(request: HttpRequest, program: Program, row: Deliverable | None) -> dict[str, Any]:
    """Return what the form shows at first: what is asked, or the partner that the address names."""
    if row is None:
        try:
            partner_id = parse_id("prt", str(request.GET.get("partner", "")))
        except Invalid:
            return {}
        found = Enrolment.objects.filter(program=program, partner_id=partner_id).first()
        return {"partner": _key(found)} if found else {}
    fee = decimal_text(row.fee_minor, row.currency) if row.fee_minor else ""
    return {**{name: getattr(row, name) for name in KEPT}, "fee": fee, "partner": _key(row.enrolment)}
