"""What is odd about a page that answers: signs that it is not the one a link was made for. Pure.

A hint alone is no fault: shops word their pages as they like. It is listed for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import parse_qs, urlsplit

FEWEST_LETTERS: Final = 250
MOST_HOPS: Final = 3
_TITLE: Final = re.compile(r"<title[^<>]*>(.{0,400}?)</title", re.IGNORECASE | re.DOTALL)
_HEADLINE: Final = re.compile(r"<h1[^<>]*>(.{0,400}?)</h1", re.IGNORECASE | re.DOTALL)
_UNSEEN: Final = re.compile(
    r"<(script|style|noscript|template|svg)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.DOTALL
)
_TAG: Final = re.compile(r"<[^<>]*>")
_GONE: Final = re.compile(
    r"""\b404\b|page\W+(?:was\W+|is\W+|could\W+)?no(?:t|\W+longer)\W+(?:be\W+)?(?:found|exists?|available)
    |\bnot\W+found\b|no\W+longer\W+available|doesn.?t\W+exist|sold\W+out\b.{0,20}\bdiscontinued
    |seite\W+(?:wurde\W+)?nicht\W+gefunden|page\W+introuvable|página\W+no\W+encontrada|no\W+existe
    |nie\W+znaleziono|strona\W+nie\W+istnieje|не\W+найден|не\W+существует|找不到|頁面不存在|页面不存在""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
_REFUSALS: Final = frozenset({401, 403, 405, 406, 429, 451})


@dataclass(frozen=True, slots=True)
class Page:
    """What lay at an address: where it led in the end, through which addresses, and its text."""

    asked: str
    final: str
    status: int
    hops: tuple[str, ...] = ()
    text: str = ""
    is_html: bool = True
    is_cut: bool = False


def title_of(text: str) -> str:
    """Return a page's title in one line."""
    found = _TITLE.search(text)
    return _plain(found[1])[:200] if found else ""


def hints_of(page: Page, hosts: Collection[str], token_param: str = "") -> list[str]:
    """Name what is odd about a page that answered, the most telling first. `hosts` are those the link may lead to.

    `off_site`: another host than the allowed ones · `token_dropped`: the click token was lost in a redirect ·
    `front_page`: a deep link ended on the front page · `says_gone`: title or headline speak of a page not found ·
    `tiny`: hardly any text · `long_chain`: more than three redirects · `not_secure`: from https to http ·
    `refuses_us`: it does not answer machines, so nothing is known.
    """
    asked, final = urlsplit(page.asked), urlsplit(page.final)
    if page.status in _REFUSALS:
        return ["refuses_us"]
    is_deep = asked.path.rstrip("/") not in ("", "/index.html", "/index.php")
    found = {
        "off_site": bool(hosts) and not _is_one_of(final.netloc, final.hostname or "", hosts),
        "token_dropped": bool(page.hops and token_param) and _has(page.asked, token_param)
        and not _has(page.final, token_param),
        "front_page": bool(page.hops) and is_deep and final.path.rstrip("/") == "",
        "says_gone": page.is_html and _says_gone(page.text),
        "tiny": page.is_html and not page.is_cut and len(_letters(page.text)) < FEWEST_LETTERS,
        "long_chain": len(page.hops) > MOST_HOPS,
        "not_secure": asked.scheme == "https" and final.scheme == "http",
    }  # fmt: skip
    return [name for name, is_there in found.items() if is_there]


def _has(address: str, name: str) -> bool:
    return name in parse_qs(urlsplit(address).query, keep_blank_values=True)


def _is_one_of(place: str, host: str, hosts: Collection[str]) -> bool:
    bare = host.removeprefix("www.")
    return place.lower() in hosts or any(bare == one.partition(":")[0].removeprefix("www.") for one in hosts)


def _says_gone(text: str) -> bool:
    heads = [title_of(text), *(_plain(found) for found in _HEADLINE.findall(text)[:3])]
    return any(_GONE.search(head) for head in heads)


def _letters(text: str) -> str:
    return "".join(_plain(_UNSEEN.sub(" ", text)).split())


def _plain(markup: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", markup)).split())
