"""The palette's list: partners, orders, codes, pages, and “why did it not earn?”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.links import href, partner_href
from hanse.faces.common.page import NavItem, needs_program, pages
from hanse.faces.common.reader import reader
from hanse.kernel.ids import text_id
from hanse.people.partners.queries import search_partners
from hanse.programs.programs.models import Program
from hanse.traffic.conversions.listing import conversions_in
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

_EACH = 6


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the list."""

    href: str
    icon: str
    name: str
    note: str = ""
    is_person: bool = False
    is_mono: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    name: str
    entries: Sequence[Found]


@console_page()
@needs_program
def find(request: HttpRequest, program: Program) -> HttpResponse:
    """Answer with what was found, as options for the palette. Four queries at most."""
    text = request.GET.get("q", "").strip()[:100]
    groups = [group for group in _groups(program, text) if group.entries]
    return render(request, "console/found.html", {"groups": groups, "text": text})


def _groups(program: Program, text: str) -> Iterator[Group]:
    if len(text) >= 2:
        yield Group(_("Partners"), _partners(text))
        yield Group(_("Orders"), _orders(program, text))
        yield Group(_("Links and codes"), [*_links(program, text), *_codes(program, text)][:_EACH])
    yield Group(_("Do"), _acts(program, text))
    yield Group(_("Pages"), _pages(text))


def _partners(text: str) -> list[Found]:
    return [
        Found(partner_href(partner.id), "user", partner.name, _joined(partner.contact_name, partner.company), True)
        for partner in search_partners(text)[:_EACH]
    ]


def _orders(program: Program, text: str) -> list[Found]:
    now = reader()
    rows = conversions_in(program.id, search=text).order_by("-occurred_at")[:_EACH]
    return [
        Found(
            href("console:conversion", text_id("cnv", row.id)), "shopping-bag", row.external_id,
            _joined(
                fmt.money(row.amount_minor, row.currency, now.language),
                fmt.day(row.occurred_at.astimezone(now.zone).date(), now.today, now.language),
            ), is_mono=True,
        )
        for row in rows
    ]  # fmt: skip


def _links(program: Program, text: str) -> list[Found]:
    rows = Link.objects.filter(enrolment__program=program, slug__icontains=text.lstrip("/")).order_by("slug")
    return [
        Found(
            partner_href(row.enrolment.partner_id), "link", f"/{row.slug}",
            _joined(row.enrolment.partner.name, _("switched off") if row.archived_at else ""), is_mono=True,
        )
        for row in rows.select_related("enrolment__partner")[:_EACH]
    ]  # fmt: skip


def _codes(program: Program, text: str) -> list[Found]:
    rows = Coupon.objects.filter(program=program, code__icontains=text).order_by("code")
    return [
        Found(
            partner_href(row.enrolment.partner_id), "ticket", row.code,
            _joined(row.enrolment.partner.name, _("not in use") if row.archived_at else ""), is_mono=True,
        )
        for row in rows.select_related("enrolment__partner")[:_EACH]
    ]  # fmt: skip


def _acts(program: Program, text: str) -> list[Found]:
    acts = []
    if text and href("console:why"):
        note = _("an order, code, click or customer")
        acts.append(Found(_why(text), "help-circle", _("Why did “%(text)s” not earn?") % {"text": text}, note))
    known = [
        Found(href("console:partner_new"), "user-plus", _("Add a partner")),
        Found(href("shop_try", program.slug), "link", _("Try a link")),
        Found(href("console:program_new"), "plus", _("Start my own program")),
    ]
    return acts + [act for act in known if text.lower() in act.name.lower()]


def _pages(text: str) -> list[Found]:
    found = [item for item in pages() if text.lower() in item.name.lower()]
    return [_page(item) for item in found]


def _page(item: NavItem) -> Found:
    return Found(item.href, item.icon, item.name)


def _why(text: str) -> str:
    return f"{href('console:why')}?q={quote(text)}"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
