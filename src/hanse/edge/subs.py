"""Sub-parameters: what a partner hangs on a link to tell clicks apart; kept with the click up to a limit.

`sub1` to `sub30` and `initiative` always have room; of other names there may be 20. A parameter that is too long, or
one too many, is left out as a whole: its name is kept under `hz_dropped`, and the visitor never notices.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote_plus, unquote_plus

MAX_FREE, MAX_NAME, MAX_VALUE, MAX_INITIATIVE, MAX_PAIRS = 20, 40, 300, 80, 200
INITIATIVE, DROPPED = "initiative", "hz_dropped"
_DEEP = ("to", "url")
_NAME = re.compile(rf"[A-Za-z0-9_.-]{{1,{MAX_NAME}}}")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]*").fullmatch
_MAX_DROPPED_NAMES = 10
OWN = frozenset(f"sub{number}" for number in range(1, 31))
# How other systems call the same thing, so that links carried over keep their numbers
ALIASES = {
    "subid": "sub1", "sub_id": "sub1", "aff_sub": "sub1", "clickref": "sub1",
    **{f"{prefix}{number}": f"sub{number}" for prefix in ("subid", "sub_id", "sub_id_", "aff_sub", "s")
       for number in range(1, 31)},
}  # fmt: skip


class Query(NamedTuple):
    """What a visitor's query says: the deep link asked for ("" none), the sub-parameters, how many were left out."""

    wanted: str
    subs: dict[str, str]
    dropped: int


NOTHING = Query("", {}, 0)


def read_query(query: str) -> Query:
    """Read a query string of any content."""
    pairs = query.split("&", MAX_PAIRS)
    dropped = 0
    if len(pairs) > MAX_PAIRS:
        dropped = pairs.pop().count("&") + 1
    wanted, subs, borrowed, too_much, free = "", dict[str, str](), dict[str, str](), list[str](), 0
    for pair in pairs:
        name, _, value = pair.partition("=")
        name, value = _decoded(name), _decoded(value)
        if name in _DEEP:
            wanted = wanted or value
            continue
        if not _NAME.fullmatch(name):
            dropped += bool(pair)
            continue
        own_name = ALIASES.get(name, name)
        is_own = own_name in OWN or name == INITIATIVE
        kept = borrowed if own_name != name else subs
        if own_name in kept or name == DROPPED:
            continue
        if len(value) > (MAX_INITIATIVE if name == INITIATIVE else MAX_VALUE) or (free >= MAX_FREE and not is_own):
            too_much.append(name)
            continue
        free += not is_own
        kept[own_name] = value if value.isprintable() else "".join(filter(str.isprintable, value))
    for name, value in borrowed.items():
        subs.setdefault(name, value)  # a name of our own says it better
    if too_much:
        subs[DROPPED] = ",".join(dict.fromkeys(too_much[:_MAX_DROPPED_NAMES]))
    return Query(wanted, subs, dropped + len(too_much))


def query_of(subs: dict[str, str]) -> str:
    """Write sub-parameters as one line for the journal."""
    return "&".join([f"{name}={_encoded(value)}" for name, value in subs.items()]) if subs else ""


def _encoded(text: str) -> str:
    return text if _PLAIN(text) else quote_plus(text, errors="replace")


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="replace") if "%" in text or "+" in text else text
