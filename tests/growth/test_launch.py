"""Pilots: what their numbers suggest, who takes part; the launch check; notes about first sales."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.growth.announcements.actions import announce_first_sales
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.launch.actions import add_to_pilot, fill_pilots, start_pilot
from hanse.growth.launch.models import Pilot, PilotPartner
from hanse.growth.launch.queries import checks_of, verdict_of
from hanse.growth.launch.rules import verdict, watched
from hanse.growth.launch.types import Member
from hanse.growth.sharing.models import SharingCustomer
from hanse.growth.today.queries import to_do
from hanse.growth.today.types import Kind
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.commissions.actions import void_commission
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.money import books

NOW = make.NOON
TODAY = NOW.date()
BY = "ruth@harbour.example"


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def members(*days: int | None, watched_for: int = 40) -> list[Member]:
    """Return members who sold after so many days, or (None) did not while they were watched."""
    start = TODAY - timedelta(days=60)
    return [
        Member(new_id(), new_id(), str(place), start, start + timedelta(days=after) if after is not None else None,
               after if after is not None else watched_for)
        for place, after in enumerate(days)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sold", "is_over", "suggested"),
    [
        ((3, 9, 20, None), True, "scale"),  # three of four within thirty days
        ((3, 9, None, None), True, "scale"),  # exactly half
        ((3, 45, None, None), True, "change"),  # one of four
        ((45, None, None, None), True, "stop"),
        ((3, 9, None, None), False, "scale"),
        ((3, None, None, None), False, "early"),
        ((None,), True, "change"),  # one of four partners: too few to stop for good
        ((3,), True, "change"),
        ((3,), False, "early"),
        ((), True, "change"),
    ],
)
def test_a_pilot_suggests_what_its_numbers_say(sold: tuple[int | None, ...], is_over: bool, suggested: str) -> None:
    ends_on = TODAY - timedelta(days=1) if is_over else TODAY
    found = verdict(members(*sold), size=4, aim_days=30, ends_on=ends_on, today=TODAY)
    assert (found.suggested, found.is_over) == (suggested, is_over)


@given(st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=30), st.integers(1, 60))
def test_more_sales_never_make_a_verdict_worse(days: list[int | None], aim: int) -> None:
    """One more partner who sells on the first day never lowers the share."""
    before = verdict(members(*days), size=1, aim_days=aim, ends_on=TODAY - timedelta(days=1), today=TODAY)
    after = verdict(members(*days, 0), size=1, aim_days=aim, ends_on=TODAY - timedelta(days=1), today=TODAY)
    assert after.share >= before.share - 1e-12
    order = ("stop", "change", "scale")
    assert order.index(after.suggested) >= order.index(before.suggested) or before.is_too_small


def test_who_sells_after_the_end_has_not_sold_in_the_pilot() -> None:
    start, end = date(2026, 4, 1), date(2026, 5, 1)
    assert watched(start, date(2026, 5, 1), end, TODAY) == (date(2026, 5, 1), 30)
    assert watched(start, date(2026, 5, 2), end, TODAY) == (None, 30)
    assert watched(start, None, end, date(2026, 4, 11)) == (None, 10)


def pilot(cast: Cast, **fields: object) -> Pilot:
    values: dict[str, object] = {
        "name": "P", "size": 2, "aim_days": 5, "starts_on": TODAY - timedelta(days=10),
        "ends_on": TODAY + timedelta(days=10), "fills_itself": True,
    } | fields  # fmt: skip
    return start_pilot(cast.program, **values, now=NOW, by=BY)  # type: ignore[arg-type]


def test_a_pilot_fills_itself_with_those_who_join_until_it_is_full(cast: Cast) -> None:
    """Neither old partners, nor tests, nor those of another pilot; a second look adds nobody."""
    row = pilot(cast)
    joined = [
        make.enrolment(make.partner(f"N{days}"), cast.program, enrolled_at=NOW - timedelta(days=days))
        for days in (2, 9, 5, 11)
    ]
    make.enrolment(make.partner("Tess"), cast.program, enrolled_at=NOW, is_test=True)
    assert (fill_pilots(NOW), fill_pilots(NOW)) == (2, 0)
    assert set(PilotPartner.objects.values_list("enrolment_id", flat=True)) == {joined[1].pk, joined[2].pk}
    with pytest.raises(Refused, match="meant for 2"):
        add_to_pilot(row, [joined[0]], now=NOW, by=BY)
    assert [one.name for one in verdict_of(row, TODAY).members] == ["N9", "N5"]


def test_others_partners_and_early_sellers_take_no_part(cast: Cast) -> None:
    row = pilot(cast)
    other = make.enrolment(make.partner("Olga"), make.program("orchard"))
    EnrolmentMark.objects.create(
        enrolment_id=cast.anas.pk, program_id=cast.program.pk, first_sale=TODAY - timedelta(days=11)
    )
    for stranger in (other, cast.anas):
        with pytest.raises(Refused):
            add_to_pilot(row, [stranger], now=NOW, by=BY)


def test_the_launch_check_names_what_is_missing(cast: Cast) -> None:
    found = {check.key: list(check.missing) for check in checks_of(cast.program, NOW)}
    assert found == {
        "terms": [], "assets": ["no_asset_pack"], "test_sale": ["no_test_sale"], "payout": [],
        "playbook": ["no_playbook"], "aim": ["no_aim"],
    }  # fmt: skip
    bare = {check.key: list(check.missing) for check in checks_of(make.program("bare"), NOW)}
    assert (bare["terms"], bare["assets"]) == (["no_terms"], ["no_offer", "no_asset_pack"])


def test_a_first_sale_is_told_and_drafted_in_the_partners_language(cast: Cast) -> None:
    """One run of the clock does both, with the arithmetic; a second one nothing."""
    cast.ana.language = "pl"
    cast.ana.save()
    books.price(books.sell(cast.anas, 7800, at=NOW, lines=[("tea", "kitchen", 1, 7800)]), now=NOW)
    assert (announce_first_sales(NOW), announce_first_sales(NOW)) == (1, 0)
    win, mail = FirstWin.objects.get(), OutboxItem.objects.get().payload
    assert (win.language, win.enrolment_id) == ("pl", cast.anas.pk)
    assert "78,00" in win.body
    assert "/p/earnings/com_" in win.body
    assert "15,60" in mail["text"]
    assert "20" in mail["text"].split("78,00")[-1] or "× 20" in mail["text"]
    assert [thing.kind for thing in to_do(cast.program, NOW).things if thing.kind is Kind.FIRST_SALE]


def test_a_note_about_a_sale_that_was_voided_leaves_today(cast: Cast) -> None:
    sold = books.sell(cast.anas, 7800, at=NOW)
    books.price(sold, now=NOW)
    announce_first_sales(NOW)
    void_commission(books.commission_of(sold, cast.anas), "A colleague bought it", NOW, BY)
    kinds = [thing.kind for thing in to_do(cast.program, NOW).things]
    assert Kind.FIRST_SALE not in kinds


def test_customers_who_tell_friends_get_the_mail_and_nobody_a_note_to_write(cast: Cast) -> None:
    SharingCustomer.objects.create(enrolment=cast.anas, program=cast.program, source="page", joined_at=NOW)
    books.price(books.sell(cast.anas, 7800, at=NOW), now=NOW)
    assert announce_first_sales(NOW) == 1
    assert not FirstWin.objects.exists()
    assert Kind.FIRST_SALE not in [thing.kind for thing in to_do(cast.program, NOW).things]


def test_the_note_counts_the_days_of_the_programs_own_calendar(cast: Cast) -> None:
    """Joined on the evening before, sold on the next morning: that is one day, not none."""
    Enrolment.objects.filter(pk=cast.anas.pk).update(enrolled_at=NOW - timedelta(hours=15))
    books.price(books.sell(cast.anas, 7800, at=NOW), now=NOW)
    announce_first_sales(NOW)
    assert "1 day after you joined" in FirstWin.objects.get().body
