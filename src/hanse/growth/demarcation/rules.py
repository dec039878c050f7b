"""Rules of the page of types: what can stand on it, how versions differ, and what a rule would make of a partner."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hanse.growth.demarcation.types import Difference, PageText, Seen, TypeText
from hanse.kernel.conditions import Condition, tests_of
from hanse.spine.checks import Checks

MOST_TYPES = 30
REST_DAYS = 90  # a suggestion that was declined is not made again for so long
_KEYS = ("slug", "name", "is", "owes", "gets", "excludes")


def read_page(body: object) -> PageText:
    """Read a page as JSON. Raises Invalid with the place of everything that cannot stand there."""
    checks = Checks()
    if not isinstance(body, Mapping) or not isinstance(body.get("types"), list):
        checks.refuse("types", "A page is an object with a list of types.", "wrong_type")
        checks.done()
    assert isinstance(body, Mapping)
    for key in set(body) - {"intro", "types"}:
        checks.refuse(str(key), "No page has this.", "unknown_key")
    intro = checks.text("intro", _words(checks, "intro", body.get("intro", "")), 2000, lines=True)
    listed = body["types"]
    if not 1 <= len(listed) <= MOST_TYPES:
        checks.refuse("types", f"Between 1 and {MOST_TYPES} types, please.", "out_of_range")
    types = [_read_type(checks, f"types/{place}", one) for place, one in enumerate(listed[:MOST_TYPES])]
    _check_together(checks, types)
    checks.done()
    return PageText(intro, types)


def _read_type(checks: Checks, place: str, value: object) -> TypeText:
    part = Checks(f"{checks.prefix}/{place}")
    if not isinstance(value, Mapping):
        part.refuse("", "A type is an object.", "wrong_type")
        value = {}
    for key in set(value) - set(_KEYS):
        part.refuse(str(key), "No type has this.", "unknown_key")
    excludes = value.get("excludes", [])
    if not isinstance(excludes, list) or not all(isinstance(one, str) for one in excludes):
        part.refuse("excludes", "A list of types, please.", "wrong_type")
        excludes = []
    found = TypeText(
        slug=part.key("slug", _words(part, "slug", value.get("slug", "")), 40),
        name=part.text("name", _words(part, "name", value.get("name", "")), 80, required=True),
        what=part.text("is", _words(part, "is", value.get("is", "")), 2000, required=True, lines=True),
        owes=part.text("owes", _words(part, "owes", value.get("owes", "")), 2000, lines=True),
        gets=part.text("gets", _words(part, "gets", value.get("gets", "")), 2000, lines=True),
        excludes=tuple(dict.fromkeys(excludes)),
    )
    checks.problems += part.problems
    return found


def _words(checks: Checks, field: str, value: object) -> str:
    if isinstance(value, str):
        return value
    checks.refuse(field, "A text, please.", "wrong_type")
    return ""


def _check_together(checks: Checks, types: Sequence[TypeText]) -> None:
    slugs = [one.slug for one in types]
    for place, one in enumerate(types):
        if one.slug in slugs[:place]:
            checks.refuse_at(f"/types/{place}/slug", "Another type is called the same.", "taken")
        for number, other in enumerate(one.excludes):
            if other == one.slug or other not in slugs:
                checks.refuse_at(f"/types/{place}/excludes/{number}", "This is no other type here.", "not_an_option")


def page_json(page: PageText) -> dict[str, Any]:
    """Return a page as it is stored and shown."""
    return {
        "intro": page.intro,
        "types": [
            {
                "slug": one.slug, "name": one.name, "is": one.what, "owes": one.owes, "gets": one.gets,
                "excludes": list(one.excludes),
            }
            for one in page.types
        ],
    }  # fmt: skip


def page_hash(page: PageText) -> str:
    """Return the hash of what a version says."""
    return hashlib.sha256(json.dumps(page_json(page), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def difference(before: PageText, after: PageText) -> Difference:
    """Say what the later page changed, type by type."""
    old, new = {one.slug: one for one in before.types}, {one.slug: one for one in after.types}
    return Difference(
        added=[one.name for slug, one in new.items() if slug not in old],
        dropped=[one.name for slug, one in old.items() if slug not in new],
        changed=[one.name for slug, one in new.items() if slug in old and old[slug] != one],
        intro=before.intro != after.intro or (list(old) != list(new) and set(old) == set(new)),
    )


def would_change(types: Sequence[str], adds: str, drops: str) -> bool:
    """Say whether a rule has anything to say to a partner of these types: it adds what they are not, or takes off what
    they are."""
    return bool(adds and adds not in types) if adds else drops in types


def changed_types(types: Sequence[str], adds: str, drops: str) -> list[str]:
    """Return a partner's types after a change, the new one last."""
    kept = [one for one in types if one != drops]
    return [*kept, adds] if adds and adds not in kept else kept


def seen_by(condition: Condition, row: Mapping[str, object]) -> list[Seen]:
    """Return each test of a condition beside what was found, for a person to judge. Tests on types say nothing new."""
    found = []
    for test in tests_of(condition):
        wanted = list(test.value) if isinstance(test.value, tuple) else test.value
        found.append(Seen(test.field, test.op, wanted, row.get(test.field)))
    return found
