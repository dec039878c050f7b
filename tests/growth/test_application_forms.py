"""The form of a program, its versions, what is noticed about applicants, and rules that take them in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.recruiting.actions import approve_application, confirm_application, submit_application
from hanse.growth.recruiting.automatic import add_rule, end_rule
from hanse.growth.recruiting.forms import form_of, publish_form
from hanse.growth.recruiting.mailboxes import is_disposable, mailbox_of
from hanse.growth.recruiting.models import Application, ApplicationForm
from hanse.growth.recruiting.risks import clear_risk, open_risks
from hanse.growth.recruiting.secret import secret_of
from hanse.growth.recruiting.traces import brand_word_in, brand_words
from hanse.growth.recruiting.words import risk_words
from hanse.kernel.errors import Invalid, Refused
from hanse.people.access.actions import close_login
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
NOW, BY = make.NOON, "ruth"
QUESTIONS: list[dict[str, Any]] = [
    {"kind": "text", "label": "Which city?", "is_required": True},
    {"kind": "choice", "label": "What do you make?", "options": ["Posts", "Films"]},
    {"kind": "link", "label": "Your best piece"},
    {"kind": "yes_no", "label": "Do you ship?", "is_required": True},
]


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def _publish(program: Program, **changes: Any) -> ApplicationForm:
    return publish_form(program, now=NOW, by=BY, **({"questions": QUESTIONS} | changes))


def _apply(program: Program, email: str = "nina@paper.example", **changes: Any) -> Application:
    values: dict[str, Any] = {
        "name": "Nina", "message": "The lamp", "channels": ["paper.example"],
        "answers": {"which_city": "Leeds", "do_you_ship": "yes"} if form_of(program.pk).number else {},
    } | changes  # fmt: skip
    row = submit_application(program, email=email, now=NOW, **values)
    assert row is not None
    return row


def _confirm(row: Application, after_minutes: int = 1) -> Application:
    return confirm_application(secret_of(row.pk), now=NOW + timedelta(minutes=after_minutes))


def test_a_program_without_a_form_of_its_own_shows_the_short_one(cast: Cast) -> None:
    content = form_of(cast.program.pk)
    assert (content.number, content.questions, content.requires("message")) == (0, (), True)


def test_each_publication_is_a_version_and_the_same_form_is_none(cast: Cast) -> None:
    assert _publish(cast.program).number == 1
    assert _publish(cast.program).number == 1
    assert _publish(cast.program, headline="Join us").number == 2
    assert [question.key for question in form_of(cast.program.pk).questions] == [
        "which_city", "what_do_you_make", "your_best_piece", "do_you_ship",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        ({"kind": "text", "label": " "}, "/questions/0/label"),
        ({"kind": "dance", "label": "X"}, "/questions/0/kind"),
        ({"kind": "choice", "label": "X", "options": ["one", "one"]}, "/questions/0/options"),
        ({"kind": "text", "label": "X", "options": ["a", "b"]}, "/questions/0/options"),
        ({"kind": "text", "label": "X", "key": "Not so"}, "/questions/0/key"),
        ({"kind": "text", "label": "X", "is_required": "yes"}, "/questions/0/is_required"),
        ({"kind": "text", "label": "X", "colour": "red"}, "/questions/0/colour"),
        ("no question", "/questions/0/label"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_at_its_place(cast: Cast, question: object, pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        _publish(cast.program, questions=[question])
    assert pointer in {problem.pointer for problem in caught.value.problems}
    assert not ApplicationForm.objects.exists()


def test_answers_keep_the_questions_own_text_over_later_versions(cast: Cast) -> None:
    _publish(cast.program)
    row = _apply(cast.program, answers={
        "which_city": "Leeds", "what_do_you_make": "Films", "your_best_piece": "paper.example/a", "do_you_ship": "no",
    })  # fmt: skip
    _publish(cast.program, questions=[{"kind": "text", "label": "Which town?"}])
    row.refresh_from_db()
    assert row.form is not None
    assert row.form.number == 1
    assert [(one["question"], one["answer"]) for one in row.answers] == [
        ("Which city?", "Leeds"), ("What do you make?", "Films"), ("Your best piece", "https://paper.example/a"),
        ("Do you ship?", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"do_you_ship": "yes"}, "/answers/which_city"),
        ({"which_city": "L"}, "/answers/do_you_ship"),
        ({"which_city": "L", "do_you_ship": "perhaps"}, "/answers/do_you_ship"),
        ({"which_city": "L", "do_you_ship": "yes", "what_do_you_make": "Songs"}, "/answers/what_do_you_make"),
        (
            {"which_city": "L", "do_you_ship": "yes", "your_best_piece": "javascript:alert(1)"},
            "/answers/your_best_piece",
        ),
        ({"which_city": "L" * 301, "do_you_ship": "yes"}, "/answers/which_city"),
        ({"which_city": "L", "do_you_ship": "yes", "age": "7"}, "/answers/age"),
    ],
)
def test_a_wrong_answer_is_refused_at_its_question(cast: Cast, answers: dict[str, object], pointer: str) -> None:
    _publish(cast.program)
    with pytest.raises(Invalid) as caught:
        _apply(cast.program, answers=answers)
    assert {problem.pointer for problem in caught.value.problems} == {pointer}


def test_whoever_began_with_an_earlier_version_may_send_that_one(cast: Cast) -> None:
    _publish(cast.program)
    _publish(cast.program, questions=[{"kind": "text", "label": "New?", "is_required": True}])
    row = _apply(cast.program, form_number=1, answers={"which_city": "Leeds", "do_you_ship": True})
    assert [one["key"] for one in row.answers] == ["which_city", "do_you_ship"]


def test_mailboxes_are_one_over_their_ways_to_be_written() -> None:
    assert mailbox_of("An.N.A+shop@GoogleMail.com") == mailbox_of("anna@gmail.com")
    assert mailbox_of("a.b@x.example") != mailbox_of("ab@x.example")
    assert is_disposable("a@mailinator.com")
    assert is_disposable("a@deep.mailinator.com")
    assert not is_disposable("a@paper.example")
    assert not is_disposable("no address")


def test_the_brands_own_word_is_seen_in_what_an_applicant_calls_theirs() -> None:
    words = brand_words("Harbour & Pine Gifts", ["www.harbourandpine.example", "shop.co.uk"])
    assert brand_word_in(words, {"channel": "https://harbourandpine-coupons.example"})[1] == "harbourandpine"
    assert brand_word_in(words, {"company": "Harbour Radio", "channel": "shopping.example"}) == ("", "")


def _kinds(row: Application) -> list[str]:
    return sorted(risk.kind for risk in open_risks(row))


def test_risks_name_what_they_were_found_in(cast: Cast) -> None:
    phone = "+44 20 7946 0999"
    earlier = _confirm(
        _apply(cast.program, "old@paper.example", channels=["else.example"], phone=phone, origin={"ip_hash": "h1"})
    )
    Application.objects.filter(pk=earlier.pk).update(status="declined")
    row = _confirm(
        _apply(
            cast.program, "a.n.a+x@gmail.com", name="Ana Two", phone="020 7946 0999",
            channels=["@harbour-deals"], country="PL", origin={"ip_hash": "h1", "network": "GB datacentre"},
        )
    )  # fmt: skip
    assert _kinds(row) == ["brand_word", "country_mismatch", "declined_before", "hidden_network", "same_network"]
    about = {risk.kind: risk.about for risk in open_risks(row)}
    assert about["declined_before"] == "Nina"
    assert about["brand_word"] == "@harbour-deals"


def test_who_shares_a_place_or_mailbox_with_a_partner_is_noticed_but_a_partners_own_address_is_none(cast: Cast) -> None:
    cast.ana.channels = ["@ana-writes"]
    cast.ana.save()
    row = _confirm(_apply(cast.program, "ana+2@partners.example", channels=["https://instagram.com/ana-writes"]))
    assert _kinds(row) == ["same_mailbox", "same_place"]
    other = make.program("other")
    again = _confirm(_apply(other, cast.ana.email, channels=["@ana-writes"]))
    assert _kinds(again) == []


def test_a_partner_of_another_program_is_noticed_and_not_named(cast: Cast) -> None:
    elsewhere = make.partner("Zelda", channels=["@zelda-sews"])
    make.enrolment(elsewhere, make.program("other"))
    row = _confirm(_apply(cast.program, "z@paper.example", channels=["@zelda-sews"]))
    (risk,) = open_risks(row)
    assert (risk.kind, risk.about, risk.partner_id) == ("same_place", "", None)
    assert "a partner of another program" in risk_words(risk)
    assert str(elsewhere.pk) not in risk.key


def test_of_two_alike_only_the_later_one_is_suspicious(cast: Cast) -> None:
    first = _confirm(_apply(cast.program, "one@paper.example", channels=["same.example"]))
    second = submit_application(
        cast.program, name="Two", email="two@paper.example", channels=["same.example"], message="x",
        now=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert second is not None
    _confirm(second, 61)
    assert _kinds(first) == []
    assert _kinds(second) == ["same_place"]


def test_a_risk_is_cleared_with_a_name_and_comes_back_with_other_evidence(cast: Cast) -> None:
    row = _confirm(_apply(cast.program, "nina@mailinator.com"))
    risk = open_risks(row)[0]
    row = clear_risk(row, risk.key, note="Known from the fair", now=NOW, by=BY)
    assert open_risks(row) == []
    with pytest.raises(Refused):
        clear_risk(row, "brand_word:x", now=NOW, by=BY)
    row.channels = ["harbour.example"]
    row.save()
    assert _kinds(row) == ["brand_word"]


RULE: dict[str, Any] = {"all": [{"field": "applicant.named_by", "op": "gte", "value": 2}]}


def _named(program: Program) -> None:
    given = [GivenAnswer("Paper Orchard", NOW, person=f"c{number}") for number in range(3)]
    take_answers(program, given, now=NOW, by=BY)


def test_a_rule_takes_in_whom_it_means_into_its_tier(cast: Cast) -> None:
    _named(cast.program)
    tier = Tier.objects.get(program=cast.program, key="growth")
    add_rule(cast.program, name="Named", condition=RULE, tier=tier, now=NOW, by=BY)
    row = _confirm(_apply(cast.program, channels=["@paperorchard"]))
    assert (row.status, row.decided_by) == ("approved", "rule: Named")
    assert Enrolment.objects.get(partner=row.partner).tier == tier
    assert _confirm(_apply(cast.program, "other@paper.example", channels=["unknown.example"])).status == "waiting"


def test_no_rule_takes_anybody_in_while_a_risk_is_open_or_before_the_address_is_confirmed(cast: Cast) -> None:
    _named(cast.program)
    rule = add_rule(cast.program, name="Named", condition=RULE, now=NOW, by=BY)
    risky = _apply(cast.program, "nina@mailinator.com", channels=["@paperorchard"])
    assert risky.status == "unconfirmed"
    assert _confirm(risky).status == "waiting"
    end_rule(rule, now=NOW, by=BY)
    assert _confirm(_apply(cast.program, "lena@paper.example", channels=["@paperorchard", "x"])).status == "waiting"


def test_a_rule_may_ask_for_an_answer_of_the_form(cast: Cast) -> None:
    _publish(cast.program)
    condition = {"field": "answer.do_you_ship", "op": "eq", "value": True}
    add_rule(cast.program, name="Ships", condition=condition, now=NOW, by=BY)
    assert _confirm(_apply(cast.program)).status == "approved"
    no = {"which_city": "York", "do_you_ship": "no"}
    assert _confirm(_apply(cast.program, "b@b.example", channels=["b"], answers=no)).status == "waiting"


@pytest.mark.parametrize(
    ("condition", "pointer"),
    [
        ({"all": []}, "/condition/all"),
        ({"field": "applicant.shoe_size", "op": "eq", "value": 1}, "/condition/field"),
        ({"field": "applicant.named_by", "op": "gte", "value": "many"}, "/condition/value"),
        ("everybody", "/condition"),
    ],
)
def test_a_rule_that_no_condition_can_be_is_refused(cast: Cast, condition: object, pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        add_rule(cast.program, name="R", condition=condition, now=NOW, by=BY)
    assert [problem.pointer for problem in caught.value.problems][:1] == [pointer]


def test_no_rule_takes_back_in_whose_enrolment_was_ended(cast: Cast) -> None:
    """They were shown the door for a reason; a person decides, as with customers who share."""
    add_rule(
        cast.program, name="English", condition={"field": "applicant.language", "op": "eq", "value": "en"}, now=NOW,
        by=BY,
    )  # fmt: skip
    Enrolment.objects.filter(pk=cast.anas.pk).update(status="ended", ended_at=NOW)
    row = _confirm(_apply(cast.program, cast.ana.email, name="Ana"))
    assert row.status == "waiting"
    assert Enrolment.objects.get(pk=cast.anas.pk).status == "ended"
    assert approve_application(row, now=NOW + timedelta(hours=1), by=BY).status == "active"


@pytest.mark.parametrize("by_rule", [True, False])
def test_who_became_a_partner_while_the_application_waited_can_be_approved(cast: Cast, by_rule: bool) -> None:
    """Enrolled by a colleague or by sharing meanwhile: the application comes to its end, and nothing is lost by it."""
    row = _apply(cast.program)
    tier = Tier.objects.get(program=cast.program, key="growth")
    enrolment = make.enrolment(make.partner("Nina", email=row.email), cast.program, tier=tier)
    if by_rule:
        condition = {"field": "applicant.language", "op": "eq", "value": "en"}
        add_rule(cast.program, name="English", condition=condition, now=NOW, by=BY)
    row = _confirm(row)
    if not by_rule:
        assert approve_application(row, now=NOW + timedelta(hours=1), by=BY) == enrolment
    row.refresh_from_db()
    enrolment.refresh_from_db()
    assert (row.status, enrolment.status, enrolment.tier) == ("approved", "active", tier)


def test_who_sends_the_form_again_before_confirming_is_read_with_the_later_words(cast: Cast) -> None:
    """A form that anybody may send in anybody's name would else stand for what they wrote themselves."""
    first = _apply(cast.program, message="Typo", channels=["wrong.example"], recruiter=cast.anas_link.slug)
    again = _apply(cast.program, name="Nina Voss", message="The lamp, in colour", channels=["paper.example"])
    assert again.pk == first.pk
    row = _confirm(again)
    assert (row.name, row.message, row.channels) == ("Nina Voss", "The lamp, in colour", ["paper.example"])
    assert row.recruited_by is None
    late = _apply(cast.program, message="Too late")
    assert Application.objects.get(pk=late.pk).message == "The lamp, in colour"  # somebody may be reading it


def test_a_former_partner_whose_login_was_closed_can_be_taken_in_again(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.anas.pk).update(status="ended", ended_at=NOW)
    close_login(cast.anas_login, now=NOW, by=BY)
    row = _confirm(_apply(cast.program, cast.ana.email, name="Ana"))
    assert approve_application(row, now=NOW + timedelta(hours=1), by=BY).status == "active"
    cast.anas_login.refresh_from_db()
    assert cast.anas_login.is_active


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_is_one_application() -> None:
    with transaction.atomic():
        program = build().program

    def send(_place: int) -> None:
        try:
            with transaction.atomic():
                _apply(program)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert Application.objects.count() == 1


@pytest.mark.parametrize("login", ["closed", "another's"])
def test_a_rule_leaves_an_address_that_signs_in_otherwise_to_a_person(cast: Cast, login: str) -> None:
    """The applicant's own page would else break; and what a person closed, no rule opens again."""
    condition = {"field": "applicant.language", "op": "eq", "value": "en"}
    add_rule(cast.program, name="English", condition=condition, now=NOW, by=BY)
    if login == "closed":
        partner = make.partner("Zed")  # of no program any more
        close_login(make.partner_login(partner), now=NOW, by=BY)
        email = partner.email
    else:
        email = "second@partners.example"
        make.partner_login(cast.ana, email=email)
    row = _confirm(_apply(cast.program, email))
    assert row.status == "waiting"
    assert not TeamUser.objects.filter(email=email, is_active=True).exclude(partner=cast.ana).exists()
