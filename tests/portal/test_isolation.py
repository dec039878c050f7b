"""Nobody sees another partner's anything: every portal route, asked by the wrong person."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from hanse.faces.portal.urls import urlpatterns
from hanse.growth.claims.models import Claim
from hanse.growth.content.actions import note_piece
from hanse.growth.content.models import Feed
from hanse.growth.conversations.actions import ask_us
from hanse.growth.deliverables.actions import ask_for
from hanse.growth.faq.actions import Said, keep_entry
from hanse.growth.kits.actions import keep_kit, publish_kit
from hanse.growth.kits.models import Kit
from hanse.growth.kits.types import CopyIn
from hanse.growth.meetings.actions import invite, plan_meeting
from hanse.growth.meetings.seating import set_session
from hanse.growth.negotiations.actions import Offered, propose
from hanse.growth.negotiations.models import Proposal
from hanse.growth.prompts.actions import keep_prompt, publish_prompt
from hanse.growth.prompts.examples import ask_consent
from hanse.growth.prompts.models import Example
from hanse.growth.resources.actions import add_resource
from hanse.growth.resources.content import Content
from hanse.growth.resources.types import EVERYBODY, Target
from hanse.growth.roadmap.actions import keep_preview, publish_preview
from hanse.growth.training.actions import keep_lesson, publish_lesson
from hanse.growth.training.models import Lesson
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.partners.actions import set_payout_details
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.people.partners.tax import set_tax_profile
from hanse.traffic.links.models import Link
from tests.portal.conftest import Portal

_TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")
_SECRETS = (
    b"Ben", b"ben@partners.example", b"HP-SECRET", b"secretware", b"999.00", b"199.80", b"LOST-ben", b"BEN10", b"/ben",
)  # fmt: skip
NAMES = [
    pattern.name
    for pattern in urlpatterns
    if isinstance(pattern, URLPattern) and pattern.name and pattern.callback.policy.audience != "public"  # type: ignore[attr-defined]  # set by access
]
_LIBRARY = ("resource", "resource_take", "faq_helped")
_KITS = ("kit", "kit_take", "kit_copied", "kit_step", "kit_zip", "prompt_link", "example_consent")


def _arguments(name: str, portal: Portal, *, bens: bool) -> list[Any]:
    link = portal.cast.bens_link if bens else portal.cast.anas_link
    sold = portal.bens if bens else portal.held
    return {
        "proposal": [_proposal(portal, bens=bens)] if name == "proposal" else [],
        "message": [_message(portal, bens=bens)] if name == "message" else [],
        "invitation": [_invitation(portal, bens=bens)] if name == "invitation" else [],
        "invitation_calendar": [_invitation(portal, bens=bens)] if name == "invitation_calendar" else [],
        **{part: _kit(portal, part, bens=bens) for part in _KITS if part == name},
        **_learning(portal, name, bens=bens),
        **{part: _library(portal, part, bens=bens) for part in _LIBRARY if part == name},
        **_content(portal, name, bens=bens),
        "resource_used": ["sold"],
        "deliverable": [_work(portal, bens=bens)] if name == "deliverable" else [],
        "earning": [portal.commission(sold)],
        "statement": ["2026-11"],
        "paper": ["2026-11", "csv"],
        "link_copied": [text_id("lnk", link.pk)],
        "link_archive": [text_id("lnk", link.pk)],
        "link_restore": [text_id("lnk", link.pk)],
        "link_qr": [text_id("lnk", link.pk), "svg"],
        "view_as": [text_id("prt", portal.cast.ben.pk)],
    }.get(name, [])


def _content(portal: Portal, name: str, *, bens: bool) -> dict[str, list[str]]:
    """A feed and a piece of one of the two."""
    enrolment, now = portal.cast.bens if bens else portal.cast.anas, clock.now()
    title, key = ("Ben secretware", "b") if bens else ("Mine", "a")
    if name == "feed_remove":
        feed, _is_new = Feed.objects.get_or_create(enrolment=enrolment, address_key=key, defaults={
            "program": enrolment.program, "address": f"https://{key}.example/feed", "kind": "site", "title": title,
            "added_at": now, "added_by": "t", "next_look_at": now,
        })  # fmt: skip
        return {name: [text_id("fed", feed.pk)]}
    if name == "piece_refreshed":
        piece = note_piece(
            enrolment, address=f"https://{key}.example/1", title=title, published_at=None, source="team", now=now,
            by="t",
        )  # fmt: skip
        return {name: [text_id("pce", piece.pk)]}
    return {}


def _kit(portal: Portal, name: str, *, bens: bool) -> list[Any]:
    """A kit, a prompt and an example of one of the two: Ben's are for readers of Polish, and he is one."""
    cast, now = portal.cast, clock.now()
    Partner.objects.filter(pk=cast.ben.pk).update(language="pl")
    whose, language = ("Ben secretware", "pl") if bens else ("Mine", "")
    enrolment = cast.bens if bens else cast.anas
    told: dict[str, Any] = {"now": now, "by": "ruth"}
    if name == "example_consent":
        piece = note_piece(
            enrolment, address="https://x.example/1", title=whose, published_at=None, source="team", **told
        )
        row = Example.objects.filter(piece=piece).first() or ask_consent(piece, why=whose, **told)
        return [row.pk]
    if name == "prompt_link":
        prompt = keep_prompt(
            cast.program,
            kind="launch",
            title=whose,
            hook=whose,
            on=now.date(),
            language=language,
            offer=cast.offer,
            **told,
        )
        return [publish_prompt(prompt, **told).pk]
    copies: list[CopyIn] = [{"channel": "x", "title": "", "text": "{link}"}]
    key = f"k{Kit.objects.count()}"
    kit = keep_kit(
        cast.program, key=key, name=whose, offer=cast.offer, copies=copies, language=language, **told
    )  # fmt: skip
    return [text_id("kit", publish_kit(kit, **told).pk)]


def _library(portal: Portal, name: str, *, bens: bool) -> list[Any]:
    """A resource or an answer: for everybody, or with Ben's words for those who have a podcast, as he has."""
    cast, told = portal.cast, dict[str, Any](now=clock.now(), by="ruth")
    Partner.objects.filter(pk=cast.ben.pk).update(channels=["Podcast"])
    title, target = ("Ben secretware", Target(channels=["podcast"])) if bens else ("Mine", EVERYBODY)
    if name == "faq_helped":
        return [keep_entry(cast.program, "partners", Said(title, title, "Topic"), target, **told).pk]
    return [add_resource(cast.program, "guide", Content(title, body=title), target, **told).pk]


def _learning(portal: Portal, name: str, *, bens: bool) -> dict[str, list[str]]:
    """A lesson, a session and a preview: for everybody, or with Ben's words for a tier that Ana is not in."""
    if name not in ("lesson", "session_seat", "recording", "coming_one", "coming_accept"):
        return {}
    program, now, by = portal.cast.program, clock.now(), "ruth"
    title, tiers = ("Ben secretware", ["power"]) if bens else ("Mine", [])
    question = {"text": title, "options": ["a", "b"], "right": 0}
    key = f"l{Lesson.objects.count()}"
    lesson = keep_lesson(
        program, key=key, title=title, text=title, questions=[question], tiers=tiers, now=now, by=by
    )  # fmt: skip
    publish_lesson(lesson, now=now, by=by)
    session = plan_meeting(
        program, kind="webinar", title=title, starts_at=now + timedelta(days=3), minutes=30, now=now, by=by
    )
    set_session(session, seats=3, tiers=tiers, now=now, by=by)
    preview = keep_preview(program, teaser=title, title=title, text=title, tiers=tiers, now=now, by=by)
    publish_preview(preview, now=now, by=by)
    meeting, shown = [text_id("mtg", session.pk)], [text_id("prv", preview.pk)]
    return {
        "lesson": [key], "session_seat": meeting, "recording": meeting, "coming_one": shown, "coming_accept": shown,
    }  # fmt: skip


def _message(portal: Portal, *, bens: bool) -> str:
    cast = portal.cast
    row, partner = (cast.bens, cast.ben) if bens else (cast.anas, cast.ana)
    text = "secretware for Ben" if bens else "Mine"
    asked = ask_us(row, subject=text, text=text, now=clock.now(), name=partner.name, email=partner.email)
    return text_id("cvs", asked.conversation_id)


def _work(portal: Portal, *, bens: bool) -> str:
    enrolment = portal.cast.bens if bens else portal.cast.anas
    title = "secretware for Ben" if bens else "Mine"
    now = clock.now()
    row = ask_for(enrolment, title=title, brief=title, due_on=now.date() + timedelta(days=9), now=now, by="ruth")
    return text_id("dlv", row.pk)


def _invitation(portal: Portal, *, bens: bool) -> str:
    cast, now = portal.cast, clock.now()
    meeting = plan_meeting(
        cast.program, kind="call", title="Spring", starts_at=now + timedelta(days=3), minutes=30, now=now, by="ruth"
    )
    invite(meeting, [cast.anas, cast.bens], now=now, by="ruth")
    return text_id("inv", meeting.invitations.get(enrolment=cast.bens if bens else cast.anas).pk)


def _proposal(portal: Portal, *, bens: bool) -> str:
    enrolment = portal.cast.bens if bens else portal.cast.anas
    row = Proposal.objects.filter(enrolment=enrolment).first()
    offered = Offered(portal.cast.terms.body, message="secretware for Ben" if bens else "")
    return text_id("prp", (row or propose(enrolment, offered, now=clock.now(), by="ruth")).pk)


def test_no_page_of_ana_tells_anything_about_ben(ana: Client, portal: Portal) -> None:
    told = {}
    for name in NAMES:
        answer = ana.get(reverse(f"portal:{name}", args=_arguments(name, portal, bens=False)))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        content = _TOKEN.sub(b"", content)  # of 64 letters, among which three may be anybody's name
        told[name] = (answer.status_code in (200, 403, 405), [secret for secret in _SECRETS if secret in content])
    assert {name: found for name, found in told.items() if found != (True, [])} == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_bens_things_are_not_there_for_ana(ana: Client, portal: Portal, method: str) -> None:
    named = {name: _arguments(name, portal, bens=True) for name in NAMES if name not in ("statement", "paper")}
    answers = {
        name: getattr(ana, method)(reverse(f"portal:{name}", args=arguments)).status_code
        for name, arguments in named.items() if arguments
    }  # fmt: skip
    assert {name: status for name, status in answers.items() if status not in (403, 404, 405)} == {}
    assert answers
    assert not Link.objects.exclude(archived_at=None).exists()
    assert not Link.objects.exclude(copied_at=None).exists()


def test_strangers_are_sent_to_sign_in(portal: Portal) -> None:
    answers = {
        name: Client().get(reverse(f"portal:{name}", args=_arguments(name, portal, bens=False))) for name in NAMES
    }
    asked = {name: answer for name, answer in answers.items() if answer.status_code != 405}
    assert {name for name, one in asked.items() if one.status_code != 302} == set()
    assert {name for name, one in asked.items() if not one["Location"].startswith("/sign-in")} == set()


def test_an_order_of_another_partner_looks_like_one_that_does_not_exist(ana: Client, portal: Portal) -> None:
    def page(order: str) -> str:
        return ana.get(reverse("portal:why"), {"q": order}).content.decode().replace(order, "ORDER")

    foreign, unknown = page("HP-SECRET"), page("HP-UNHEARD")
    assert "Nothing of yours came with this order" in foreign
    assert _without_tokens(foreign) == _without_tokens(unknown)


def _without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line]


def test_the_file_of_my_data_holds_mine_and_nothing_of_others(ana: Client, portal: Portal) -> None:
    data = json.loads(ana.get(reverse("portal:export")).content)
    program = data["programs"][0]
    assert [row["slug"] for row in program["links"]] == ["ana"]
    assert {row["conversion__external_id"] for row in program["commissions"]} == {"HP-1", "HP-2"}
    assert [row["external_id"] for row in program["claims"]] == ["LOST-ana"]
    assert data["payout_details"]["account"] == "ana@partners.example"


def test_a_manager_who_looks_at_a_portal_does_not_take_the_whole_account_with_them(
    ruth: Client, portal: Portal
) -> None:
    set_payout_details(
        portal.cast.ana, rail="sepa", account_name="Ana", account="GB33BUKB20201555555555", now=clock.now(), by="t"
    )
    ruth.post(reverse("portal:view_as", args=[text_id("prt", portal.cast.ana.pk)]))
    taken = json.loads(ruth.get(reverse("portal:export")).content)
    assert taken["partner"]["name"] == "Ana"
    assert taken["payout_details"]["account"] == "GB33 … 5555"


def test_a_manager_sees_the_portal_as_its_partner_and_can_change_nothing(ruth: Client, portal: Portal) -> None:
    assert ruth.get(reverse("portal:home")).status_code == 403
    assert ruth.post(reverse("portal:view_as", args=[text_id("prt", portal.cast.ana.pk)])).status_code == 302
    page = ruth.get(reverse("portal:home"))
    assert b"Nothing can be changed here" in page.content
    assert b"HP-SECRET" not in page.content
    for name in NAMES:
        if name in ("view_as", "view_end"):
            continue
        path = reverse(f"portal:{name}", args=_arguments(name, portal, bens=False))
        assert ruth.get(path).status_code in (200, 405)
        assert ruth.post(path).status_code == 403
    assert ruth.post(reverse("portal:view_end")).status_code == 302
    assert ruth.get(reverse("portal:home")).status_code == 403


def test_a_manager_who_looks_at_a_portal_sees_no_whole_account_and_no_tax_number(ruth: Client, portal: Portal) -> None:
    ana = portal.cast.ana
    set_payout_details(
        ana, rail="sepa", account_name="Ana", account="DE89370400440532013000", now=clock.now(), by="t"
    )  # fmt: skip
    set_tax_profile(
        ana, country="DE", legal_name="Ana", tax_number="86095742719", born_on=date(1990, 2, 3), now=clock.now(), by="t"
    )  # fmt: skip
    ruth.post(reverse("portal:view_as", args=[text_id("prt", ana.pk)]))
    for name in ("export", "tax", "payout_details", "payouts", "profile"):
        shown = ruth.get(reverse(f"portal:{name}")).content.decode()
        for secret in ("DE89370400440532013000", "86095742719", "1990-02-03"):
            assert secret not in shown, (name, secret)
    assert "3000" in ruth.get(reverse("portal:export")).content.decode()


def test_looking_at_a_portal_is_written_down(ruth: Client, portal: Portal) -> None:
    from hanse.spine.audit.models import AuditEntry

    ruth.post(reverse("portal:view_as", args=[text_id("prt", portal.cast.ana.pk)]))
    entry = AuditEntry.objects.get(verb="view_portal")
    assert (entry.actor, entry.subject_id) == (portal.cast.ruth.email, str(portal.cast.ana.pk))


def test_a_partner_cannot_look_at_another_portal(ana: Client, portal: Portal) -> None:
    assert ana.post(reverse("portal:view_as", args=[text_id("prt", portal.cast.ben.pk)])).status_code == 403
    session = ana.session
    session["viewed_partner"] = text_id("prt", portal.cast.ben.pk)
    session.save()
    assert b"HP-SECRET" not in ana.get(reverse("portal:earnings")).content


def test_what_a_partner_posts_counts_for_them_alone(ana: Client, portal: Portal) -> None:
    ana.post(reverse("portal:payout_details"), {"rail": "paypal", "account_name": "Ana", "account": "new@ana.example"})
    ana.post(reverse("portal:claim"), {"order": "HP-SECRET", "note": "mine"})
    assert PayoutDetails.objects.get(partner=portal.cast.ben).account == "ben@partners.example"
    assert PayoutDetails.objects.get(partner=portal.cast.ana).account == "new@ana.example"
    assert Claim.objects.get(external_id="HP-SECRET").enrolment == portal.cast.anas
    assert Partner.objects.get(pk=portal.cast.ben.pk).name == "Ben"
