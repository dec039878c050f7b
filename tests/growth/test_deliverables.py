"""Deliverables: from the brief to acceptance, the fee through the books, who waits on whom, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.actions import agree, ask_for, cancel, change, decline
from hanse.growth.deliverables.deciding import accept, withdraw
from hanse.growth.deliverables.fees import check_named, promised_fees
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.queries import waiting_in
from hanse.growth.deliverables.reminding import remind, reminders_due
from hanse.growth.deliverables.verify import verify_deliverables
from hanse.growth.deliverables.working import ask_changes, comment, note_live, send_draft
from hanse.growth.negotiations.actions import Offered, propose
from hanse.growth.negotiations.actions import accept as accept_proposal
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.verify import verify_books
from hanse.money.promises.models import Acceptance, Promise
from hanse.money.promises.verify import verify_promises
from hanse.money.promises.verify_accepted import verify_acceptances
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.make import at
from tests.money.books import close_periods

pytestmark = pytest.mark.django_db
BY, ANA = "ruth@harbour.example", "ana@example.org"


@pytest.fixture
def cast() -> Cast:
    return build()


def asked(cast: Cast, **fields: Any) -> Deliverable:
    values: dict[str, Any] = {
        "title": "A film of the shop", "brief": "Two minutes.", "due_on": at(10).date(), "fee_minor": 20_000,
    } | fields  # fmt: skip
    return ask_for(cast.anas, **values, now=at(), by=BY)


def drafted(cast: Cast, **fields: Any) -> Deliverable:
    row = asked(cast, **fields)
    send_draft(row, link="https://ana.example/film", now=at(1), by=ANA)
    return row


def named(cast: Cast, row: Deliverable, amount: int = 30_000, *, starts: datetime | None = None) -> Any:
    clauses = [{"kind": "fee", "amount": amount, "due": {"deliverable": text_id("dlv", row.pk)}},
               {"kind": "percent", "rate": "20%"}]  # fmt: skip
    return publish_terms(
        program=cast.program, enrolment=cast.anas, body={"clauses": clauses}, starts_at=starts or at(1),
        now=starts or at(1), by=BY, is_agreed=True,
    )  # fmt: skip


def payable(enrolment: Enrolment) -> int:
    rows = Entry.objects.filter(account__enrolment=enrolment, account__kind="payable")
    return sum(rows.values_list("amount_minor", flat=True))


def proven() -> bool:
    found = [*verify_books(), *verify_promises(), *verify_acceptances(), *verify_deliverables()]
    assert found == []
    return True


def letters() -> list[str]:
    return [item.key.split(":")[2] for item in OutboxItem.objects.order_by("created_at", "id")]


def test_from_the_brief_to_the_live_piece(cast: Cast) -> None:
    row = asked(cast, live_on=at(20).date())
    assert (row.state, row.currency, row.disclosure) == ("asked", "GBP", "#ad")
    agree(row, now=at(1), by=ANA)
    draft = send_draft(row, text="Scene one", now=at(2), by=ANA)
    ask_changes(row, text="Shorter, please.", now=at(3), by=BY)
    assert (row.state, row.due_on) == ("changes", at(10).date())
    again = send_draft(row, link="https://ana.example/film", now=at(4), by=ANA)
    assert (draft.number, again.number, row.draft_number) == (1, 2, 2)
    accept(row, draft=2, note="Lovely.", now=at(5), by=BY)
    assert (row.state, payable(cast.anas)) == ("accepted", 20_000)
    note_live(row, address="https://ana.example/film-of-the-shop", now=at(6), by=ANA)
    assert (row.state, row.live_address) == ("live", "https://ana.example/film-of-the-shop")
    assert letters() == ["asked", "agreed", "draft", "changes", "draft", "accepted", "live"]
    assert [one.what for one in row.comments.order_by("at")] == ["changes", "accepted"]
    assert proven()


def test_an_own_fee_is_booked_once_however_often_it_is_accepted_and_goes_back_with_the_acceptance(cast: Cast) -> None:
    row = drafted(cast)
    for days in (2, 2, 3):
        accept(row, now=at(days), by=BY)
    assert (payable(cast.anas), Transaction.objects.count(), Acceptance.objects.count()) == (20_000, 1, 1)
    withdraw(row, reason="It is not public after all.", now=at(4), by=BY)
    assert (row.state, payable(cast.anas), row.due_on) == ("changes", 0, at(10).date())
    with pytest.raises(Refused):
        withdraw(row, reason="Again.", now=at(4), by=BY)
    with pytest.raises(Refused):
        accept(row, now=at(4), by=BY)
    send_draft(row, text="Now it is.", now=at(5), by=ANA)
    accept(row, now=at(6), by=BY)
    assert (payable(cast.anas), Transaction.objects.count()) == (20_000, 3)
    assert {row.cause for row in Transaction.objects.all()} == {"deliverable"}
    assert proven()


def test_terms_pay_for_what_they_name_when_it_is_accepted_and_take_it_back(cast: Cast) -> None:
    row = drafted(cast, fee_minor=0)
    terms = named(cast, row)
    assert promised_fees([row], at(2))[row.pk].minor == 30_000
    close_periods(at(3))
    assert payable(cast.anas) == 0
    accept(row, now=at(4), by=BY)
    close_periods(at(5))
    (line,) = Promise.objects.all()
    assert (line.kind, line.terms, line.owed_minor, line.starts_at, payable(cast.anas)) == (
        "fee", terms, 30_000, at(4), 30_000,
    )  # fmt: skip
    assert Transaction.objects.get().note == "A film of the shop"
    withdraw(row, reason="A mistake.", now=at(6), by=BY)
    close_periods(at(7))
    assert payable(cast.anas) == 0
    send_draft(row, text="Mended", now=at(8), by=ANA)
    accept(row, now=at(8), by=BY)
    assert payable(cast.anas) == 30_000
    assert proven()


def test_accepted_taken_back_and_accepted_at_one_moment_is_paid_once(cast: Cast) -> None:
    row = drafted(cast, fee_minor=0)
    named(cast, row)
    for times in range(3):
        send_draft(row, text=f"{times}", now=at(2), by=ANA)
        accept(row, now=at(2), by=BY)
        assert payable(cast.anas) == 30_000
        if times < 2:
            withdraw(row, reason="Not yet.", now=at(2), by=BY)
            assert payable(cast.anas) == 0
    assert proven()


def test_somebody_who_left_is_still_paid_for_work_that_was_agreed(cast: Cast) -> None:
    row = drafted(cast, fee_minor=0)
    named(cast, row)
    make.change_status(cast.anas, "ended", at(5))
    row.refresh_from_db()
    accept(row, now=at(6), by=BY)
    assert payable(cast.anas) == 30_000
    assert proven()


def test_what_nobody_could_accept_cannot_be_named_in_terms(cast: Cast) -> None:
    mine, own_sum, bens = (
        asked(cast, fee_minor=0),
        asked(cast),
        ask_for(cast.bens, title="x", brief="x", due_on=at(5).date(), now=at(), by=BY),
    )
    gone = asked(cast, fee_minor=0)
    cancel(gone, reason="Not needed.", now=at(), by=BY)

    def codes(*rows: Deliverable) -> list[tuple[str, str]]:
        clauses = [{"kind": "fee", "amount": 5, "due": {"deliverable": str(row.pk)}} for row in rows]
        try:
            check_named({"clauses": clauses}, cast.program, cast.anas)
        except Invalid as refused:
            return [(problem.pointer, problem.code) for problem in refused.problems]
        return []

    assert codes(mine) == []
    unknown = Deliverable(pk=make.program("other").pk)
    assert codes(mine, own_sum, bens, gone, unknown) == [
        ("/clauses/1/due/deliverable", "fee_twice"), ("/clauses/2/due/deliverable", "unknown_deliverable"),
        ("/clauses/3/due/deliverable", "put_away"), ("/clauses/4/due/deliverable", "unknown_deliverable"),
    ]  # fmt: skip
    named(cast, mine)
    with pytest.raises(Invalid) as caught:
        change(mine, fee_minor=7, now=at(2), by=BY)
    assert [problem.code for problem in caught.value.problems] == ["fee_twice"]


def test_work_that_a_proposal_names_gets_no_fee_of_its_own_meanwhile_and_is_paid_once(cast: Cast) -> None:
    row = drafted(cast, fee_minor=0)
    clauses = [{"kind": "fee", "amount": 30_000, "due": {"deliverable": text_id("dlv", row.pk)}},
               {"kind": "percent", "rate": "20%"}]  # fmt: skip
    offer = propose(cast.anas, Offered({"clauses": clauses}), now=at(1), by=BY)
    with pytest.raises(Invalid) as caught:
        change(row, fee_minor=20_000, now=at(1), by=BY)
    assert [problem.code for problem in caught.value.problems] == ["fee_twice"]
    Deliverable.objects.update(fee_minor=20_000)  # as two who act at one moment may bring about
    accept(row, now=at(2), by=BY)
    with pytest.raises(Refused) as refused:
        accept_proposal(offer, side="partner", now=at(3), by=ANA)
    assert refused.value.code == "fee_twice"
    assert payable(cast.anas) == 20_000


def test_an_offer_stands_when_work_that_it_names_was_put_away(cast: Cast) -> None:
    row = asked(cast, fee_minor=0)
    clauses = [{"kind": "fee", "amount": 30_000, "due": {"deliverable": text_id("dlv", row.pk)}},
               {"kind": "percent", "rate": "20%"}]  # fmt: skip
    offer = propose(cast.anas, Offered({"clauses": clauses}), now=at(1), by=BY)
    cancel(row, reason="No room.", now=at(1), by=BY)
    accept_proposal(offer, side="partner", now=at(2), by=ANA)
    assert payable(cast.anas) == 0


@pytest.mark.parametrize(
    "fields",
    [{"fee_minor": 100}, {"brief": "Two hours."}, {"due_on": at(9).date()}, {"usage_where": "Everywhere"}],
)
def test_a_yes_is_to_what_was_read(cast: Cast, fields: Any) -> None:
    row = asked(cast)
    read = rules.mark_of(row)
    change(row, **fields, now=at(1), by=BY)
    with pytest.raises(Refused) as refused:
        agree(row, mark=read, now=at(2), by=ANA)
    assert refused.value.code == "changed"
    agree(row, mark=rules.mark_of(Deliverable.objects.get()), now=at(2), by=ANA)
    assert agree(row, mark=read, now=at(3), by=ANA).state == "agreed"  # said twice, it stays as it is


def test_what_acceptance_pays_is_the_own_sum_and_that_of_terms_and_then_what_was_booked(cast: Cast) -> None:
    first, second = drafted(cast, fee_minor=0), asked(cast)
    named(cast, first)

    def said(days: float) -> list[int]:
        found = promised_fees(Deliverable.objects.all(), at(days))
        return [found[row.pk].minor for row in (first, second)]

    assert said(2) == [30_000, 20_000]
    accept(first, now=at(3), by=BY)
    named(cast, first, 90_000, starts=at(4))
    assert said(5) == [30_000, 20_000]


def test_what_was_agreed_stands(cast: Cast) -> None:
    row = asked(cast, usage="Our shop, a year.")
    change(row, due_on=at(4).date(), fee_minor=10_000, usage="", now=at(), by=BY)
    assert (row.due_on, row.fee_minor, row.usage) == (at(4).date(), 10_000, "")
    agree(row, now=at(1), by=ANA)
    changes: tuple[Any, ...] = (
        {"due_on": at(3).date()},
        {"fee_minor": 9_999},
        {"usage": "For ever."},
        {"sort": "other"},
    )
    for fields in changes:
        with pytest.raises(Invalid) as caught:
            change(row, **fields, now=at(1), by=BY)
        assert caught.value.problems[0].code == "agreed"
    change(row, due_on=at(9).date(), fee_minor=12_000, brief="Three minutes.", now=at(1), by=BY)
    assert (row.fee_minor, row.brief) == (12_000, "Three minutes.")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "/title"), ({"brief": " "}, "/brief"), ({"due_on": None}, "/due_on"),
    ({"due_on": date(2026, 5, 1)}, "/due_on"), ({"due_on": date(2030, 5, 1)}, "/due_on"),
    ({"live_on": at(5).date()}, "/live_on"), ({"usage_until": at(5).date()}, "/usage_until"),
    ({"fee_minor": -1}, "/fee"), ({"sort": "poem"}, "/sort"), ({"answer_days": 0}, "/answer_days"),
    ({"title": "\u202eoops"}, "/title"), ({"brief": "x" * 8001}, "/brief"),
]  # fmt: skip


def test_mistakes_are_told_with_their_place(cast: Cast) -> None:
    for fields, pointer in BAD:
        with pytest.raises(Invalid) as caught:
            asked(cast, **fields)
        assert [problem.pointer for problem in caught.value.problems] == [pointer], fields


def test_verbs_out_of_order_are_refused_with_the_reason(cast: Cast) -> None:
    row = asked(cast)
    acts: tuple[Callable[[], object], ...] = (
        lambda: accept(row, now=at(), by=BY),
        lambda: ask_changes(row, text="x", now=at(), by=BY),
        lambda: note_live(row, address="https://x.example/", now=at(), by=BY),
        lambda: withdraw(row, reason="x", now=at(), by=BY),
    )
    later: tuple[Callable[[], object], ...] = (
        lambda: send_draft(row, text="Three", now=at(4), by=ANA),
        lambda: cancel(row, reason="x", now=at(4), by=BY),
        lambda: decline(row, reason="x", now=at(4), by=ANA),
        lambda: change(row, title="y", now=at(4), by=BY),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()
    send_draft(row, text="One", now=at(1), by=ANA)
    send_draft(row, text="Two", now=at(2), by=ANA)
    with pytest.raises(Refused) as caught:
        accept(row, draft=1, now=at(3), by=BY)
    assert caught.value.code == "newer_draft"
    accept(row, draft=2, now=at(3), by=BY)
    for act in later:
        with pytest.raises(Refused):
            act()
    pending = make.enrolment(make.partner("Cleo"), cast.program, status="pending")
    with pytest.raises(Refused):
        ask_for(pending, title="x", brief="x", due_on=at(5).date(), now=at(), by=BY)


def test_the_same_draft_sent_twice_is_one_and_gives_us_no_more_time(cast: Cast) -> None:
    row = drafted(cast)
    again = send_draft(row, link="https://ana.example/film", now=at(2), by=ANA)
    assert (again.number, row.drafts.count()) == (1, 1)
    send_draft(row, link="https://ana.example/film-2", now=at(3), by=ANA)
    assert row.state_at == at(1)


def test_who_waits_on_whom_and_what_is_late(cast: Cast) -> None:
    row = asked(cast, answer_days=3)
    zone = cast.program.time_zone

    def said(days: float) -> tuple[str, int] | None:
        found = rules.waits(row, at(days).date(), zone)
        return (found.on, found.days_late) if found else None

    assert (said(10), said(11), said(14)) == (("partner", 0), ("partner", 1), ("partner", 4))
    comment(row, text="May I have longer?", side="partner", now=at(2), by=ANA)
    assert (said(5), said(6)) == (("team", 0), ("team", 1))
    comment(row, text="Until the 20th.", side="team", now=at(3), by=BY)
    assert said(6) == ("partner", 0)
    send_draft(row, text="One", now=at(4), by=ANA)
    assert (said(7), said(8)) == (("team", 0), ("team", 1))
    assert [one.row.pk for one in waiting_in(cast.program, at(5))] == [row.pk]
    accept(row, now=at(8), by=BY)
    assert said(30) is None
    assert waiting_in(cast.program, at(30)) == []


def test_changes_give_the_partner_as_long_as_we_took(cast: Cast) -> None:
    row = drafted(cast, answer_days=4)
    ask_changes(row, text="Shorter.", now=at(12), by=BY)
    assert row.due_on == at(16).date()


def test_reminders_go_out_once_each_to_whom_it_waits_on(cast: Cast) -> None:
    row = asked(cast)

    def told(days: float) -> int:
        return sum(remind(one, at(days)) for one in reminders_due(at(days)))

    assert [told(days) for days in (1, 7, 8, 8, 9, 10, 11, 11, 12, 18, 19)] == [0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0]
    send_draft(row, text="One", now=at(20), by=ANA)
    assert [told(days) for days in (22, 23, 24, 24, 40)] == [0, 0, 1, 0, 0]
    assert letters() == ["asked", "soon", "late", "late", "draft", "answer"]
    assert OutboxItem.objects.filter(key__contains=":answer:").get().payload["to"] == cast.ruth.email
    cancel(row, reason="Enough.", now=at(41), by=BY)
    assert told(60) == 0


def test_a_days_reminder_is_not_sent_when_little_time_was_given(cast: Cast) -> None:
    asked(cast, due_on=at(2).date())
    assert [remind(one, at(1)) for one in reminders_due(at(1))] == [False]


def test_a_test_enrolment_is_paid_nothing_and_written_to_never(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.anas.pk).update(is_test=True)
    cast.anas.refresh_from_db()
    row = drafted(cast)
    accept(row, now=at(2), by=BY)
    assert (row.state, payable(cast.anas), [one for one in letters() if one != "draft"]) == ("accepted", 0, [])
    assert proven()


def test_disclosure_follows_the_partners_country_and_an_act_needs_none(cast: Cast) -> None:
    cast.ana.country = "DE"
    cast.ana.save()
    cast.anas.refresh_from_db()
    assert asked(cast).disclosure == "Anzeige"
    assert asked(cast, disclosure="").disclosure == ""
    assert asked(cast, sort="integration").disclosure == ""


def test_proofs_find_what_does_not_fit(cast: Cast) -> None:
    row = drafted(cast)
    accept(row, now=at(2), by=BY)
    Deliverable.objects.filter(pk=row.pk).update(state="review")
    assert [one.check for one in verify_deliverables()] == ["deliverable"]
    Deliverable.objects.filter(pk=row.pk).update(state="accepted", fee_minor=999)
    assert [one.check for one in verify_deliverables()] == ["deliverable"]
    Deliverable.objects.filter(pk=row.pk).update(fee_minor=20_000)
    assert verify_deliverables() == []
    Acceptance.objects.update(fee_minor=19_999)
    assert [one.check for one in verify_acceptances()] == ["acceptance"]
    Acceptance.objects.update(fee_minor=20_000, withdrawn_at=at(3) + timedelta(0))
    assert [one.check for one in [*verify_acceptances(), *verify_deliverables()]] == ["acceptance", "deliverable"]


def test_terms_that_were_replaced_leave_room_for_an_own_sum_and_those_that_ended_do_not(cast: Cast) -> None:
    first, second = drafted(cast, fee_minor=0), drafted(cast, fee_minor=0, title="A slot")
    named(cast, first)
    publish_terms(
        program=cast.program, enrolment=cast.anas, body={"clauses": [{"kind": "percent", "rate": "20%"}]},
        starts_at=at(2), now=at(2), by=BY, is_agreed=True,
    )  # fmt: skip
    assert promised_fees([first], at(3))[first.pk].minor == 0
    change(first, fee_minor=5_000, now=at(3), by=BY)
    accept(first, now=at(4), by=BY)
    assert payable(cast.anas) == 5_000
    clauses = [{"kind": "fee", "amount": 700, "due": {"deliverable": str(second.pk)}}]
    publish_terms(
        program=cast.program, enrolment=cast.anas, body={"clauses": clauses}, starts_at=at(5), ends_at=at(6), now=at(5),
        by=BY, is_agreed=True,
    )  # fmt: skip
    assert promised_fees([second], at(8))[second.pk].minor == 700
    with pytest.raises(Invalid):
        change(second, fee_minor=9_000, now=at(8), by=BY)
    accept(second, now=at(9), by=BY)
    second.refresh_from_db()
    assert (payable(cast.anas), promised_fees([second], at(99))[second.pk].minor) == (5_700, 700)
    assert proven()


def test_who_has_left_is_not_reminded_but_still_answered(cast: Cast) -> None:
    asked(cast)
    sent = drafted(cast, title="A slot")
    make.change_status(cast.anas, "ended", at(2))
    assert [one.row.pk for one in waiting_in(cast.program, at(20))] == [sent.pk]
    assert sum(remind(one, at(20)) for one in reminders_due(at(20))) == 1
