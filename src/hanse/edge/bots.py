"""Bots by their user agent: those who say so are on a public list, the others look like nobody's browser.

The list (crawler-user-agents, MIT) has 1,500 regular expressions; joined into one they cost a millisecond an agent.
An agent with the ordinary shape of a browser is not looked up at all: the list also catches names of telephones.
Nearly all contain a fixed text, so each is filed under its rarest run of three characters; only those whose run occurs
in the agent are tried.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from hanse.edge.suspects import Suspects

Test = Callable[[str], bool]
HEADLESS = "HeadlessChrome"
_SPECIAL = frozenset(".^$*+?{}[]\\|()")
# patterns of the list that also catch people, and what we look for instead (None: nothing)
_NARROWED: dict[str, str | None] = {
    r"AP3A\.240617\.008": None,  # a build of Android 15 on millions of telephones
    "MetaIAB Facebook": None, r"Code\/1\.": None, r"Trae\/": None, "Fluid": None,  # browsers inside of apps
    "Sogou": r"Sogou[\w ]*[sS]pider", "Viber": r"^Viber$", "Sonic": r"Sonic(?:Site|\/1)",  # ViewSonic makes tablets
    "Butterfly": r"Butterfly\/1", "Fever": r"Fever\/1", "Expanse": "Expanse, a", r"008\/": r"^008\/",
}  # fmt: skip


class Bots:
    """Names the reason why an agent does not count, "" when it looks like a person's browser."""

    def __init__(self, patterns: Iterable[str] | None = None, suspects: Suspects | None = None) -> None:
        self._filed, self._unfiled = _file(list(_packaged() if patterns is None else patterns))
        self._suspects = suspects or Suspects()

    def reason(self, agent: str) -> str:
        """Return `bot_declared`, `bot_suspected` or "". Some microseconds: remember the answer."""
        if self._suspects.is_ordinary(agent):
            return "bot_suspected" if self._suspects.is_impossible(agent) else ""
        suspects = self._suspects
        told = suspects.remainder(agent)
        if self._declares_itself(agent, told):
            return "bot_declared"
        if suspects.is_suspect(agent, told) or suspects.is_impossible(agent):
            return "bot_suspected"
        return ""

    def _declares_itself(self, agent: str, told: str) -> bool:
        runs = {told[at : at + 3] for at in range(len(told) - 2)} & self._filed.keys()
        return any(test(agent) for run in runs for test in self._filed[run]) or any(
            test(agent) for test in self._unfiled
        )


def _packaged() -> list[str]:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    found = (_NARROWED.get(entry["pattern"], entry["pattern"]) for entry in CRAWLER_USER_AGENTS_DATA)
    return [pattern for pattern in found if pattern is not None]


def _file(patterns: list[str]) -> tuple[dict[str, list[Test]], list[Test]]:
    alternatives = [part for pattern in patterns for part in _split(pattern)]
    literals = [_longest_literal(part) for part in alternatives]
    counts = Counter(run for literal in literals for run in {literal[at : at + 3] for at in range(len(literal) - 2)})
    filed: dict[str, list[Test]] = {}
    unfiled: list[Test] = []
    for part, literal in zip(alternatives, literals, strict=True):
        test = (
            _contains(literal) if re.escape(literal).replace("/", r"\/") == part or literal == part else _matches(part)
        )
        runs = [literal[at : at + 3] for at in range(len(literal) - 2)]
        if runs:
            filed.setdefault(min(runs, key=lambda run: (run in _COMMON, counts[run])), []).append(test)
        else:
            unfiled.append(test)
    return filed, unfiled


def _contains(literal: str) -> Test:
    return lambda agent: literal in agent


def _matches(pattern: str) -> Test:
    search = re.compile(pattern).search
    return lambda agent: search(agent) is not None


def _split(pattern: str) -> list[str]:
    """Split at a top-level `|` where there are no groups; else keep whole."""
    return pattern.split("|") if "|" in pattern and "(" not in pattern and "[" not in pattern else [pattern]


def _longest_literal(pattern: str) -> str:
    """Return the longest fixed text that every match contains (outside groups, classes and repeats), perhaps ""."""
    runs: list[str] = []
    run, at, depth = "", 0, 0
    while at < len(pattern):
        mark, at = pattern[at], at + 1
        if mark == "\\" and at < len(pattern):
            mark, at = pattern[at], at + 1
            plain = not mark.isalnum()
        elif mark == "[":
            at, plain = pattern.index("]", at + 1) + 1, False
        else:
            depth += {"(": 1, ")": -1}.get(mark, 0)
            plain = mark not in _SPECIAL
        if mark in "?*+{" and not plain and run:
            run = run[:-1]
        if plain and depth == 0:
            run += mark
        else:
            runs, run = [*runs, run], ""
    return max((*runs, run), key=len)


# runs of three that ordinary browsers' agents contain: a pattern filed there would be tried at nearly every visit
_COMMON = frozenset(
    text[at : at + 3]
    for text in (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7; rv:127.0) Gecko/20100101 Firefox/127.0 Version/17.5",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Linux; Android 14 Edg/126.0 OPR/111.0",
    )
    for at in range(len(text) - 2)
)
