"""Verbs of attribution policies: versions of how a program decides whose a conversion is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.kernel.ids import new_id
from hanse.kernel.money import PPM
from hanse.programs.programs import rules
from hanse.programs.programs.models import AttributionPolicy, Program
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks

_SWITCHES = ("lifetime", "new_customers_only")
_NUMBERS = {
    "window_days": (1, 3650), "half_life_days": (1, 3650), "stand_down_minutes": (0, 1440),
    "takeover_seconds": (0, 3600), "protection_days": (1, 3650),
}  # fmt: skip


class PolicyFields(TypedDict, total=False):
    """What may be said of a policy. `windows` gives single kinds of evidence their own days, None: any number."""

    window_days: int
    model: str
    order: Sequence[str]
    self_referral: str
    half_life_days: int
    windows: Mapping[str, int | None]
    lifetime: bool
    new_customers_only: bool
    own_signals: Sequence[str]
    stand_down_minutes: int
    takeover_seconds: int
    introducer_ppm: int
    protection_days: int


POLICY_FIELDS = tuple(PolicyFields.__annotations__)


def change_policy(program: Program, *, now: datetime, by: str, **given: Unpack[PolicyFields]) -> AttributionPolicy:
    """Put a new version of the policy in force; what is not given (or None) stays as it was. Raises Invalid.

    An order may name the first levels only: the others follow in their usual order.
    Nothing changed: no new version. Conversions already decided under an older version keep it once they are frozen.
    """
    newest = Program.objects.select_for_update().get(pk=program.pk).policies.order_by("-number").first()
    standing = newest or AttributionPolicy(order=list(rules.DEFAULT_ORDER))
    before = {field: getattr(standing, field) for field in POLICY_FIELDS}
    before["order"] = before["order"] or list(rules.DEFAULT_ORDER)
    values = _checked({**before, **{field: value for field, value in given.items() if value is not None}})
    if newest is not None and values == before:
        return newest
    number = (AttributionPolicy.objects.filter(program=program).aggregate(last=Max("number"))["last"] or 0) + 1
    policy = AttributionPolicy(
        id=new_id(now), program=program, number=number, created_at=now, created_by=by[:200], **values
    )
    policy.save(force_insert=True)
    record_change(
        actor=by, verb="change_policy", subject_kind="program", subject_id=program.pk,
        before=before if newest else {}, after=values | {"number": number}, now=now,
    )  # fmt: skip
    return policy


def _checked(values: Mapping[str, object]) -> dict[str, object]:
    checks = Checks()
    checked: dict[str, object] = {
        field: checks.whole_number(field, values[field], low, high) for field, (low, high) in _NUMBERS.items()
    }
    checked |= {field: bool(values[field]) for field in _SWITCHES}
    checked |= {
        "introducer_ppm": checks.whole_number("introducer_ppm", values["introducer_ppm"], 0, PPM - 1),
        "model": checks.one_of("model", str(values["model"]), rules.MODELS),
        "order": _order(checks, values["order"]),
        "self_referral": checks.one_of("self_referral", str(values["self_referral"]), rules.SELF_REFERRAL),
        "windows": _windows(checks, values["windows"]),
        "own_signals": _signals(checks, values["own_signals"]),
    }
    checks.done()
    return {field: checked[field] for field in POLICY_FIELDS}


def _order(checks: Checks, order: object) -> list[str]:
    kinds = [str(kind) for kind in order] if isinstance(order, Sequence) else []
    for kind in kinds:
        checks.one_of("order", kind, rules.EVIDENCE_KINDS)
    if not kinds or len(set(kinds)) < len(kinds):
        checks.refuse("order", _("Name each kind of evidence at most once, and at least one."), "not_an_option")
    return [*kinds, *(kind for kind in rules.EVIDENCE_KINDS if kind not in kinds)]


def _windows(checks: Checks, windows: object) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for kind, days in windows.items() if isinstance(windows, Mapping) else ():
        checks.one_of("windows", str(kind), rules.EVIDENCE_KINDS)
        found[str(kind)] = None if days is None else checks.whole_number("windows", days, 0, 3650)
    return dict(sorted(found.items()))


def _signals(checks: Checks, signals: object) -> list[str]:
    named = [str(signal) for signal in signals] if isinstance(signals, Sequence) else []
    for signal in named:
        checks.one_of("own_signals", signal, rules.OWN_SIGNALS)
    return [signal for signal in rules.OWN_SIGNALS if signal in named]
