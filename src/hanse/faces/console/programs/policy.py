"""The attribution policy: every setting with a plain sentence, and the order of evidence as a table of places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import console, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.programs.common import program_of
from hanse.faces.console.programs.words import LEVELS, MODELS, OWN_SIGNALS, SELF_REFERRAL
from hanse.kernel import clock
from hanse.programs.programs.actions import change_policy
from hanse.programs.programs.models import AttributionPolicy
from hanse.programs.programs.queries import policy_of
from hanse.programs.programs.rules import EVIDENCE_KINDS

_PPM_OF_PERCENT = 10_000
_PLAIN = (
    "window_days", "model", "half_life_days", "self_referral", "lifetime", "new_customers_only", "stand_down_minutes",
    "takeover_seconds", "protection_days",
)  # fmt: skip
_NAMES = {"introducer_ppm": "introducer_percent", "order": "place_click", "windows": "window_click"}


class PolicyForm(PlainForm):
    """How the program decides whose a conversion is. Places and own windows come one field for each level."""

    window_days = forms.IntegerField(
        label=gettext_lazy("A click counts for, in days"), min_value=1, max_value=3650,
        help_text=gettext_lazy(
            "24-hour days, to the second. With 30, a click of 1 June, 12:00 still counts for an order of 1 July, 12:00."
        ),
    )  # fmt: skip
    model = forms.ChoiceField(
        label=gettext_lazy("Among several clicks, pay"), choices=list(MODELS.items()),
        help_text=gettext_lazy(
            "Ana's click on Monday, Ben's on Friday, the order on Saturday: “the last click” pays Ben, “every click "
            "the same” pays each a half."
        ),
    )  # fmt: skip
    half_life_days = forms.IntegerField(
        label=gettext_lazy("A click's weight halves every, in days"), min_value=1, max_value=3650, required=False,
        help_text=gettext_lazy(
            "Only where later clicks weigh more. With 7, a click a week before the order weighs half of one on its day."
        ),
    )  # fmt: skip
    lifetime = forms.BooleanField(
        label=gettext_lazy("Whoever brought a customer earns from all their later orders, too"), required=False,
        help_text=gettext_lazy("Without it only from renewals. A newer click of another partner still wins."),
    )  # fmt: skip
    new_customers_only = forms.BooleanField(
        label=gettext_lazy("Pay for new customers only"), required=False,
        help_text=gettext_lazy(
            "Orders of customers who bought before, or stand on your list, credit nobody; renewals go on with their "
            "partner."
        ),
    )  # fmt: skip
    self_referral = forms.ChoiceField(
        label=gettext_lazy("A partner's own order"), choices=list(SELF_REFERRAL.items()),
        help_text=gettext_lazy("Ana buys with her own code: choose what that does."),
    )  # fmt: skip
    own_signals = forms.MultipleChoiceField(
        label=gettext_lazy("An own order is told by"), choices=list(OWN_SIGNALS.items()), required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    stand_down_minutes = forms.IntegerField(
        label=gettext_lazy("Browser extensions stand down for, in minutes"), min_value=0, max_value=1440,
        help_text=gettext_lazy(
            "An extension's click this soon after another partner's valid click does not count. 0 switches it off."
        ),
    )  # fmt: skip
    takeover_seconds = forms.IntegerField(
        label=gettext_lazy("A click waits for a person when it comes before the order by less than, in seconds"),
        min_value=0, max_value=3600,
        help_text=gettext_lazy(
            "Only after another partner's touch. The credit stands, its commission is held with a case. 0: never."
        ),
    )  # fmt: skip
    introducer_percent = forms.IntegerField(
        label=gettext_lazy("Part of the partner who came first, in percent"), min_value=0, max_value=99,
        help_text=gettext_lazy(
            "With 30, the partner of the first touch gets 30% where another one wins the order. 0: winners get all."
        ),
    )  # fmt: skip
    protection_days = forms.IntegerField(
        label=gettext_lazy("An approved deal is protected for, in days"), min_value=1, max_value=3650,
        help_text=gettext_lazy(
            "The days count from your approval; orders since the registration are protected, too. Until you decide it "
            "is an open deal."
        ),
    )  # fmt: skip

    def __init__(self, policy: AttributionPolicy, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = _known(policy)
        super().__init__(*args, **kwargs)
        for level in EVIDENCE_KINDS:
            self.fields[f"place_{level}"] = forms.IntegerField(
                label=_("Place"), min_value=1, max_value=len(EVIDENCE_KINDS), widget=_narrow()
            )
            self.fields[f"window_{level}"] = forms.IntegerField(
                label=_("Days"), min_value=0, max_value=3650, required=False, widget=_narrow()
            )

    def levels(self) -> list[tuple[object, object, forms.BoundField, forms.BoundField]]:
        """Return the rows of the table: name, what it is, and the two fields."""
        placed = sorted(EVIDENCE_KINDS, key=lambda level: int(self[f"place_{level}"].value() or 99))
        return [(*LEVELS[level], self[f"place_{level}"], self[f"window_{level}"]) for level in placed]

    def settings(self, policy: AttributionPolicy) -> dict[str, Any]:
        """Return what was said as the verb takes it; windows without any limit, which the form cannot say, stay."""
        said = self.cleaned_data
        order = sorted(EVIDENCE_KINDS, key=lambda level: (said[f"place_{level}"], EVIDENCE_KINDS.index(level)))
        unlimited = {kind: None for kind, days in policy.windows.items() if days is None}
        windows = {level: said[f"window_{level}"] for level in EVIDENCE_KINDS if said[f"window_{level}"] is not None}
        return {
            **{name: said[name] for name in _PLAIN}, "order": order, "windows": unlimited | windows,
            "own_signals": said["own_signals"], "introducer_ppm": said["introducer_percent"] * _PPM_OF_PERCENT,
        }  # fmt: skip


def _narrow() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "form-control", "size": 4})


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """Put another version of the attribution policy in force."""
    program = program_of(request, slug)
    now_in_force = policy_of(program.pk)
    form = PolicyForm(now_in_force, _filled(request.POST, now_in_force) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        settings = form.settings(now_in_force)
        made = attempt(
            form, lambda: change_policy(program, **settings, now=clock.now(), by=actor(request)), names=_NAMES
        )
        if made:
            tell(request, _("Version %(number)d decides from now on.") % {"number": made.number})
            return HttpResponseRedirect(reverse("console:program", args=[program.slug]), status=303)
    context = {"program": program, "form": form, "policy": now_in_force, "levels": form.levels()}
    return console(request, "console/programs/policy.html", "programs", context, status=422 if form.errors else 200)


def _known(policy: AttributionPolicy) -> dict[str, Any]:
    order = [*policy.order, *(level for level in EVIDENCE_KINDS if level not in policy.order)]
    return {
        **{name: getattr(policy, name) for name in _PLAIN}, "own_signals": policy.own_signals,
        "introducer_percent": policy.introducer_ppm // _PPM_OF_PERCENT,
        **{f"place_{level}": place for place, level in enumerate(order, 1)},
        **{f"window_{level}": policy.windows.get(level) for level in EVIDENCE_KINDS},
    }  # fmt: skip


def _filled(sent: Any, policy: AttributionPolicy) -> Any:
    """Complete what was sent with what is in force: numbers that a short form leaves out stay as they are."""
    filled = sent.copy()
    known: Mapping[str, Any] = _known(policy)
    for name, value in known.items():
        if name not in sent and isinstance(value, int) and not isinstance(value, bool):
            filled[name] = value
    return filled
