"""Finding what is ours in texts: tracking links with their sub-parameters, codes, plain addresses of the shop.

A fixed number of queries for any number of texts of one program.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

from django.conf import settings

from hanse.growth.content.addresses import plain_host
from hanse.growth.content.types import Links
from hanse.kernel.paths import is_slug
from hanse.programs.domains.models import Domain
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.spine.web_addresses import host_of
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

_ADDRESS = re.compile(r"https?://[^\s\"'<>\[\]{}|\\^`]{4,2000}", re.IGNORECASE)
_TRAILING = ".,;:!?)*_"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,59}")
_MOST_ADDRESSES, _MOST_LINKS, _MOST_SUBS, _MAX_SUB = 500, 20, 10, 80
# names of other systems that the edge keeps as ours (edge/subs.py)
_BORROWED = re.compile(r"(?:subid|sub_id_?|aff_sub|s)(\d{1,2})")
_FIRST = frozenset({"subid", "sub_id", "aff_sub", "clickref"})
_OWN_CLICK = frozenset({"to", "url"})
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Ours:
    """What is a program's own: hosts of links and of the shop, and the codes of some enrolments."""

    link_hosts: frozenset[str]
    shop_hosts: frozenset[str]
    codes: Mapping[UUID, Collection[str]]
    name: str


def ours(program: Program, enrolment_ids: Collection[UUID]) -> Ours:
    """Read what is to be recognised. Three queries."""
    links = {plain_host(host) for host in Domain.objects.filter(program=program).values_list("host", flat=True)}
    links.add(plain_host(urlsplit(str(settings.HANSE_PUBLIC_URL)).netloc))
    shops = set[str]()
    for address, allowed in Offer.objects.filter(program=program).values_list("destination_url", "allowed_hosts"):
        shops |= {plain_host(host_of(address)), *(plain_host(str(host)) for host in allowed)}
    codes: dict[UUID, set[str]] = defaultdict(set)
    known = Coupon.objects.filter(program=program, enrolment_id__in=list(enrolment_ids))
    for who, code in known.values_list("enrolment_id", "code"):
        codes[who].add(code)
    return Ours(frozenset(links), frozenset(shops) - {""} - links, codes, program.name)


def recognise(texts: Sequence[tuple[UUID, str]], own: Ours) -> list[Links]:
    """Return what each (enrolment, text) holds. Links of others are not theirs and left out. One query.

    A code of letters alone counts only as it is written (a word may look like it); one with a digit in any case.
    """
    found = [(who, text, addresses_in(text)) for who, text in texts]
    wanted = set[str]()
    for _who, _text, addresses in found:
        wanted.update(list(filter(None, (_slug_of(one, own) for one in addresses)))[:_MOST_LINKS])
    rows = Link.objects.filter(slug__in=wanted).values_list("slug", "number", "enrolment_id") if wanted else ()
    known = {slug: (number, who) for slug, number, who in rows}
    return [_links_in(who, text, addresses, own, known) for who, text, addresses in found]


def addresses_in(text: str) -> list[str]:
    """Return the web addresses in a text or in HTML, as they are asked for, each once."""
    raw = (html.unescape(match.group()).rstrip(_TRAILING) for match in _ADDRESS.finditer(text))
    return list(dict.fromkeys(raw))[:_MOST_ADDRESSES]


def without_addresses(text: str) -> str:
    """Return a text for reading."""
    return _ADDRESS.sub("", text)


def _slug_of(address: str, own: Ours) -> str:
    """Return the slug of an address on a host of our links; "" for any other."""
    if plain_host(host_of(address)) not in own.link_hosts:
        return ""
    path = unquote(urlsplit(address).path).strip("/")
    slug = path.removeprefix("c/")
    return slug if is_slug(slug) else ""


def _links_in(
    who: UUID, text: str, addresses: Sequence[str], own: Ours, known: Mapping[str, tuple[int, UUID]]
) -> Links:
    links: dict[tuple[int, tuple[tuple[str, str], ...]], None] = {}
    untracked = 0
    for address in addresses:
        number, owner = known.get(_slug_of(address, own), (0, None))
        if number and owner == who:
            links[number, _subs_of(address)] = None
        elif plain_host(host_of(address)) in own.shop_hosts:
            untracked += 1
    codes = own.codes.get(who, ())
    words = set(_WORD.findall(text)) if codes else set()
    capital = {word.upper() for word in words}
    here = [code for code in codes if code in words or (any(map(str.isdigit, code)) and code in capital)]
    named = len(own.name) >= _SHORTEST_NAME and re.search(rf"\b{re.escape(own.name)}\b", text, re.IGNORECASE)
    return Links([(number, dict(subs)) for number, subs in links], sorted(here), untracked, bool(named))


def _subs_of(address: str) -> tuple[tuple[str, str], ...]:
    query = urlsplit(address).query
    if not query or query.count("&") > 100:
        return ()
    pairs = {_own_name(_shown(name)[:30]): _shown(value)[:_MAX_SUB] for name, value in parse_qsl(query)}
    kept = sorted((name, value) for name, value in pairs.items() if name and value and name not in _OWN_CLICK)
    return tuple(kept[:_MOST_SUBS])


def _shown(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())


def _own_name(name: str) -> str:
    borrowed = _BORROWED.fullmatch(name)
    return "sub1" if name in _FIRST else f"sub{int(borrowed[1])}" if borrowed else name
