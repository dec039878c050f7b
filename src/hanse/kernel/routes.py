"""Routes of a link: other destinations by country and device, and a split of visitors over several. As JSON:

    {"rules": [{"countries": ["DE", "AT"], "devices": ["phone"], "to": "https://…"}],
     "split": [{"name": "a", "weight": 50}, {"name": "b", "weight": 50, "to": "https://…"}]}

The first rule that fits a visitor decides; an empty list fits everybody, an unknown country only an empty list. Else
the split decides, for one visitor always alike; an arm without `to` leads to the link's own destination. Hosts are
checked by those who know the offer (when saved) and by the edge (at each click).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.reading import unsound_text

DEVICES = ("phone", "tablet", "desktop", "other")
MAX_RULES, MAX_ARMS, MAX_WEIGHT, MAX_ARM_NAME, MAX_TO = 50, 20, 10_000, 40, 1000
_COUNTRY = re.compile(r"[A-Z]{2}")
_ARM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")


@dataclass(frozen=True, slots=True)
class Rule:
    """Visitors of these countries (none: all) with these devices (none: all) go to `to`."""

    countries: frozenset[str]
    devices: frozenset[str]
    to: str

    def fits(self, country: str, device: str) -> bool:
        """Say whether a visitor goes this way."""
        return (not self.countries or country in self.countries) and (not self.devices or device in self.devices)


@dataclass(frozen=True, slots=True)
class Arm:
    """A share of the visitors, `weight` of all weights together; `to` "" is the link's own destination."""

    name: str
    weight: int
    to: str


@dataclass(frozen=True, slots=True)
class Routes:
    """Where visitors of one link go instead of its destination."""

    rules: tuple[Rule, ...] = ()
    split: tuple[Arm, ...] = ()

    def choose(self, country: str, device: str, who: str) -> tuple[str, str]:
        """Return (address or "" for the link's own, arm's name or ""). The same `who` gets the same arm each time."""
        for rule in self.rules:
            if rule.fits(country, device):
                return rule.to, ""
        place = _share(who) * sum(arm.weight for arm in self.split) >> 64
        for arm in self.split:
            place -= arm.weight
            if place < 0:
                return arm.to, arm.name
        return "", ""

    def leading(self, change: Callable[[str], str]) -> Routes:
        """Return the same routes with each address changed."""
        rules = tuple(replace(rule, to=change(rule.to)) for rule in self.rules)
        return Routes(rules, tuple(replace(arm, to=arm.to and change(arm.to)) for arm in self.split))

    def addresses(self) -> list[tuple[str, str]]:
        """Return every address with the pointer to its place."""
        rules = [(f"/rules/{place}/to", rule.to) for place, rule in enumerate(self.rules)]
        return rules + [(f"/split/{place}/to", arm.to) for place, arm in enumerate(self.split) if arm.to]


def read_routes(value: object, pointer: str = "/routes") -> Routes:
    """Read routes from JSON values (None or {} are none). Raises Invalid with a pointer to every problem."""
    problems = _Problems(pointer)
    if value is None:
        return Routes()
    body = problems.mapping("", value, ("rules", "split"))
    rules = [
        _rule(problems, f"/rules/{place}", entry)
        for place, entry in enumerate(problems.list("/rules", body.get("rules"), MAX_RULES))
    ]
    arms = [
        _arm(problems, f"/split/{place}", entry)
        for place, entry in enumerate(problems.list("/split", body.get("split"), MAX_ARMS))
    ]
    names = [arm.name for arm in arms]
    if len(arms) == 1:
        problems.add("/split", "A split has at least two arms.", "too_short")
    for place, name in enumerate(names):
        if name in names[:place]:
            problems.add(f"/split/{place}/name", "Each arm has a name of its own.", "duplicate")
    if arms and not any(arm.weight for arm in arms):
        problems.add("/split", "At least one arm weighs more than 0.", "out_of_range")
    problems.done()
    return Routes(tuple(rules), tuple(arms))


def routes_object(routes: Routes) -> dict[str, Any]:
    """Return routes as the JSON values that `read_routes` takes; {} when there are none."""
    rules = [
        {"countries": sorted(rule.countries), "devices": sorted(rule.devices), "to": rule.to} for rule in routes.rules
    ]
    split = [{"name": arm.name, "weight": arm.weight, "to": arm.to} for arm in routes.split]
    return {name: value for name, value in (("rules", rules), ("split", split)) if value}


def routes_text(routes: Routes) -> str:
    """Return routes as the compact text that is stored; "" when there are none."""
    plain = routes_object(routes)
    return json.dumps(plain, separators=(",", ":")) if plain else ""


@lru_cache(maxsize=10_000)
def routes_of(text: str) -> Routes:
    """Return stored routes; none where the text is damaged: a visitor then goes to the link's own destination."""
    try:
        return read_routes(json.loads(text)) if text else Routes()
    except (ValueError, Invalid, RecursionError):
        return Routes()


def _share(who: str) -> int:
    """Return 64 evenly spread bits of a visitor."""
    return int.from_bytes(blake2s(who.encode("utf-8", "replace"), digest_size=8, person=b"split").digest(), "big")


def _rule(problems: _Problems, at: str, value: object) -> Rule:
    body = problems.mapping(at, value, ("countries", "devices", "to"))
    countries = problems.texts(f"{at}/countries", body.get("countries"))
    devices = problems.texts(f"{at}/devices", body.get("devices"))
    for place, country in enumerate(countries):
        if not _COUNTRY.fullmatch(country):
            problems.add(f"{at}/countries/{place}", "A country is two capital letters, like DE.", "bad_country")
    for place, device in enumerate(devices):
        if device not in DEVICES:
            problems.add(f"{at}/devices/{place}", f"A device is one of {', '.join(DEVICES)}.", "not_an_option")
    if not countries and not devices:
        problems.add(at, "A rule names at least one country or device.", "required")
    return Rule(frozenset(countries), frozenset(devices), problems.address(f"{at}/to", body.get("to"), required=True))


def _arm(problems: _Problems, at: str, value: object) -> Arm:
    body = problems.mapping(at, value, ("name", "weight", "to"))
    name, weight = body.get("name"), body.get("weight")
    if not isinstance(name, str) or len(name) > MAX_ARM_NAME or not _ARM_NAME.fullmatch(name):
        message = (
            f"A name of at most {MAX_ARM_NAME} letters, digits, blanks and . _ -, beginning with one of the first."
        )
        problems.add(f"{at}/name", message, "bad_name")
        name = ""
    if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= MAX_WEIGHT:
        problems.add(f"{at}/weight", f"A whole number from 0 to {MAX_WEIGHT}.", "out_of_range")
        weight = 0
    return Arm(name, weight, problems.address(f"{at}/to", body.get("to"), required=False))


class _Problems:
    """Gathers what is wrong, each with its place."""

    def __init__(self, pointer: str) -> None:
        self._pointer = pointer
        self._found: list[Problem] = []

    def add(self, at: str, message: str, code: str) -> None:
        self._found.append(Problem(f"{self._pointer}{at}", message, code))

    def done(self) -> None:
        if self._found:
            raise Invalid(self._found)

    def mapping(self, at: str, value: object, names: Sequence[str]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.add(at, "An object is expected here.", "wrong_type")
            return {}
        for name in value:
            if name not in names:
                shown = str(name)[:40].encode("ascii", "backslashreplace").decode()
                self.add(at, f"“{shown}” is not known here; known are {', '.join(names)}.", "unknown_field")
        return value

    def list(self, at: str, value: object, limit: int) -> Sequence[Any]:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.add(at, "A list is expected here.", "wrong_type")
            return ()
        if len(value) > limit:
            self.add(at, f"At most {limit} entries.", "too_long")
        return value[:limit]

    def texts(self, at: str, value: object) -> Sequence[str]:
        found = self.list(at, value, 250)
        for place, entry in enumerate(found):
            if not isinstance(entry, str):
                self.add(f"{at}/{place}", "A text is expected here.", "wrong_type")
        return [entry for entry in found if isinstance(entry, str)]

    def address(self, at: str, value: object, *, required: bool) -> str:
        if value is None or value == "":
            if required:
                self.add(at, "Say where these visitors go.", "required")
            return ""
        if not isinstance(value, str) or len(value) > MAX_TO or unsound_text(value):
            self.add(at, f"A web address of at most {MAX_TO} characters.", "bad_url")
            return ""
        return value
