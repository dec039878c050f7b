"""The form of a link: where it leads, for whom elsewhere, and how visitors are split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.console.forms import PlainForm
from hanse.kernel.errors import HanseError, Invalid, Refused
from hanse.kernel.routes import DEVICES, MAX_ARMS, MAX_RULES
from hanse.traffic.links.models import Link

_MOMENT = "%Y-%m-%dT%H:%M"


class LinkFields(PlainForm):
    """What every link has."""

    destination_url = forms.CharField(
        label=gettext_lazy("Leads to"), max_length=1000, required=False, widget=forms.URLInput(),
        help_text=gettext_lazy("A page on the offer’s hosts. Empty: where the offer leads."),
    )  # fmt: skip
    label = forms.CharField(label=gettext_lazy("Label"), max_length=120, required=False)
    initiative = forms.CharField(
        label=gettext_lazy("Initiative"), max_length=80, required=False,
        help_text=gettext_lazy("A name that reports add clicks up by, like spring-sale."),
    )  # fmt: skip
    expires_at = forms.DateTimeField(
        label=gettext_lazy("Stops working"), required=False, input_formats=[_MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        help_text=gettext_lazy("Empty: never. Visitors then go to the program’s fallback page."),
    )  # fmt: skip


class LinkForm(LinkFields):
    """A link with its routes: some rows for rules and arms, two of each empty."""

    def __init__(self, link: Link, data: Mapping[str, Any] | None) -> None:
        self.rules: list[dict[str, Any]] = list(link.routes.get("rules", ()))
        self.arms: list[dict[str, Any]] = list(link.routes.get("split", ()))
        known: dict[str, Any] = {
            "destination_url": link.destination_url, "label": link.label, "initiative": link.initiative,
            "expires_at": link.expires_at,
        }  # fmt: skip
        super().__init__(data, initial=known)
        self.fields["destination_url"].required = True
        self.fields["destination_url"].help_text = ""
        self._rows = {"rules": min(MAX_RULES, len(self.rules) + 2), "split": min(MAX_ARMS, max(3, len(self.arms) + 1))}
        self._places: dict[str, list[int]] = {"rules": [], "split": []}
        for place in range(self._rows["rules"]):
            self._add_rule(place, self.rules[place] if place < len(self.rules) else {})
        for place in range(self._rows["split"]):
            self._add_arm(place, self.arms[place] if place < len(self.arms) else {})

    def rule_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each rule."""
        return self._bound("rules", "rule", ("countries", "devices", "to"))

    def arm_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each arm."""
        return self._bound("split", "arm", ("name", "weight", "to"))

    def routes(self) -> dict[str, Any]:
        """Return the routes that were typed; rows left empty are none."""
        said = self.cleaned_data
        rules, arms = list[dict[str, Any]](), list[dict[str, Any]]()
        for place in range(self._rows["rules"]):
            countries, devices = said[f"rule_{place}_countries"], said[f"rule_{place}_devices"].split()
            address = said[f"rule_{place}_to"]
            if countries or devices or address:
                self._places["rules"].append(place)
                listed = countries.replace(",", " ").upper().split()
                rules.append({"countries": listed, "devices": devices, "to": address})
        for place in range(self._rows["split"]):
            name, weight, address = (said[f"arm_{place}_{part}"] for part in ("name", "weight", "to"))
            if name or weight is not None or address:
                self._places["split"].append(place)
                arms.append({"name": name, "weight": weight or 0, "to": address})
        return {"rules": rules, "split": arms}

    def show(self, error: HanseError) -> None:
        """Write each problem at its field: /routes/rules/0/to at the address of the first rule that was typed."""
        if not isinstance(error, Invalid):
            self.add_error(None, error.message if isinstance(error, Refused) else str(error))
            return
        for problem in error.problems:
            self.add_error(self._field_of(problem.pointer.strip("/").split("/")), problem.message)

    def _field_of(self, parts: list[str]) -> str | None:
        if parts[0] != "routes":
            return parts[0] if parts[0] in self.fields else None
        if len(parts) < 3 or parts[1] not in self._places:
            return "arm_0_name" if parts[1:2] == ["split"] else None
        place = self._places[parts[1]][int(parts[2])]
        prefix, usual = ("rule", "countries") if parts[1] == "rules" else ("arm", "name")
        name = f"{prefix}_{place}_{parts[3] if len(parts) > 3 else usual}"
        return name if name in self.fields else f"{prefix}_{place}_{usual}"

    def _add_rule(self, place: int, rule: Mapping[str, Any]) -> None:
        devices = " ".join(rule.get("devices", ()))
        options = {"": _("Any device"), **{device: device_word(device) for device in DEVICES}}
        options.setdefault(devices, ", ".join(map(device_word, devices.split())))
        self.fields[f"rule_{place}_countries"] = forms.CharField(
            label=_("Countries"), required=False, max_length=1000, initial=", ".join(rule.get("countries", ())),
            widget=forms.TextInput(attrs={"placeholder": "DE, AT"}),
        )  # fmt: skip
        self.fields[f"rule_{place}_devices"] = forms.ChoiceField(
            label=_("Device"), required=False, initial=devices, choices=list(options.items())
        )
        self.fields[f"rule_{place}_to"] = forms.CharField(
            label=_("Lead to"), required=False, max_length=1000, initial=rule.get("to", ""), widget=forms.URLInput()
        )

    def _add_arm(self, place: int, arm: Mapping[str, Any]) -> None:
        self.fields[f"arm_{place}_name"] = forms.CharField(
            label=_("Name"), required=False, max_length=40, initial=arm.get("name", "")
        )
        self.fields[f"arm_{place}_weight"] = forms.IntegerField(
            label=_("Weight"), required=False, initial=arm.get("weight"), widget=forms.NumberInput(attrs={"min": 0})
        )
        self.fields[f"arm_{place}_to"] = forms.CharField(
            label=_("Lead to"), required=False, max_length=1000, initial=arm.get("to", ""), widget=forms.URLInput()
        )

    def _bound(self, kind: str, prefix: str, parts: tuple[str, ...]) -> list[list[forms.BoundField]]:
        return [[self[f"{prefix}_{place}_{part}"] for part in parts] for place in range(self._rows[kind])]


def device_word(device: str) -> str:
    """Return how a device is called."""
    words = {"phone": _("Phone"), "tablet": _("Tablet"), "desktop": _("Computer"), "other": _("Other devices")}
    return words.get(device, device)
