"""Declared bots: the public list of crawlers' user agents, made searchable in a few microseconds.

The list (crawler-user-agents, MIT) has 1,500 regular expressions; joined into one they cost a millisecond an agent.
Nearly all contain a fixed text, so each is filed under its rarest run of three characters; only those whose run occurs
in the agent are tried.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

Test = Callable[[str], bool]
HEADLESS = "HeadlessChrome"
_MAX_AGENTS = 20_000
_SPECIAL = frozenset(".^$*+?{}[]\\|()")
_SHORTEST = 12  # "Mozilla/5.0" alone is 11 characters and nobody's browser
_BOT = re.compile(r"(?<!cu)bot(?![a-z])")  # CUBOT makes telephones
_TELLTALES = (
    "crawl",
    "spider",
    "scrape",
    "scrapy",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "python-",
    "libwww",
)


class Bots:
    """Names the reason why an agent does not count, "" when it looks like a person's browser. Remembers its answers."""

    def __init__(self, patterns: Iterable[str] | None = None) -> None:
        self._filed, self._unfiled = _file(list(_packaged() if patterns is None else patterns))
        self._known: dict[str, str] = {}

    def reason(self, agent: str) -> str:
        """Return `bot_declared`, `bot_suspected` or ""."""
        known = self._known.get(agent)
        if known is None:
            if len(self._known) >= _MAX_AGENTS:
                self._known = {}
            known = self._known[agent] = self._judge(agent)
        return known

    def _judge(self, agent: str) -> str:
        runs = {agent[at : at + 3] for at in range(len(agent) - 2)} & self._filed.keys()
        if any(test(agent) for run in runs for test in self._filed[run]) or any(test(agent) for test in self._unfiled):
            return "bot_declared"
        small = agent.lower()
        suspect = len(agent) < _SHORTEST or any(word in small for word in _TELLTALES)
        return "bot_suspected" if suspect or ("bot" in small and _BOT.search(small)) else ""


def _packaged() -> list[str]:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    return [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA]


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
