"""The names of dimensions and of their groups, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from hanse.faces.common.format import locale_of
from hanse.faces.common.links import href, partner_href
from hanse.faces.common.reader import Reader
from hanse.insight.breakdown.types import Group, Scope
from hanse.insight.overview.enrolments import enrolments_by_id
from hanse.insight.rollups.facets import SUB
from hanse.kernel.ids import parse_id, text_id
from hanse.people.partners.queries import partner_types
from hanse.programs.tiers.queries import tiers_of
from hanse.traffic.links.models import Link


class Named(NamedTuple):
    """What a group is called, what stands below its name, and where it leads."""

    name: str
    note: str = ""
    href: str = ""


def dimension_name(by: str) -> str:
    """Return what a dimension is called."""
    if by.startswith(SUB):
        return by.removeprefix(SUB)
    words = {
        "country": _("Country"), "device": _("Device"), "referrer": _("Referrer"), "coupon": _("Code"),
        "variant": _("Arm of a split"), "initiative": _("Initiative"), "link": _("Link"), "tier": _("Tier"),
        "type": _("Partner type"), "partner": _("Partner"),
    }  # fmt: skip
    return words[by]


def names_of(
    scope: Scope, by: str, groups: Sequence[Group], reader: Reader, *, for_partner: bool
) -> Mapping[tuple[str, str], Named]:
    """Return the names of groups by key and kind. One query at most. Partners get no links into the console."""
    keys = [one.key for one in groups if one.kind == "value"]
    found = _found(scope, by, keys, reader, for_partner=for_partner)
    names = {(key, "value"): found.get(key, Named(key)) for key in keys}
    rest = _("No link") if by == "link" else _("Not known")
    return {
        **names,
        **{(one.key, one.kind): Named(_special(one.kind, rest)) for one in groups if one.kind != "value"},
    }


def _special(kind: str, rest: str) -> str:
    return {"other": _("All others"), "small": _("Smaller groups"), "rest": rest}[kind]


def _found(scope: Scope, by: str, keys: Sequence[str], reader: Reader, *, for_partner: bool) -> Mapping[str, Named]:
    if by == "country":
        territories = locale_of(reader.language).territories
        return {key: Named(str(territories.get(key, key))) for key in keys}
    if by == "device":
        return {key: Named(_device(key)) for key in keys}
    if by == "link":
        return _links(keys, for_partner=for_partner)
    if by == "tier":
        return {
            tier.key: Named(tier.name, "", f"{href('console:partners')}?tier={tier.key}")
            for tier in tiers_of(scope.program_id)
        }
    if by == "type":
        return {
            kind.slug: Named(kind.name, "", f"{href('console:partners')}?type={kind.slug}") for kind in partner_types()
        }
    return _partners(keys) if by == "partner" else {}


def _device(key: str) -> str:
    words = {
        "phone": _("Phone"), "tablet": _("Tablet"), "desktop": _("Computer"), "other": _("Something else"),
        "bot": _("Robot"),
    }  # fmt: skip
    return words.get(key, key)


def _links(keys: Sequence[str], *, for_partner: bool) -> dict[str, Named]:
    rows = Link.objects.filter(number__in=[int(key) for key in keys if key.isdecimal()])
    names = {}
    for row in rows.select_related("enrolment__partner"):
        note = row.label if for_partner else ", ".join(filter(None, (row.enrolment.partner.name, row.label)))
        names[str(row.number)] = Named(
            f"/{row.slug}", note, "" if for_partner else href("console:link", text_id("lnk", row.pk))
        )
    return names


def _partners(keys: Sequence[str]) -> dict[str, Named]:
    rows = enrolments_by_id([parse_id("enr", key) for key in keys])
    return {text_id("enr", row.pk): Named(row.partner.name, "", partner_href(row.partner_id)) for row in rows.values()}
