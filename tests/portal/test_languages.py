"""The portal, the public pages and the mails speak five languages: no text that a page asks for is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

import hanse
from hanse.growth.announcements.letters import first_sale_letter, payout_letter
from hanse.growth.claims.actions import answer_claim
from hanse.growth.recruiting import letters
from hanse.growth.recruiting.actions import approve_application, submit_application
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.secret import status_path
from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout
from hanse.people.access.letters import sign_in_mail
from hanse.programs.tiers.models import Tier
from tests import make
from tests.conftest import Clock
from tests.portal.conftest import Portal

LANGUAGES = ("es", "pl", "ru", "zh-hant")
CATALOGS = Path(hanse.__file__).parent / "locale"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Every (language, text) that was asked for while the test ran."""
    found: set[tuple[str, str]] = set()
    gettext, ngettext = trans_real.gettext, trans_real.ngettext

    def note(text: str) -> None:
        found.add((str(translation.get_language()), text.replace("\r\n", "\n").replace("\r", "\n")))

    def noted(text: str) -> str:
        note(text)
        return gettext(text)

    def noted_plural(singular: str, plural: str, number: float) -> str:
        note(singular)
        return ngettext(singular, plural, number)

    monkeypatch.setattr(translation._trans, "gettext", noted)
    monkeypatch.setattr(translation._trans, "ngettext", noted_plural)
    return found


def _missing(asked: set[tuple[str, str]], language: str) -> list[str]:
    known = trans_real.translation(language)
    with translation.override(language):  # Django's own list of languages asks for their names a second time
        names = {str(name) for _code, name in settings.LANGUAGES}
    texts = {text for spoken, text in asked if spoken == language and text.strip()} - names
    return sorted(text for text in texts if text not in known._catalog and (text, 0) not in known._catalog)


def _pages(portal: Portal) -> list[str]:
    paid, held = portal.commission(portal.paid), portal.commission(portal.held)
    names = ("home", "links", "earnings", "why", "payouts", "payout_details", "profile", "terms")
    asked = [f"{reverse('portal:why')}?q={text}" for text in ("HP-1", "HP-2", "NONE", "LOST-ana", "2026-11-15")]
    states = [f"{reverse('portal:earnings')}?state={state}" for state in ("hold", "ready", "paid", "taken")]
    return [
        *(reverse(f"portal:{name}") for name in names), *asked, *states,
        reverse("portal:earning", args=[paid]), reverse("portal:earning", args=[held]),
        reverse("portal:statement", args=["2026-11"]), reverse("mfa_index"), "/p/nothing/here",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_portal_page_shows_an_untranslated_text(
    ana: Client, portal: Portal, asked: set[tuple[str, str]], language: str
) -> None:
    ana.post("/accounts/language", {"language": language})
    for path in _pages(portal):
        page = ana.get(path, follow=True).content.decode()
        assert f'<html lang="{language}"' in page, path
    for name in ("links", "payout_details", "profile"):
        assert ana.post(reverse(f"portal:{name}"), {"x": "1"}).status_code == 422
    bad_account = {"rail": "sepa", "account_name": "", "account": "GB00", "bic": "x"}
    ana.post(reverse("portal:payout_details"), bad_account)
    _add_terms(portal)
    for name in ("home", "terms", "payouts"):
        ana.get(reverse(f"portal:{name}"))
    assert _missing(asked, language) == []


def _add_terms(portal: Portal) -> None:
    make.terms(
        portal.cast.program,
        {"kind": "percent", "rate": "25%", "goal": "sale", "recurring": {"months": 3}},
        {"kind": "fixed", "amount": 500, "per": "conversion", "goal": "lead", "recurring": "life"},
        {"kind": "cap", "per": "conversion", "amount": 9000},
        {"kind": "multiplier", "factor": "2", "when": {"field": "customer.is_new", "op": "eq", "value": True}},
        starts_at=portal.held.occurred_at,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_public_page_shows_an_untranslated_text(
    portal: Portal, asked: set[tuple[str, str]], clock: Clock, language: str
) -> None:
    browser = Client(headers={"accept-language": language})
    for number in range(12):
        make.enrolment(make.partner(f"Partner {number}"), portal.cast.program, tier=Tier.objects.get(key="growth"))
    for path in ("/sign-in", "/sign-in/sent", "/sign-in/" + "x" * 43, "/join/harbour", "/join/harbour/terms",
                 "/join/harbour/sent", "/nothing/here"):  # fmt: skip
        assert f'<html lang="{language}"' in browser.get(path, follow=True).content.decode(), path
    browser.post("/sign-in", {"login": "x", "password": ""})
    browser.post("/join/harbour", {"email": "x"})
    row = _application(portal, clock, language)
    for status in Application.Status.values:
        Application.objects.filter(pk=row.pk).update(status=status, question="?", answer="!", reason="…")
        assert browser.get(status_path(row.pk)).status_code == 200
    assert _missing(asked, language) == []


def _application(portal: Portal, clock: Clock, language: str) -> Application:
    row = submit_application(
        portal.cast.program, name="Kasia", email="kasia@wrap.example", message="Tea", channels=["wrap.example"],
        language=language, now=clock.now,
    )  # fmt: skip
    assert row is not None
    return row


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_holds_an_untranslated_text(
    portal: Portal, asked: set[tuple[str, str]], clock: Clock, language: str
) -> None:
    row = _application(portal, clock, language)
    for partner in (portal.cast.ana, portal.cast.ben):
        partner.language = language
        partner.save()
    letters.send_state(row, clock.now)
    letters.send_question(row, clock.now)
    letters.send_refusal(row, clock.now)
    Application.objects.filter(pk=row.pk).update(status="waiting")
    approve_application(Application.objects.get(pk=row.pk), now=clock.now, by="ruth")
    first_sale_letter(Commission.objects.select_related("enrolment__partner", "program", "conversion").earliest("pk"))
    payout_letter(Payout.objects.select_related("partner", "run__program").earliest("pk"))
    answer_claim(portal.anas_claim, accepted=True, answer="Yes.", now=clock.now, by="ruth")
    assert sign_in_mail(portal.cast.anas_login.email, "", language, clock.now) is not None
    assert _missing(asked, language) == []


@pytest.mark.parametrize("language", ["es", "pl", "ru", "zh_Hant"])
def test_the_compiled_catalog_is_that_of_the_texts(language: str) -> None:
    folder = CATALOGS / language / "LC_MESSAGES"
    from babel.messages.mofile import read_mo
    from babel.messages.pofile import read_po

    with (folder / "django.po").open("rb") as texts, (folder / "django.mo").open("rb") as compiled:
        written = {_key(one.id): one.string for one in read_po(texts) if one.id and _is_filled(one.string)}
        kept = {_key(one.id): one.string for one in read_mo(compiled) if one.id}
    assert set(written) == set(kept)


def _key(text: object) -> str:
    return str(text[0]) if isinstance(text, (tuple, list)) else str(text)


def _is_filled(text: object) -> bool:
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("pl", {1: "1 link", 2: "2 linki", 5: "5 linków", 22: "22 linki"}),
        ("ru", {1: "1 ссылка", 2: "2 ссылки", 5: "5 ссылок", 21: "21 ссылка"}),
        ("es", {1: "1 enlace", 2: "2 enlaces"}),
        ("zh-hant", {1: "1 個連結", 5: "5 個連結"}),
    ],
)
def test_plurals_are_right(language: str, forms: dict[int, str]) -> None:
    one = "You have <b>%(number)s</b> link. What is bought through it is yours to earn on."
    many = "You have <b>%(number)s</b> links. What is bought through them is yours to earn on."
    with translation.override(language):
        for number, expected in forms.items():
            text = translation.ngettext(one, many, number) % {"number": number}
            assert expected in re.sub(r"</?b>", "", text)
