"""Joint projects: asked, agreed, shown, settled once; costs and leads of two sides that add up."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.comarketing import rules
from hanse.growth.comarketing.actions import (
    agree_project,
    ask_project,
    cancel_project,
    decline_project,
    move_project,
    propose_again,
    set_code,
)
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.proving import accept_proof, note_costs, refuse_proof, send_proof
from hanse.growth.comarketing.queries import (
    open_budget,
    outcomes_of,
    projects_of,
    to_remind,
    waits_for_us,
)
from hanse.growth.comarketing.settling import take_result_back, write_result
from hanse.growth.comarketing.verify import verify_joint_projects
from hanse.growth.content.models import Piece
from hanse.insight.rollups.models import CountedCredit, LinkDay
from hanse.kernel.errors import Invalid, Refused
from hanse.money.ledger.models import Transaction
from hanse.money.ledger.verify import verify_books
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.together import remind_of_projects
from hanse.spine.audit.models import AuditEntry
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.attribution.models import Credit
from tests.cast import Cast, build
from tests.make import at
from tests.money.books import pots, sell

pytestmark = pytest.mark.django_db
BY, ANA = "ruth@harbour.example", "ana@partners.example"
COSTS = [
    {"name": "Speaker", "planned_minor": 30_001, "paid_by": "partner"},
    {"name": "Room", "planned_minor": 10_000, "paid_by": "us"},
]


@pytest.fixture
def cast() -> Cast:
    return build()


def _ask(cast: Cast, side: Any = "partner", **fields: Any) -> JointProject:
    values: dict[str, Any] = {
        "kind": "joint_event", "title": "An evening at the harbour", "happens_on": date(2026, 5, 20), "costs": COSTS,
    } | fields  # fmt: skip
    return ask_project(cast.anas, side=side, now=at(), by=ANA, **values)


def _agreed(cast: Cast, **fields: Any) -> JointProject:
    return agree_project(_ask(cast, **fields), side="us", now=at(), by=BY)


def _shown(cast: Cast, **fields: Any) -> JointProject:
    row = _agreed(cast, **fields)
    send_proof(row, side="us", number=80, unit="guests", now=at(6), by=BY)
    return row


def _amounts(row: JointProject, *amounts: int) -> dict[Any, int]:
    return dict(zip(row.costs.order_by("position").values_list("pk", flat=True), amounts, strict=True))


def _letters(to: str = ANA) -> list[str]:
    rows = OutboxItem.objects.filter(key__startswith="joint:").order_by("id")
    return [row.payload["subject"] for row in rows if row.payload["to"] == to]


def test_from_request_to_result_with_costs_and_leads_of_both_sides(cast: Cast) -> None:
    row = _agreed(cast, our_cost_ppm=500_000, our_leads_ppm=400_000)
    assert open_budget(cast.program.pk) == 20_001  # of 40,001 the odd penny is ours
    proof = send_proof(row, side="partner", number=81, unit="guests", now=at(6), by=ANA)
    assert waits_for_us(cast.program.pk) == 1
    accept_proof(proof, now=at(6), by=BY)
    note_costs(row, {row.costs.get(position=0).pk: 30_001}, side="partner", now=at(6), by=ANA)
    write_result(row, leads=7, costs=_amounts(row, 30_001, 9_000), note="Full house.", now=at(7), by=BY)
    assert (row.total_minor, row.our_minor, row.partner_minor) == (39_001, 19_501, 19_500)
    assert (row.leads, row.our_leads, row.partner_leads) == (7, 3, 4)
    assert row.settled_minor == 30_001 - 19_500 == 19_501 - 9_000 == pots(cast.anas).payable_minor
    assert open_budget(cast.program.pk) == 0
    assert verify_books() == []
    assert _letters(BY) == [
        "Ana would like to do something together: An evening at the harbour",
        "Ana shows how it went: An evening at the harbour",
    ]
    assert _letters() == [
        "Agreed: An evening at the harbour", "Thank you: we have seen your part of An evening at the harbour",
        "How it went: An evening at the harbour",
    ]  # fmt: skip


def test_a_result_is_booked_once_and_taken_back_by_a_second_booking(cast: Cast) -> None:
    row = _shown(cast)
    write_result(row, leads=0, costs=_amounts(row, 30_001, 10_000), now=at(7), by=BY)
    with pytest.raises(Refused):
        write_result(row, leads=0, now=at(7), by=BY)
    first = pots(cast.anas).payable_minor
    assert first == 30_001 - 20_000
    with pytest.raises(Invalid):
        take_result_back(row, reason=" ", now=at(8), by=BY)
    take_result_back(row, reason="The invoice was lower.", now=at(8), by=BY)
    assert (pots(cast.anas).payable_minor, row.state, row.leads) == (0, "agreed", None)
    with pytest.raises(Refused):
        take_result_back(row, reason="Again", now=at(8), by=BY)
    write_result(row, leads=3, costs=_amounts(row, 20_000, 10_000), now=at(9), by=BY)
    assert pots(cast.anas).payable_minor == 5_000
    assert list(Transaction.objects.values_list("cause", flat=True)) == ["joint_costs"] * 3
    assert [*verify_books(), *verify_joint_projects()] == []
    JointProject.objects.update(enrolment=cast.bens)
    assert len(verify_joint_projects()) == 2  # not in the books for Ben, and in them for Ana
    JointProject.objects.update(enrolment=cast.anas)
    JointProject.objects.update(settled_minor=5_001)
    assert len(verify_joint_projects()) == 1
    row.costs.update(actual_minor=1)
    assert len(verify_joint_projects()) == 2


def test_what_we_laid_out_for_the_partner_comes_off_their_balance(cast: Cast) -> None:
    row = _shown(cast, costs=[{"name": "Printing", "planned_minor": 9_999, "paid_by": "us"}])
    write_result(row, leads=1, costs=_amounts(row, 9_999), now=at(7), by=BY)
    assert (row.our_minor, row.partner_minor) == (5_000, 4_999)
    assert pots(cast.anas).payable_minor == -4_999


def test_what_is_above_the_budget_stays_with_whoever_paid_it(cast: Cast) -> None:
    row = _shown(cast)
    write_result(row, leads=0, costs=_amounts(row, 90_000, 10_000), now=at(7), by=BY)
    assert row.total_minor == 40_001
    assert pots(cast.anas).payable_minor == 10_001


def test_a_result_needs_every_cost_named_and_something_that_shows_it(cast: Cast) -> None:
    row = _agreed(cast)
    with pytest.raises(Refused, match="Nothing shows"):
        write_result(row, leads=1, costs=_amounts(row, 1, 1), now=at(7), by=BY)
    proof = send_proof(row, side="partner", link="https://ana.example/evening", now=at(6), by=ANA)
    with pytest.raises(Refused, match="Look at what was sent"):
        write_result(row, leads=1, costs=_amounts(row, 1, 1), now=at(7), by=BY)
    accept_proof(proof, now=at(6), by=BY)
    with pytest.raises(Invalid) as refused:
        write_result(row, leads=1, now=at(7), by=BY)
    assert [one.pointer for one in refused.value.problems] == ["/costs/0", "/costs/1"]
    assert not Transaction.objects.exists()


def test_of_a_swap_both_sides_show_their_part(cast: Cast) -> None:
    row = _agreed(cast, kind="newsletter_swap", costs=[])
    accept_proof(
        send_proof(row, side="partner", number=12_000, unit="readers", now=at(6), by=ANA), now=at(6), by=BY
    )  # fmt: skip
    with pytest.raises(Refused, match="both sides"):
        write_result(row, leads=5, now=at(7), by=BY)
    send_proof(row, side="us", number=40_000, unit="readers", now=at(6), by=BY)
    write_result(row, leads=5, now=at(7), by=BY)
    assert (row.our_leads, row.partner_leads, row.transaction_number) == (3, 2, None)
    assert not Transaction.objects.exists()


def test_only_the_other_side_says_yes_and_only_to_what_it_read(cast: Cast) -> None:
    row = _ask(cast)
    with pytest.raises(Refused, match="your own"):
        agree_project(row, side="partner", now=at(), by=ANA)
    propose_again(row, side="us", our_cost_ppm=250_000, now=at(), by=BY)
    assert (row.version, row.last_by, row.costs.count()) == (2, "us", 2)
    with pytest.raises(Refused, match="changed"):
        agree_project(row, side="partner", version=1, now=at(), by=ANA)
    agree_project(row, side="partner", version=2, now=at(), by=ANA)
    assert (row.state, row.link and row.link.label) == ("agreed", "An evening at the harbour")
    with pytest.raises(Refused):
        agree_project(row, side="partner", now=at(), by=ANA)
    with pytest.raises(Refused):
        propose_again(row, side="us", our_cost_ppm=0, now=at(), by=BY)


def test_saying_no_and_calling_off_need_a_reason_and_move_no_money(cast: Cast) -> None:
    row = _ask(cast, side="us")
    assert _letters() == ["Shall we do this together: An evening at the harbour"]
    letter = OutboxItem.objects.get(key__startswith="joint:")
    assert f"/p/together?program={cast.program.slug}" in letter.payload["text"]
    with pytest.raises(Invalid):
        decline_project(row, side="partner", reason="", now=at(), by=ANA)
    decline_project(row, side="partner", reason="No time in May.", now=at(), by=ANA)
    other = _agreed(cast)
    cancel_project(other, side="us", reason="The room is gone.", now=at(1), by=BY)
    assert (row.state, other.state, open_budget(cast.program.pk)) == ("declined", "cancelled", 0)
    for again in (row, other):
        with pytest.raises(Refused):
            cancel_project(again, side="us", reason="x", now=at(), by=BY)
        with pytest.raises(Refused):
            send_proof(again, side="partner", number=1, unit="x", now=at(), by=ANA)
    assert not Transaction.objects.exists()


def test_a_partner_names_only_what_they_laid_out(cast: Cast) -> None:
    row = _agreed(cast)
    ours = row.costs.get(paid_by="us")
    with pytest.raises(Invalid):
        note_costs(row, {ours.pk: 1}, side="partner", now=at(), by=ANA)
    stranger = _agreed(cast).costs.first()
    assert stranger is not None
    with pytest.raises(Invalid):
        note_costs(row, {stranger.pk: 1}, side="us", now=at(), by=BY)
    with pytest.raises(Invalid):
        note_costs(row, {ours.pk: -1}, side="us", now=at(), by=BY)


def test_proof_that_is_refused_says_why_and_is_decided_once(cast: Cast) -> None:
    row = _agreed(cast)
    for bad in ({}, {"link": "javascript:alert(1)"}, {"number": -1, "unit": "x"}, {"number": 5}):
        with pytest.raises(Invalid):
            send_proof(row, side="partner", now=at(), by=ANA, **bad)
    proof = send_proof(row, side="partner", link="https://ana.example/x", now=at(), by=ANA)
    with pytest.raises(Invalid):
        refuse_proof(proof, reason="", now=at(), by=BY)
    refuse_proof(proof, reason="The page is empty.", now=at(), by=BY)
    with pytest.raises(Refused):
        accept_proof(proof, now=at(), by=BY)


def test_an_accepted_guest_post_is_a_piece_of_the_partner(cast: Cast) -> None:
    for kind in ("guest_post", "joint_event"):
        row = _agreed(cast, kind=kind)
        link = f"https://ana.example/{kind}"
        accept_proof(send_proof(row, side="partner", link=link, now=at(6), by=ANA), now=at(6), by=BY)
    piece = Piece.objects.get()
    assert (piece.enrolment, piece.address, piece.title) == (
        cast.anas, "https://ana.example/guest_post", "An evening at the harbour",
    )  # fmt: skip


def test_a_second_click_asks_and_shows_nothing_twice(cast: Cast) -> None:
    row = _ask(cast)
    assert _ask(cast) == row
    assert _ask(cast, costs=[]) != row
    agree_project(row, side="us", now=at(), by=BY)
    assert _ask(cast) != row
    shown = [send_proof(row, side="partner", number=5, unit="guests", now=at(), by=ANA).pk for _ in range(2)]
    assert shown[0] == shown[1]
    note_costs(row, _amounts(row, 5, 0), side="us", now=at(), by=BY)
    note_costs(row, _amounts(row, 5, 0), side="us", now=at(), by=BY)
    (noted,) = AuditEntry.objects.filter(verb="note_joint_costs")
    assert noted.after["costs"] == {"Speaker": 5, "Room": 0}


def test_moving_a_day_asks_for_proof_after_the_new_one(cast: Cast) -> None:
    row = _agreed(cast)
    assert to_remind(at(5)) == []
    assert to_remind(at(6)) == [row]
    with pytest.raises(Invalid):
        move_project(row, happens_on=date(2026, 5, 1), now=at(), by=BY)
    move_project(row, happens_on=date(2026, 6, 20), now=at(), by=BY)
    assert to_remind(at(6)) == []
    assert (remind_of_projects(at(40)), remind_of_projects(at(41))) == (1, 0)
    assert _letters()[-1] == "How did it go: An evening at the harbour"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"title": " "}, "/title"), ({"kind": "party"}, "/kind"), ({"happens_on": None}, "/happens_on"),
        ({"happens_on": date(2020, 1, 1)}, "/happens_on"), ({"our_cost_ppm": 1_000_001}, "/our_cost"),
        ({"costs": [{"name": "x", "planned_minor": -1, "paid_by": "us"}]}, "/costs/0/planned"),
        ({"costs": [{"name": "", "planned_minor": 1, "paid_by": "bank"}]}, "/costs/0/paid_by"),
        ({"costs": COSTS * 11}, "/costs"),
    ],
)  # fmt: skip
def test_what_cannot_be_proposed_is_refused_with_its_place(cast: Cast, fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        _ask(cast, **fields)
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_only_partners_in_the_program_take_part(cast: Cast) -> None:
    for change in ({"status": "pending"}, {"status": "ended"}, {"status": "active", "is_test": True}):
        Enrolment.objects.filter(pk=cast.anas.pk).update(**change)
        cast.anas.refresh_from_db()
        with pytest.raises(Refused):
            _ask(cast)


def test_what_came_through_link_and_code_is_counted_once(cast: Cast) -> None:
    row = _agreed(cast)
    set_code(row, cast.anas_coupon, now=at(), by=BY)
    with pytest.raises(Refused):
        set_code(_agreed(cast), cast.anas_coupon, now=at(), by=BY)
    with pytest.raises(Refused):
        set_code(row, cast.bens_coupon, now=at(), by=BY)
    assert row.link is not None
    LinkDay.objects.create(link_number=row.link.number, dimension="", day=date(2026, 5, 16), value="", clicks=40)
    for days, amount, link, coupon in (
        (1, 10_000, True, True), (1, 5_000, False, True), (1, 2_500, True, False), (1, 0, True, False),
        (-1, 9_000, False, True), (1, 7_000, False, False),
    ):  # fmt: skip
        sold = sell(cast.anas, amount, at=at(days))
        Credit.objects.filter(conversion=sold).update(
            link_number=row.link.number if link else None, coupon=cast.anas_coupon if coupon else None
        )
        CountedCredit.objects.create(
            conversion_id=sold.pk, enrolment_id=cast.anas.pk, program_id=cast.program.pk, occurred_at=at(days),
            value_minor=amount, refunded_minor=500 if amount == 10_000 else 0,
        )  # fmt: skip
    (found,) = outcomes_of([row]).values()
    assert (found.clicks, found.sales, found.leads, found.value_minor) == (40, 3, 1, 17_000)


def test_a_code_counts_only_for_what_is_agreed_and_one_that_was_set_before_counts_nothing(cast: Cast) -> None:
    row = _ask(cast)
    with pytest.raises(Refused) as refused:
        set_code(row, cast.anas_coupon, now=at(), by=BY)
    assert refused.value.code == "not_agreed"
    JointProject.objects.update(coupon=cast.anas_coupon)
    assert outcomes_of(list(projects_of(cast.program.pk))) == {}


def test_lists_cost_the_same_queries_for_many_projects(cast: Cast) -> None:
    _agreed(cast)
    with CaptureQueriesContext(connection) as few:
        outcomes_of(list(projects_of(cast.program.pk)))
        open_budget(cast.program.pk)
    for _ in range(4):
        _agreed(cast)
    with CaptureQueriesContext(connection) as many:
        outcomes_of(list(projects_of(cast.program.pk)))
        assert open_budget(cast.program.pk) > 0
    assert len(few) == len(many)


def test_stages_follow_the_day_and_whose_turn_it_is() -> None:
    day, later = date(2026, 5, 20), date(2026, 5, 21)

    def stage(state: str, *proofs: str, last_by: str = "partner", today: date = day, kind: str = "guest_post") -> str:
        row: Any = SimpleNamespace(state=state, kind=kind, happens_on=day, last_by=last_by)
        sent: Any = [SimpleNamespace(side="partner", state=one) for one in proofs]
        return rules.stage_of(row, sent, today)

    assert [stage("asked"), stage("asked", last_by="us")] == ["our_turn", "their_turn"]
    assert [stage("agreed"), stage("agreed", today=later)] == ["agreed", "proof"]
    assert [stage("agreed", "waiting"), stage("agreed", "accepted"), stage("agreed", "refused", today=later)] == [
        "to_look_at", "result", "proof",
    ]  # fmt: skip
    assert stage("agreed", "accepted", kind="newsletter_swap", today=later) == "proof"
    assert rules.cost_each(1000, 3) == 333
    assert rules.cost_each(1000, 0) is None


_COST = st.builds(
    lambda planned, actual, who: SimpleNamespace(planned_minor=planned, actual_minor=actual, paid_by=who),
    st.integers(0, 10**13), st.integers(0, 10**13) | st.none(), st.sampled_from(["us", "partner"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(costs=st.lists(_COST, max_size=20), ppm=st.integers(0, 1_000_000), leads=st.integers(0, 10**6))
def test_shares_add_up_and_what_moves_leaves_each_side_with_its_share(costs: Any, ppm: int, leads: int) -> None:
    found = rules.settle(costs, ppm)
    assert found.ours_minor + found.theirs_minor == found.total_minor
    assert found.laid_out_by_us_minor + found.laid_out_by_partner_minor == found.total_minor
    assert found.to_partner_minor == found.laid_out_by_partner_minor - found.theirs_minor
    assert found.laid_out_by_us_minor + found.to_partner_minor == found.ours_minor
    assert abs(found.ours_minor * 1_000_000 - found.total_minor * ppm) <= 500_000
    assert sum(rules.divide(leads, ppm)) == leads
    spent = sum(one.actual_minor or 0 for one in costs)
    assert found.total_minor + found.not_counted_minor == spent


def test_the_partner_is_not_written_to_at_an_address_that_bounced(cast: Cast) -> None:
    from hanse.growth.reach.models import Suppression

    Suppression.objects.create(address=cast.ana.email, why=Suppression.Why.BOUNCE, since=at())
    _ask(cast, side="us")
    assert _letters() == []
