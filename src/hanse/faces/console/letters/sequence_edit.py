"""Writing a sequence: what begins it, whom it means, its letters with their waits, what ends it, how it is measured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.letters.sequences import found
from hanse.faces.console.letters.words import action_names, stop_names, trigger_names
from hanse.faces.console.messages.frame import messages_page
from hanse.growth.audiences.queries import audiences_of
from hanse.growth.sequences.actions import keep_sequence
from hanse.growth.sequences.models import Sequence
from hanse.growth.sequences.queries import steps_of
from hanse.growth.sequences.types import AGAIN_DAYS, OFTEN
from hanse.growth.templates.queries import messages_of
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

ROWS = 6
_PARTS = (0, 100_000, 200_000, 300_000, 500_000)
_NEEDS = {
    "enrolled_for": ("days",), "sales": ("count",), "season": ("month", "day"), "tier_up": ("name",),
    "tier_down": ("name",), "silent": ("name",), "fact": ("name",),
}  # fmt: skip


class SequenceForm(PlainForm):
    """A sequence as typed; the letters stand in numbered rows."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, label_suffix="")
    kind = forms.ChoiceField(label=gettext_lazy("It begins when"), label_suffix="")
    trigger_name = forms.CharField(
        label=gettext_lazy("Which one"), max_length=40, required=False, label_suffix="",
        help_text=gettext_lazy("The key of a tier, a cause of silence or a kind of fact; empty: any"),
    )  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, required=False, label_suffix="")
    count = forms.IntegerField(label=gettext_lazy("Number of sales"), min_value=2, required=False, label_suffix="")
    again_days = forms.IntegerField(
        label=gettext_lazy("Again after days"), min_value=0, max_value=730, initial=30, required=False, label_suffix="",
        help_text=gettext_lazy("For what happens often; 0: each time"),
    )  # fmt: skip
    month = forms.IntegerField(label=gettext_lazy("Month"), min_value=1, max_value=12, required=False, label_suffix="")
    day = forms.IntegerField(label=gettext_lazy("Day"), min_value=1, max_value=31, required=False, label_suffix="")
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), required=False, label_suffix="")
    stop_when = forms.MultipleChoiceField(
        label=gettext_lazy("It stops at once after"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label_suffix="",
    )
    action = forms.ChoiceField(label=gettext_lazy("What it is for"), required=False, label_suffix="")
    action_days = forms.IntegerField(
        label=gettext_lazy("Within days"), min_value=1, max_value=90, initial=14, label_suffix=""
    )
    holdout_ppm = forms.TypedChoiceField(
        label=gettext_lazy("Who gets nothing, for comparison"), coerce=int, required=False, empty_value=None,
        label_suffix="",
        help_text=gettext_lazy("Drawn once and for ever; nobody of the strategic track."),
    )  # fmt: skip

    def __init__(self, *args: Any, program: Program, row: Sequence | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = row.condition if row else None
        self.steps = steps_of([row.pk]) if row else []
        self.numbers = range(1, max(ROWS, len(self.steps)) + 1)
        letters = [(str(row.pk), row.name) for row in messages_of(program.pk)]
        self.conditions = {str(row.pk): row.condition for row in audiences_of(program.pk)}
        audiences = [("", _("Everybody it happens to")), *((str(one.pk), one.name) for one in audiences_of(program.pk))]
        if own is not None and own not in self.conditions.values():
            self.conditions["own"] = own
            audiences.append(("own", _("As it is: an own condition")))
        known = sorted({*_PARTS, row.holdout_ppm if row else 0})  # the API takes others too
        parts = [(part, _("Nobody") if not part else f"{part / 10_000:g} %") for part in known]
        self._choose("kind", list(trigger_names().items()))
        self._choose("audience", audiences)
        self._choose("stop_when", list(stop_names().items()))
        self._choose("action", [("", _("Nothing that can be counted")), *action_names().items()])
        self._choose("holdout_ppm", parts)
        for number in self.numbers:
            self.fields[f"letter{number}"] = forms.ChoiceField(
                label=_("Letter %d") % number, choices=[("", "…"), *letters], required=False, label_suffix=""
            )
            self.fields[f"wait{number}"] = forms.IntegerField(
                label=_("Days after the one before"), min_value=0, max_value=365, required=False, initial=0,
                label_suffix="",
            )  # fmt: skip

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def rows(self) -> list[tuple[int, Any, Any]]:
        """Return the rows of letters."""
        return [(row, self[f"letter{row}"], self[f"wait{row}"]) for row in self.numbers]

    def _condition(self, row: int, letter: str) -> object:
        """Return the condition of a letter: the API sets it, here it stays with its letter."""
        same = [step for step in self.steps if str(step.message_id) == letter]
        return min(same, key=lambda step: abs(step.position + 1 - row)).condition if same else None

    def said(self) -> dict[str, Any]:
        """Return what the verb takes."""
        data = self.cleaned_data
        trigger: dict[str, object] = {"kind": data["kind"]}
        for need in _NEEDS.get(data["kind"], ()):
            trigger[need] = data["trigger_name"] if need == "name" else data[need]
        if data["kind"] in OFTEN:
            trigger["again_days"] = data["again_days"] or 0
        steps = [
            {
                "message": data[f"letter{row}"], "wait_days": data[f"wait{row}"] or 0,
                "condition": self._condition(row, data[f"letter{row}"]),
            }
            for row in self.numbers
            if data[f"letter{row}"]
        ]  # fmt: skip
        return {
            "name": data["name"], "trigger": trigger, "steps": steps, "stop_when": data["stop_when"],
            "condition": self.conditions.get(data["audience"]), "holdout_ppm": data["holdout_ppm"] or 0,
            "action": data["action"], "action_days": data["action_days"],
        }  # fmt: skip


@console_page()
@writes
@needs_program
def sequence_new(request: HttpRequest, program: Program) -> HttpResponse:
    """Write a new sequence."""
    return _edit(request, program, None)


@console_page()
@writes
@needs_program
def sequence_edit(request: HttpRequest, program: Program, sequence_id: str) -> HttpResponse:
    """Change a sequence that does not run."""
    return _edit(request, program, found(program, sequence_id))


def _edit(request: HttpRequest, program: Program, row: Sequence | None) -> HttpResponse:
    form = SequenceForm(request.POST or None, program=program, row=row, initial=_initial(program, row))
    if request.method == "POST" and form.is_valid():
        kept = attempt(
            form,
            lambda: keep_sequence(program, now=clock.now(), by=actor(request), instead_of=row, **form.said()),
            {"trigger": "kind", "steps": "letter1", "condition": "audience"},
        )
        if kept is not None:
            tell(
                request, _("“%(name)s” is kept. Look what it would have sent, then switch it on.") % {"name": kept.name}
            )
            return HttpResponseRedirect(reverse("console:sequence", args=[text_id("seq", kept.pk)]))
    context = {
        "form": form, "sequence": row, "id": text_id("seq", row.pk) if row else "",
        "has_letters": messages_of(program.pk).exists(),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return messages_page(request, "console/letters/sequence_edit.html", "sequences", context, status=status)


def _initial(program: Program, row: Sequence | None) -> dict[str, object]:
    if row is None:
        return {"kind": "enrolled"}
    audience = next((str(one.pk) for one in audiences_of(program.pk) if one.condition == row.condition), "own")
    known = {
        "name": row.name, "kind": row.trigger.get("kind"), "trigger_name": row.trigger.get("name", ""),
        "audience": audience if row.condition is not None else "", "stop_when": row.stop_when, "action": row.action,
        "action_days": row.action_days, "holdout_ppm": row.holdout_ppm,
        "again_days": row.trigger.get("again_days", AGAIN_DAYS),
    } | {name: row.trigger.get(name) for name in ("days", "count", "month", "day")}  # fmt: skip
    for number, step in enumerate(steps_of([row.pk]), 1):
        known |= {f"letter{number}": str(step.message_id), f"wait{number}": step.wait_days}
    return known
