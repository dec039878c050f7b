"""Sample values of the whole context: a letter is filled with them once before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hanse.growth.templates.context import ABOUT, ABOUT_GROUPS, FACT, VARIABLES, Variable


def sample_values() -> dict[str, object]:
    """Return every variable with its sample, lists with two entries."""
    found: dict[str, object] = {}
    for name, variable in VARIABLES.items():
        _put(found, name, variable)
    return found | {group: dict(values) for group, values in sample_about(ABOUT_GROUPS).items()}


def sample_about(groups: Iterable[str]) -> dict[str, dict[str, object]]:
    """Return samples of what letters of some occasions are about."""
    found: dict[str, object] = {}
    wanted = set(groups)
    for name, variable in ABOUT.items():
        if name.partition(".")[0] in wanted:
            _put(found, name, variable)
    return {group: dict(values) for group, values in found.items() if isinstance(values, Mapping)}


def sample_facts(kinds: Iterable[str]) -> list[Mapping[str, object]]:
    """Return a fact of each kind."""
    shown = {name.partition(".")[2]: variable.sample for name, variable in FACT.items()}
    return [{**shown, "kind": kind} for kind in sorted(kinds)]


def _put(found: dict[str, object], name: str, variable: Variable) -> None:
    value: object = variable.sample
    if variable.items is not None:
        entry = {item: each.sample for item, each in variable.items.items()}
        value = [entry, dict(entry)]
    group, dot, rest = name.partition(".")
    if not dot:
        found[group] = value
        return
    inner = found.setdefault(group, {})
    assert isinstance(inner, dict)
    inner[rest] = value
