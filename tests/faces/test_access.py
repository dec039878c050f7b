"""Every route says for whom it is, and holds to it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver

from hanse.faces.common.access import VIEWED_PARTNER, Policy, console_page, portal_page, writes
from hanse.people.partners.models import Partner
from tests import make
from tests.cast import Cast


def routes(resolver: URLResolver, prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        found += routes(entry, path) if isinstance(entry, URLResolver) else [(path, entry.callback)]
    return found


def test_every_console_route_is_for_the_team_only() -> None:
    console = [(path, view) for path, view in routes(get_resolver()) if path.startswith("console/")]
    assert len(console) > 15
    for path, view in console:
        policy = getattr(view, "policy", None)
        assert isinstance(policy, Policy), path
        assert policy.audience == "console", path
        assert "partner" not in policy.roles | policy.write_roles, path


@pytest.mark.parametrize("path", ["/console/", "/console/overview", "/console/partners", "/console/find?q=ana"])
def test_a_stranger_is_sent_to_sign_in_and_back(cast: Cast, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/console")


def test_a_partner_sees_nothing_of_the_console(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.anas_login)
    for path in ("/console/", "/console/overview", "/console/partners", "/console/recruit", "/console/find"):
        assert browser.get(path).status_code == 403


def test_a_viewer_reads_but_changes_nothing(cast: Cast) -> None:
    browser = Client()
    browser.force_login(make.manager("val@harbour.example", role="viewer"))
    page = browser.get("/console/partners")
    assert page.status_code == 200
    assert b"Add a partner" not in page.content
    answer = browser.post("/console/partners/new", {"name": "Cy", "email": "cy@x.example"})
    assert answer.status_code == 403
    assert not Partner.objects.filter(name="Cy").exists()


def test_a_refused_form_takes_everything_back(cast: Cast, rf: RequestFactory) -> None:
    @console_page()
    @writes
    def page(request: HttpRequest) -> HttpResponse:
        Partner.objects.filter(id=cast.ana.id).update(name="Changed")
        return HttpResponse(status=422)

    request = rf.post("/")
    request.user = cast.ruth
    with transaction.atomic():
        assert page(request).status_code == 422
    cast.ana.refresh_from_db()
    assert cast.ana.name == "Ana"


def test_a_manager_who_looks_at_a_portal_may_not_change_it(cast: Cast, rf: RequestFactory, ruth: Client) -> None:
    @portal_page
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("theirs")

    for method, allowed in ((rf.get, True), (rf.post, False)):
        request = method("/p/")
        request.user = cast.ruth
        request.session = ruth.session
        request.session[VIEWED_PARTNER] = str(cast.ana.id)
        if allowed:
            assert page(request).content == b"theirs"
        else:
            with pytest.raises(PermissionDenied):
                page(request)


def test_pages_allow_no_inline_script_or_style(ruth: Client) -> None:
    answer = ruth.get("/console/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    text = answer.content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
