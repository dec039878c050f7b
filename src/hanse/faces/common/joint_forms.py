"""Forms of joint projects: a proposal with its costs, and what shows that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.joint_words import KINDS, amount_problem, cost_field
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.types import CostLine, ProjectFields, Side
from hanse.kernel.errors import Invalid
from hanse.kernel.money import PPM, decimal_text, parse_amount_minor, parse_rate_ppm, rate_text

ROWS = 4
MOST_ROWS = 20


class ProposalForm(forms.Form):
    """What is done together, on which day, what it costs and whose share is how much.

    Shares are typed as the reader's own: ours in the console, the partner's in the portal.
    """

    use_required_attribute = False
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS, label_suffix="")
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, label_suffix="")
    text = forms.CharField(
        label=gettext_lazy("The idea in a few sentences"), max_length=4000, required=False, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    happens_on = forms.DateField(
        label=gettext_lazy("Day"), label_suffix="", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    cost_share = forms.CharField(max_length=12, initial="50%", label_suffix="")
    leads_share = forms.CharField(max_length=12, initial="50%", label_suffix="")

    def __init__(
        self, side: Side, currency: str, data: Any = None, *, before: JointProject | None = None, auto_id: str = "id_%s"
    ) -> None:
        self.side, self.currency = side, currency
        super().__init__(data, initial=_initial(before, side) if before else None, auto_id=auto_id)
        ours = side == "us"
        self.fields["cost_share"].label = _("Our share of the costs") if ours else _("Your share of the costs")
        self.fields["leads_share"].label = _("Our share of the leads") if ours else _("Your share of the leads")
        self.cost_errors: list[str] = []
        self.rows = _typed_rows(data) if data is not None else _known_rows(before, currency)

    def clean(self) -> dict[str, Any]:
        """Read shares and costs. What is no share or amount is told beside it."""
        said: dict[str, Any] = super().clean() or {}
        for name in ("cost_share", "leads_share"):
            try:
                share = parse_rate_ppm(str(said.get(name, "")) or "-")
            except Invalid:
                share = PPM + 1
            if share > PPM and name in said:
                self.add_error(name, _("A share is a percentage from 0% to 100%."))
            said[name] = PPM - share if self.side == "partner" else share
        said["costs"] = self._costs()
        if self.cost_errors:
            self.add_error(None, " ".join(self.cost_errors))
        return said

    def said(self) -> ProjectFields:
        """Return what the verb takes. Call on a valid form."""
        data = self.cleaned_data
        return {
            "kind": data["kind"], "title": data["title"], "text": data["text"], "happens_on": data["happens_on"],
            "our_cost_ppm": data["cost_share"], "our_leads_ppm": data["leads_share"], "costs": data["costs"],
        }  # fmt: skip

    def _costs(self) -> list[CostLine]:
        found: list[CostLine] = []
        for name, amount, paid_by in self.rows:
            if not name and not amount:
                continue
            try:
                found.append({
                    "name": name, "planned_minor": parse_amount_minor(amount or "-", self.currency), "paid_by": paid_by,
                })  # fmt: skip
            except Invalid:
                self.cost_errors.append(amount_problem(name or amount))
        return found


class ProofForm(forms.Form):
    """What shows that it was done: an address, a file, a number, or several of them."""

    use_required_attribute = False
    link = forms.CharField(
        label=gettext_lazy("Link to it"), max_length=500, required=False, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("File"), required=False, label_suffix="", allow_empty_file=True)
    number = forms.IntegerField(label=gettext_lazy("Number"), required=False, min_value=0, label_suffix="")
    unit = forms.CharField(
        label=gettext_lazy("of what"), max_length=40, required=False, label_suffix="",
        help_text=gettext_lazy("readers, guests, downloads"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


def typed_costs(project: JointProject, data: Any, *, side: Side) -> tuple[dict[Any, int], list[str]]:
    """Return what was typed for a project's costs, in minor units, and what could not be read. Empty fields say
    nothing; a partner's fields are those of what they laid out."""
    found: dict[Any, int] = {}
    problems = []
    for cost in project.costs.all():
        text = str(data.get(cost_field(cost.pk), "")).strip()
        if not text or (side == "partner" and cost.paid_by != "partner"):
            continue
        try:
            found[cost.pk] = parse_amount_minor(text, project.currency)
        except Invalid:
            problems.append(amount_problem(cost.name))
    return found, problems


def _initial(row: JointProject, side: Side) -> dict[str, Any]:
    ours = side == "us"
    return {
        "kind": row.kind, "title": row.title, "text": row.text, "happens_on": row.happens_on,
        "cost_share": rate_text(row.our_cost_ppm if ours else PPM - row.our_cost_ppm),
        "leads_share": rate_text(row.our_leads_ppm if ours else PPM - row.our_leads_ppm),
    }  # fmt: skip


def _known_rows(row: JointProject | None, currency: str) -> Sequence[tuple[str, str, str]]:
    known = [
        (cost.name, decimal_text(cost.planned_minor, currency), cost.paid_by)
        for cost in (sorted(row.costs.all(), key=lambda one: one.position) if row else ())
    ]
    return known + [("", "", "us")] * min(max(1, ROWS - len(known)), MOST_ROWS - len(known))


def _typed_rows(data: Any) -> Sequence[tuple[str, str, str]]:
    names, amounts, payers = (data.getlist(f"cost_{part}") for part in ("name", "amount", "by"))
    rows = [
        (str(name).strip(), str(amount).strip(), str(payer))
        for name, amount, payer in zip(names, amounts, payers, strict=False)
    ]
    return rows[: MOST_ROWS + 1]
