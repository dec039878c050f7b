"""Pieces that only clicks told us of: a website that sends readers to a partner's link, and no page known there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Min, Sum

from hanse.growth.content.addresses import channel_of
from hanse.growth.content.models import Piece
from hanse.growth.content.recognising import Ours, ours
from hanse.growth.content.types import Found
from hanse.insight.rollups.facets import REFERRER
from hanse.insight.rollups.models import LinkDay
from hanse.kernel.clock import day_starts_at
from hanse.programs.programs.models import Program
from hanse.spine.web_addresses import address_problem
from hanse.traffic.links.models import Link

FEWEST_CLICKS = 5  # fewer may be one reader who looked again and again
SEEN_DAYS = 30
_SEARCH = frozenset({
    "google", "bing", "duckduckgo", "yahoo", "yandex", "baidu", "ecosia", "qwant", "startpage", "brave", "naver",
    "seznam", "ask", "aol", "kagi", "perplexity", "chatgpt", "openai",
})  # fmt: skip
_MAIL = ("mail.", "webmail.", "outlook.", "email.")


def sightings(program: Program, enrolment_ids: Collection[UUID], today: date) -> list[Found]:
    """Return websites that sent five readers in 30 days to a partner of whom no page there is known.

    Search engines, mail, networks that everybody uses and the shop itself name nobody's piece. Six queries.
    """
    owners = dict(Link.objects.filter(enrolment_id__in=list(enrolment_ids)).values_list("number", "enrolment_id"))
    own = ours(program, ())
    links = Link.objects.filter(enrolment_id__in=list(enrolment_ids)).values("number")
    seen = LinkDay.objects.filter(
        link_number__in=links, dimension=REFERRER, day__gt=today - timedelta(days=SEEN_DAYS), day__lte=today
    )
    grouped = seen.order_by().values("link_number", "value").annotate(sum=Sum("clicks"), first=Min("day"))
    clicks: dict[tuple[UUID, str], int] = defaultdict(int)
    first: dict[tuple[UUID, str], date] = {}
    for number, host, count, on in grouped.values_list("link_number", "value", "sum", "first"):
        place = owners[number], host
        clicks[place] += count
        first[place] = min(first.get(place, on), on)
    known = set(
        Piece.objects.filter(program=program, enrolment_id__in=list(enrolment_ids)).values_list("enrolment_id", "host")
    )
    return [
        Found(
            who, f"https://{host}/", host, day_starts_at(first[who, host], program.time_zone), Piece.Source.REFERRER,
            "site", Piece.Dating.SEEN,
        )
        for (who, host), count in sorted(clicks.items(), key=lambda item: (str(item[0][0]), item[0][1]))
        if count >= FEWEST_CLICKS and (who, host) not in known and names_somebody(host, own)
    ]  # fmt: skip


def names_somebody(host: str, own: Ours) -> bool:
    """Say whether a website is somebody's own: no search engine, mail, network, machine without a name, nor ours."""
    parts = host.split(".")
    if len(parts) < 2 or parts[-1].isdigit() or host in own.link_hosts or host in own.shop_hosts:
        return False
    if any(host.endswith(f".{shop}") for shop in own.shop_hosts) or host.startswith(_MAIL) or "mail" in parts[:-1]:
        return False
    address = f"https://{host}/"
    return not _SEARCH.intersection(parts[:-1]) and channel_of(address) == "site" and address_problem(address) is None
