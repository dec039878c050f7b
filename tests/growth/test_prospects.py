"""The pipeline: prospects come in once, move with their history, go back, and letters leave only when filled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hanse.bridges.files.prospects import read_prospects
from hanse.growth.invitations.actions import decline_invitation, invite
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.secret import secret_of as invitation_secret
from hanse.growth.invitations.types import NewInvitation
from hanse.growth.mentions.actions import merge_candidates, take_answers
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.profile.actions import judge
from hanse.growth.prospects import actions, letters, queries, rules
from hanse.growth.prospects.importing import NewProspect, bring_in
from hanse.growth.prospects.models import Prospect, StageChange
from hanse.growth.prospects.moving import activate_sellers, prospect_joined
from hanse.growth.prospects.slots import fill, unknown_slots
from hanse.growth.prospects.types import Step
from hanse.growth.reach.models import Suppression
from hanse.growth.recruiting.actions import approve_application, confirm_application, submit_application
from hanse.growth.recruiting.secret import secret_of
from hanse.growth.today.queries import to_do
from hanse.growth.today.types import Kind
from hanse.kernel.errors import Invalid, Refused
from hanse.people.partners.models import Partner
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.money import books

NOW = make.NOON
BY = "ruth@harbour.example"


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def added(cast: Cast, name: str = "Paper Moon", **fields: Any) -> Prospect:
    return actions.add_prospect(cast.program, name=name, now=NOW, by=BY, **fields)


def named(cast: Cast, *answers: str) -> Candidate:
    given = [GivenAnswer(text, NOW, person=str(place)) for place, text in enumerate(answers)]
    take_answers(cast.program, given, now=NOW, by=BY)
    return Candidate.objects.get()


def moved(row: Prospect, *stages: str, days: float = 0) -> Prospect:
    for stage in stages:
        actions.move_prospects([row], stage, reason="No time", now=NOW + timedelta(days=days), by=BY)
    row.refresh_from_db()
    return row


def test_a_candidate_comes_into_the_pipeline_once(cast: Cast) -> None:
    row = actions.add_from_candidate(named(cast, "Paper Moon"), now=NOW, by=BY)
    assert (row.name, row.source, row.stage) == ("Paper Moon", "candidate", "prospect")
    with pytest.raises(Refused, match="in the pipeline already"):
        actions.add_from_candidate(Candidate.objects.get(), now=NOW, by=BY)


def test_a_candidate_who_is_a_partner_stays_out(cast: Cast) -> None:
    with pytest.raises(Refused, match="partner of yours"):
        actions.add_from_candidate(named(cast, "Ana"), now=NOW, by=BY)


def test_who_brought_a_prospect_stays_for_life(cast: Cast) -> None:
    row = added(cast, email="moon@paper.example", referrer=cast.ana)
    actions.change_prospect(row, name="Paper Moon Ltd", email="new@paper.example", now=NOW, by=BY)
    row.refresh_from_db()
    assert (row.source, row.referrer) == ("referral", cast.ana)


def test_an_address_in_the_pipeline_or_of_a_partner_is_refused(cast: Cast) -> None:
    added(cast, email="Moon@paper.example")
    with pytest.raises(Refused):
        added(cast, "Other", email="moon@PAPER.example")
    with pytest.raises(Refused):
        added(cast, "Ana", email=cast.ana.email)


def test_a_date_without_a_step_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        added(cast, next_step=" ", next_on=NOW.date())


def test_every_step_is_kept_with_who_and_when(cast: Cast) -> None:
    row = moved(added(cast), "qualified", "contacted")
    steps = StageChange.objects.filter(prospect=row).order_by("at", "id")
    assert [(one.from_stage, one.to_stage, one.by) for one in steps] == [
        ("", "prospect", BY), ("prospect", "qualified", BY), ("qualified", "contacted", BY)
    ]  # fmt: skip


def test_closing_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(Invalid):
        actions.move_prospects([added(cast)], "closed", now=NOW, by=BY)


def test_nobody_is_active_who_is_no_partner(cast: Cast) -> None:
    with pytest.raises(Refused, match="Paper Moon"):
        moved(added(cast), "active")


def test_an_active_prospect_knows_its_partner_by_address(cast: Cast) -> None:
    row = added(cast, "Dora", email="dora@dora.example")
    partner = make.partner("Dora", email="dora@dora.example")
    make.enrolment(partner, cast.program)
    assert moved(row, "active").partner == partner


def test_what_was_moved_at_once_goes_back_at_once(cast: Cast) -> None:
    rows = [added(cast, name) for name in ("One", "Two")]
    moved(rows[1], "qualified")
    act, count = actions.move_prospects(rows, "closed", reason="Rivals", now=NOW, by=BY)
    assert count == 2
    assert actions.undo_move(cast.program.pk, act, now=NOW, by=BY) == 2
    assert [(row.stage, row.closed_why) for row in Prospect.objects.order_by("name")] == [
        ("prospect", ""), ("qualified", "")
    ]  # fmt: skip
    with pytest.raises(Refused):
        actions.undo_move(cast.program.pk, act, now=NOW, by=BY)


def test_undo_leaves_alone_who_moved_on_since(cast: Cast) -> None:
    rows = [added(cast, name) for name in ("One", "Two")]
    act, _count = actions.move_prospects(rows, "qualified", now=NOW, by=BY)
    moved(rows[0], "talks")
    assert actions.undo_move(cast.program.pk, act, now=NOW, by=BY) == 1
    assert {row.name: row.stage for row in Prospect.objects.all()} == {"One": "talks", "Two": "prospect"}


def test_undo_of_a_reopening_brings_the_reason_back(cast: Cast) -> None:
    row = moved(added(cast), "closed")
    act, _count = actions.move_prospects([row], "talks", now=NOW, by=BY)
    actions.undo_move(cast.program.pk, act, now=NOW, by=BY)
    row.refresh_from_db()
    assert (row.stage, row.closed_why) == ("closed", "No time")


def test_another_program_cannot_take_back_a_move(cast: Cast) -> None:
    act, _count = actions.move_prospects([added(cast)], "talks", now=NOW, by=BY)
    with pytest.raises(Refused):
        actions.undo_move(make.program("other").pk, act, now=NOW, by=BY)


def test_an_approved_application_moves_its_prospect_and_credits_who_brought_it(cast: Cast) -> None:
    row = added(cast, "Dora", email="dora@dora.example", referrer=cast.ana)
    application = submit_application(cast.program, name="Dora", email="Dora@dora.example", now=NOW)
    assert application is not None
    confirm_application(secret_of(application.pk), now=NOW)
    approve_application(application, now=NOW, by=BY)
    row.refresh_from_db()
    partner = Partner.objects.get(email="dora@dora.example")
    assert (row.stage, row.partner, partner.recruited_by) == ("onboarding", partner, cast.ana)


def test_who_is_further_already_is_not_moved_back(cast: Cast) -> None:
    row = moved(added(cast, "Ben", email="b@b.example"), "onboarding")
    Prospect.objects.filter(pk=row.pk).update(stage="active")
    found = prospect_joined(cast.program.pk, "B@b.example", cast.ben, now=NOW, by=BY)
    assert found is not None
    assert found.stage == "active"


def test_a_file_brings_each_row_in_once(cast: Cast) -> None:
    rows = [
        NewProspect("Paper Moon", "moon@paper.example", note="Met at the fair"),
        NewProspect("The Paper Moon"), NewProspect("Slow Kitchen"), NewProspect("slow kitchen"),
        NewProspect("Ana", cast.ana.email), NewProspect("Kin", "kin@x.example", referrer=cast.ben.email.upper()),
    ]  # fmt: skip
    assert bring_in(cast.program, rows, now=NOW, by=BY).new == 3
    assert bring_in(cast.program, rows, now=NOW, by=BY).new == 0
    kin = Prospect.objects.get(name="Kin")
    assert (kin.source, kin.referrer) == ("referral", cast.ben)


def test_one_bad_row_keeps_all_of_a_file_out(cast: Cast) -> None:
    rows = [NewProspect("Paper Moon"), NewProspect("", "nowhere", referrer="who@x.example", stage="active")]
    with pytest.raises(Invalid) as raised:
        bring_in(cast.program, rows, now=NOW, by=BY)
    assert {one.pointer for one in raised.value.problems} == {
        "/rows/1/name", "/rows/1/email", "/rows/1/referrer", "/rows/1/stage"
    }  # fmt: skip
    assert not Prospect.objects.exists()


def test_bringing_in_many_costs_as_many_queries_as_a_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        bring_in(cast.program, [NewProspect(f"Name {place}", note="n") for place in range(300)], now=NOW, by=BY)


@pytest.mark.parametrize(
    ("stage", "days", "stale"),
    [("contacted", 7, True), ("contacted", 6, False), ("active", 900, False), ("closed", 900, False)],
)
def test_a_card_is_stale_after_its_stages_days(stage: str, days: int, stale: bool) -> None:
    assert rules.is_stale(stage, NOW - timedelta(days=days), NOW) is stale


def test_the_stale_are_found_as_the_rule_says(cast: Cast) -> None:
    moved(added(cast, "Old"), "contacted", days=-9)
    moved(added(cast, "Fresh"), "contacted", days=-2)
    Prospect.objects.filter(name="Old").update(changed_at=NOW - timedelta(days=9))
    assert [row.name for row in Prospect.objects.filter(queries.stale_ones(NOW))] == ["Old"]


def steps(*pairs: tuple[str, float]) -> list[Step]:
    return [Step(stage, NOW + timedelta(days=days)) for stage, days in pairs]


def test_conversion_counts_who_came_this_far_and_the_median_only_stays_that_ended() -> None:
    found = rules.report([
        steps(("prospect", 0), ("qualified", 2), ("closed", 6)),
        steps(("prospect", 0), ("contacted", 4)),
        steps(("prospect", 0), ("closed", 9)),
        steps(("prospect", 0)),
    ])  # fmt: skip
    first, second, third = found.stages[:3]
    assert (first.reached, first.went_on, first.share, first.here) == (4, 2, 0.5, 1)
    assert (first.stays, first.median) == (3, timedelta(days=4))
    assert (second.reached, second.went_on, second.stays, second.median) == (2, 1, 1, timedelta(days=4))
    assert (third.reached, third.here, third.median, found.closed, found.came) == (1, 1, None, 2, 4)


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    days = [timedelta(days=n) for n in (9, 1, 4, 2)]
    assert rules.median(days) == timedelta(days=3)
    assert rules.median([]) is None


def test_what_was_taken_back_never_counts(cast: Cast) -> None:
    act, _count = actions.move_prospects([added(cast)], "signed", now=NOW, by=BY)
    actions.undo_move(cast.program.pk, act, now=NOW, by=BY)
    assert [one.reached for one in queries.report_of(cast.program.pk).stages[:2]] == [1, 0]


def test_the_board_shows_the_nearest_steps_of_each_stage_in_one_query(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    for place in range(4):
        added(cast, f"P{place}", next_step="Write", next_on=NOW.date() + timedelta(days=9 - place))
    moved(added(cast, "Other"), "talks")
    with django_assert_num_queries(1):
        found = queries.board(queries.prospects_of(cast.program.pk), 2)
    assert {stage: [row.name for row in rows] for stage, rows in found.items()} == {
        "prospect": ["P3", "P2"], "talks": ["Other"]
    }  # fmt: skip


def test_slots_are_filled_and_the_empty_ones_named() -> None:
    draft = fill("For {{ name }}", "{{named_by_count}} of ours named you: {{quote}}", {"name": "Moon", "quote": " "})
    assert (draft.subject, draft.missing) == ("For Moon", ("named_by_count", "quote"))


def test_what_only_looks_like_a_slot_is_found() -> None:
    assert unknown_slots("{{name}} {{nmae}}") == ["nmae"]
    assert unknown_slots("{{name}} {{") == ["{{"]


def test_evidence_is_never_filled_twice() -> None:
    assert fill("s", "{{quote}}", {"quote": "{{name}}", "name": "X"}).text == "{{name}}"


def test_a_letter_with_an_empty_slot_does_not_leave(cast: Cast) -> None:
    template = letters.keep_template(
        cast.program, name="Named", subject="{{name}}", body="{{named_by_count}} named you", now=NOW, by=BY
    )
    row = added(cast, email="moon@paper.example")
    with pytest.raises(Refused, match=r"\{\{named_by_count\}\}"):
        letters.send_draft(row, template, sender="Ruth", is_mailed=True, now=NOW, by=BY)
    assert not row.remarks.exists()
    assert not OutboxItem.objects.exists()


def test_a_letter_filled_from_mentions_is_mailed_logged_and_moves_the_prospect(cast: Cast) -> None:
    named(cast, "Paper Moon", "paper moon")
    row = actions.add_from_candidate(Candidate.objects.get(), now=NOW, by=BY)
    actions.change_prospect(row, email="moon@paper.example", now=NOW, by=BY)
    template = letters.keep_template(
        cast.program, name="Named", subject="Hello {{name}}", body="{{named_by_count}} of our customers named you.",
        now=NOW, by=BY,
    )  # fmt: skip
    letters.send_draft(row, template, sender="Ruth", is_mailed=True, now=NOW, by=BY)
    row.refresh_from_db()
    assert row.stage == "contacted"
    assert row.remarks.get().text.endswith("of our customers named you.")
    assert OutboxItem.objects.get().payload["to"] == "moon@paper.example"


def test_mail_without_an_address_is_refused(cast: Cast) -> None:
    template = letters.keep_template(cast.program, name="N", subject="S", body="{{name}}", now=NOW, by=BY)
    with pytest.raises(Refused, match="No address"):
        letters.send_draft(added(cast), template, sender="Ruth", is_mailed=True, now=NOW, by=BY)


def test_a_template_with_a_slot_that_there_is_not_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid, match="firstname"):
        letters.keep_template(cast.program, name="N", subject="S", body="{{firstname}}", now=NOW, by=BY)


def test_a_due_next_step_stands_on_today_with_its_owner(cast: Cast) -> None:
    added(cast, "Late", next_step="Call", next_on=NOW.date(), owner=cast.ruth)
    added(cast, "Later", next_step="Call", next_on=NOW.date() + timedelta(days=1), owner=cast.ruth)
    added(cast, "Nobody's", next_step="Write", next_on=NOW.date() - timedelta(days=3))
    found = [one for one in to_do(cast.program, NOW).things if one.kind is Kind.PROSPECTS_DUE]
    assert {(one.detail["name"], one.detail["owner"], one.count) for one in found} == {
        ("Late", "Ruth", 1), ("Nobody's", "", 1)
    }  # fmt: skip


def test_a_prospect_is_active_at_the_first_sale_by_itself_and_only_once(cast: Cast) -> None:
    row = added(cast, "Ana")
    Prospect.objects.filter(pk=row.pk).update(partner=cast.ana, stage="onboarding")
    closed = added(cast, "Ben")
    Prospect.objects.filter(pk=closed.pk).update(partner=cast.ana, stage="closed")
    assert activate_sellers(NOW) == 0
    books.sell(cast.anas, 5_000, at=NOW)
    assert (activate_sellers(NOW), activate_sellers(NOW)) == (1, 0)
    row.refresh_from_db()
    closed.refresh_from_db()
    assert (row.stage, closed.stage) == ("active", "closed")
    assert row.changes.get(to_stage="active").reason == "first sale"
    actions.move_prospects([row], "talks", now=NOW, by=BY)
    assert activate_sellers(NOW) == 0  # a person said otherwise


def test_whoever_joins_is_the_candidate_whom_customers_named(cast: Cast) -> None:
    moon = named(cast, "Paper Moon", "paper moon")
    row = actions.add_from_candidate(moon, now=NOW, by=BY)
    actions.change_prospect(row, email="nina@moon.example", now=NOW, by=BY)
    application = submit_application(cast.program, name="Nina", email="nina@moon.example", message="x", now=NOW)
    assert application is not None
    confirm_application(secret_of(application.pk), now=NOW)
    enrolment = approve_application(application, now=NOW, by=BY)
    moon.refresh_from_db()
    assert moon.partner == enrolment.partner


@pytest.mark.parametrize("why", ["rather not", "complaint", "bounce"])
def test_who_said_rather_not_or_complained_gets_no_letter_by_mail(cast: Cast, why: str) -> None:
    row = added(cast, "Nina", email="nina@paper.example")
    if why == "rather not":
        invite(cast.program, [NewInvitation(row.email)], now=NOW, by=BY)
        decline_invitation(cast.program, invitation_secret(Invitation.objects.get().pk), now=NOW)
    else:
        Suppression.objects.create(address=row.email, why=why, since=NOW)
    row.refresh_from_db()
    template = letters.keep_template(cast.program, name="Hello", subject="Hi", body="Hi {{name}}", now=NOW, by=BY)
    with pytest.raises(Refused) as refusal:
        letters.send_draft(row, template, sender="Ruth", is_mailed=True, now=NOW, by=BY)
    assert refusal.value.code == "left_alone"
    assert not OutboxItem.objects.filter(key__startswith="prospect:").exists()
    assert not row.remarks.filter(kind="sent").exists()
    letters.send_draft(row, template, sender="Ruth", is_mailed=False, now=NOW, by=BY)  # said where they talk


def test_a_prospect_keeps_its_evidence_when_its_candidate_is_merged_into_another(cast: Cast) -> None:
    given = [GivenAnswer(text, NOW, person=str(place)) for place, text in enumerate(["Paper Moon", "Luna Carta"])]
    take_answers(cast.program, given, now=NOW, by=BY)
    moon, luna = Candidate.objects.get(name="Paper Moon"), Candidate.objects.get(name="Luna Carta")
    row = actions.add_from_candidate(moon, now=NOW, by=BY)
    judge(moon, "fit", value=9, note="Their tone", now=NOW, by=BY)
    merge_candidates(luna, [moon], now=NOW, by=BY)
    row.refresh_from_db()
    assert row.candidate == luna
    assert letters.evidence_of(row, sender="", own_text="", now=NOW)["named_by_count"] == "2"
    assert luna.judgements.get().value == 9
    with pytest.raises(Refused):
        actions.add_from_candidate(luna, now=NOW, by=BY)


def test_a_file_may_bring_a_former_partner_back_into_the_pipeline(cast: Cast) -> None:
    """As by hand: whoever left may be asked again."""
    make.change_status(cast.anas, "ended", NOW)
    rows = [NewProspect("Ana", cast.ana.email), NewProspect("Ben", cast.ben.email)]
    assert bring_in(cast.program, rows, now=NOW, by=BY).new == 1
    assert Prospect.objects.get().email == cast.ana.email


def test_a_row_that_ends_before_its_name_is_refused_at_its_place(cast: Cast) -> None:
    """Spreadsheets leave the last empty cells of a row out."""
    rows = read_prospects(b"email,name\nmoon@paper.example\nkin@x.example,Kin\n")
    with pytest.raises(Invalid) as caught:
        bring_in(cast.program, rows, now=NOW, by=BY)
    assert [problem.pointer for problem in caught.value.problems] == ["/rows/0/name"]
