"""The form of a prompt, and that of the days ahead by tier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.console.forms import PlainForm
from hanse.faces.console.resources.kit_form import WhomForm, day_field
from hanse.growth.care.queries import days_ahead
from hanse.growth.kits.queries import kits_of
from hanse.growth.prompts.models import Prompt
from hanse.growth.prompts.queries import Leads, leads_of
from hanse.growth.prompts.rules import MOST_LEAD_DAYS
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program


def _text(label: Any, limit: int, rows: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget, help_text=help_text)


def _lead(name: str) -> forms.IntegerField:
    return forms.IntegerField(label=name, min_value=0, max_value=MOST_LEAD_DAYS, required=False)


class PromptForm(WhomForm):
    """A prompt: what is worth a post, when, for whom, how early."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=(
        ("launch", gettext_lazy("Launch")), ("season", gettext_lazy("Season")), ("theme", gettext_lazy("Theme")),
    ))  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    hook = forms.CharField(
        label=gettext_lazy("Hook"), max_length=300, help_text=gettext_lazy("One sentence that a reader would stop at")
    )
    why_now = _text(gettext_lazy("Why now"), 2000, 2)
    how = _text(gettext_lazy("How"), 4000, 3)
    sample = _text(
        gettext_lazy("Sample"), 4000, 4,
        gettext_lazy("{link}, {code}, {name}, {shop}, {until} and {ad} become the partner’s own"),
    )  # fmt: skip
    on = day_field(gettext_lazy("Day, or first day"), required=True)
    ends_on = day_field(gettext_lazy("Last day"))
    deadline_on = day_field(gettext_lazy("Deadline"), help_text=gettext_lazy("The last day on which a post helps"))
    offer = forms.ChoiceField(label=gettext_lazy("The link leads to"), required=False)
    kit = forms.ChoiceField(label=gettext_lazy("Kit"), required=False)
    day = forms.ChoiceField(
        label=gettext_lazy("Keeps our word about"), required=False,
        help_text=gettext_lazy("A day of which upper tiers were promised word: kept when they see this"),
    )  # fmt: skip
    tells_by_mail = forms.BooleanField(
        label=gettext_lazy("Write to partners on the day that they may see it"), required=False
    )

    def __init__(self, program: Program, *args: Any, row: Prompt | None = None, **kwargs: Any) -> None:
        super().__init__(program, *args, **kwargs)
        self.leads = leads_of(program.pk)
        offers = Offer.objects.filter(program=program, archived_at=None).order_by("created_at", "id")
        self.offers = {str(one.pk): one for one in offers}
        self.kits = {str(one.pk): one for one in kits_of(program.pk).filter(withdrawn_at=None)}
        today = local_day(clock.now(), program.time_zone)
        self.days = {str(one.pk): one for one in days_ahead(program.pk, today)}
        if row is not None and row.kit is not None:
            self.kits.setdefault(str(row.kit_id), row.kit)
        if row is not None and row.day is not None:
            self.days.setdefault(str(row.day_id), row.day)
        self.choose("offer", [("", _("nowhere")), *((pk, one.name) for pk, one in self.offers.items())])
        self.choose("kit", [("", _("none")), *((pk, one.name) for pk, one in self.kits.items())])
        shown = ((pk, f"{one.name}, {one.on:%Y-%m-%d}") for pk, one in self.days.items())
        self.choose("day", [("", _("no promise")), *shown])
        for key, name in self.leads.names.items():
            field = _lead(name)
            field.help_text = _("%(n)d days as a rule") % {"n": self.leads.days[key]}
            self.fields[f"lead-{key}"] = field

    @property
    def lead_fields(self) -> list[Any]:
        """The days ahead by tier, the highest first."""
        return [self[f"lead-{key}"] for key in self.leads.names]

    def said(self) -> dict[str, Any]:
        """Return what the verb takes."""
        data = self.cleaned_data
        names = ("kind", "title", "hook", "why_now", "how", "sample", "tiers", "types", "language", "on", "ends_on",
                 "deadline_on", "tells_by_mail")  # fmt: skip
        leads = {key: data[f"lead-{key}"] for key in self.leads.names if data[f"lead-{key}"] is not None}
        return {name: data[name] for name in names} | {
            "offer": self.offers.get(data["offer"]), "kit": self.kits.get(data["kit"]),
            "day": self.days.get(data["day"]), "leads": leads,
        }  # fmt: skip


def given(row: Prompt) -> dict[str, Any]:
    """Return what a form of a known prompt begins with."""
    names = ("kind", "title", "hook", "why_now", "how", "sample", "tiers", "types", "language", "on", "ends_on",
             "deadline_on", "tells_by_mail")  # fmt: skip
    ids = {"offer": row.offer_id, "kit": row.kit_id, "day": row.day_id}
    return (
        {name: getattr(row, name) for name in names}
        | {name: str(pk) if pk else "" for name, pk in ids.items()}
        | {f"lead-{key}": days for key, days in row.leads.items()}
    )


class LeadsForm(PlainForm):
    """How many days ahead each tier hears of what comes."""

    def __init__(self, leads: Leads, *args: Any, **kwargs: Any) -> None:
        initial = {f"tier-{key}": days for key, days in leads.days.items()}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        self.names: Mapping[str, str] = leads.names
        for key, name in leads.names.items():
            self.fields[f"tier-{key}"] = forms.IntegerField(label=name, min_value=0, max_value=MOST_LEAD_DAYS)

    def said(self) -> dict[str, int]:
        """Return the days by a tier's key."""
        return {key: self.cleaned_data[f"tier-{key}"] for key in self.names}
