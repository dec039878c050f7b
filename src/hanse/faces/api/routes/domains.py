"""Domains: hosts of a program's own on which its links live."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.domains import actions
from hanse.programs.domains.models import Domain
from hanse.programs.programs.models import Program

router = Router(tags=["Domains"])


class DomainOut(Output):
    """A domain; `cname` is where its DNS record points."""

    id: str
    program: str
    host: str
    cname: str
    created_at: Instant


class DomainPage(Page):
    """A page of domains."""

    data: list[DomainOut]


class DomainIn(Input):
    """A host to serve links on: a bare name, international ones as they are written or as DNS has them."""

    program: Text | None = None
    host: Annotated[Text, Field(min_length=1, max_length=300)]


def domain_out(domain: Domain) -> DomainOut:
    """Show a domain."""
    return DomainOut(
        id=text_id("dom", domain.pk), program=text_id("prg", domain.program_id), host=domain.host,
        cname=actions.own_host(), created_at=domain.created_at,
    )  # fmt: skip


@router.get("/domains", auth=READ, response=DomainPage)
def list_domains(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> DomainPage:
    """List domains, the newest first."""
    key = asker(request)
    page, following = take_page(narrow(key, reach(key, Domain), {"program_id": (Program, program)}), cursor, limit)
    return DomainPage(data=[domain_out(row) for row in page], next_cursor=following)


@router.post("/domains", auth=WRITE, response={201: DomainOut})
def add_domain(request: HttpRequest, body: DomainIn) -> DomainOut:
    """Let a program's links live on a host of its own. Its links are shown on the oldest domain."""
    program = own_program(asker(request), body.program)
    return domain_out(actions.add_domain(program, host=body.host, now=clock.now(), by=actor(request)))


@router.get("/domains/{domain_id}", auth=READ, response=DomainOut)
def read_domain(request: HttpRequest, domain_id: str) -> DomainOut:
    """Read one domain."""
    return domain_out(find(asker(request), Domain, domain_id))


@router.post("/domains/{domain_id}/remove", auth=WRITE, response=DomainOut)
def remove_domain(request: HttpRequest, domain_id: str) -> DomainOut:
    """Stop serving links on a host; links that were shared on it lead nowhere from then on."""
    domain = find(asker(request), Domain, domain_id, "program")
    shown = domain_out(domain)
    actions.remove_domain(domain, now=clock.now(), by=actor(request))
    return shown
