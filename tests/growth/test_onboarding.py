"""Onboarding: paths, steps that complete from events, owners' tasks, and the report's numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.onboarding import actions, queries
from hanse.growth.onboarding.models import Onboarding, OwnerTask
from hanse.growth.onboarding.report import report_of
from hanse.growth.onboarding.rules import DEFAULT, choose_path, progress_on, read_paths, written
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.insight.events.actions import take_events
from hanse.insight.events.types import GivenEvent
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark
from hanse.kernel.errors import Invalid, NotFound, Refused
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.actions import accept_terms
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime import schedule
from hanse.traffic.links.models import Link
from tests import make
from tests.cast import Cast, build

NOW = make.NOON
TODAY = NOW.date()
BY = "ruth@harbour.example"


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def joined(cast: Cast, name: str, days_ago: int, **columns: Any) -> Enrolment:
    """Enrol somebody who sold or clicked after so many days, as the rollups would say."""
    click, sale = columns.pop("click", None), columns.pop("sale", None)
    partner = make.partner(name, **columns)
    row = make.enrolment(partner, cast.program, enrolled_at=NOW - timedelta(days=days_ago))
    marked(row, click, sale)
    return row


def marked(row: Enrolment, click: int | None, sale: int | None) -> None:
    day = row.enrolled_at.date()
    on = {
        "first_click": day + timedelta(days=click) if click is not None else None,
        "first_sale": day + timedelta(days=sale) if sale is not None else None,
    }
    EnrolmentMark.objects.update_or_create(
        enrolment_id=row.pk,
        defaults={"program_id": row.program_id, **on, "last_click": on["first_click"], "last_sale": on["first_sale"]},
    )


def settled() -> None:
    while settle_onboardings(NOW, 100):
        pass


def own_paths(**first: Any) -> dict[str, Any]:
    path = {
        "key": "close", "name": "Close", "types": ["affiliate"], "tiers": ["power"],
        "steps": [
            {"key": "lesson", "kind": "training", "address": "https://learn.example/five"},
            {"key": "hello", "kind": "call", "who": "owner", "due_days": 5}, {"kind": "sale"},
        ],
    } | first  # fmt: skip
    return {"paths": [path, {"key": "rest", "name": "Everybody", "steps": [{"kind": "link"}, {"kind": "sale"}]}]}


def test_the_first_path_that_matches_type_and_tier_is_taken() -> None:
    """Any type and any tier named must fit; the last path is for everybody."""
    paths = read_paths(own_paths(), {"affiliate"}, {"power", "new"})
    assert choose_path(paths, ["affiliate"], "power").key == "close"
    assert choose_path(paths, ["affiliate"], "new").key == "rest"
    assert choose_path(paths, [], "power").key == "rest"
    assert choose_path(DEFAULT, ["creator", "agency"], "").key == "personal"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"types": ["pirate"]}, "/paths/0/types"),
        ({"tiers": "power"}, "/paths/0/tiers"),
        ({"steps": []}, "/paths/0/steps"),
        ({"steps": [{"kind": "dance"}]}, "/paths/0/steps/0/kind"),
        ({"steps": [{"kind": "sale"}, {"kind": "sale"}]}, "/paths/0/steps"),
        ({"steps": [{"kind": "own", "key": "x"}]}, "/paths/0/steps/0/title"),
        ({"steps": [{"kind": "own", "key": "sale", "title": "Sell"}]}, "/paths/0/steps/0/key"),
        ({"steps": [{"kind": "link", "who": "owner"}]}, "/paths/0/steps/0/who"),
        ({"steps": [{"kind": "training", "key": "t", "address": "javascript:alert(1)"}]}, "/paths/0/steps/0/address"),
        ({"steps": [{"kind": "call", "key": "c", "due_days": True}]}, "/paths/0/steps/0/due_days"),
        ({"steps": ["sale"]}, "/paths/0/steps/0"),
        ({"surprise": 1}, "/paths/0/surprise"),
        ({"key": "rest"}, "/paths"),
    ],
)
def test_bad_paths_are_refused_with_the_place(change: dict[str, Any], pointer: str) -> None:
    """Each problem names its JSON pointer."""
    with pytest.raises(Invalid) as refusal:
        read_paths(own_paths(**change), {"affiliate"}, {"power"})
    assert pointer in {problem.pointer for problem in refusal.value.problems}


def test_the_last_path_has_to_be_for_everybody() -> None:
    """Otherwise somebody could have none."""
    body = own_paths()
    body["paths"].reverse()
    with pytest.raises(Invalid, match="for everybody"):
        read_paths(body, {"affiliate"}, {"power"})
    bad: list[Any] = [None, [], {"paths": []}, {"paths": {}}, {"paths": [1], "x": 2}]
    for hostile in bad:
        with pytest.raises(Invalid):
            read_paths(hostile, set(), set())


def test_a_later_step_of_the_way_shows_the_earlier_ones_and_money_comes_next() -> None:
    """Who sold by a code has passed link, copy and click; then it matters where the money goes."""
    path = DEFAULT[-1]
    day = date(2026, 5, 1)
    start = progress_on(path, {})
    assert start.next is not None
    assert start.next.key == "terms"
    sold = progress_on(path, {"terms": day, "sale": day})
    assert [one.step.key for one in sold.steps if one.is_implied] == ["link", "copied", "click"]
    assert sold.next is not None
    assert sold.next.key == "details"
    assert progress_on(path, {"sale": day, "details": day}).next.key == "terms"  # type: ignore[union-attr]
    assert progress_on(path, {"sale": day, "details": day}, skip=("terms",)).next is None
    assert progress_on(path, {}, skip=("terms",)).next.key == "link"  # type: ignore[union-attr]
    done = progress_on(path, dict.fromkeys(("terms", "piece", "details", "payout"), day))
    assert (done.next, done.completed_on, done.done) == (None, day, 8)


def test_steps_complete_from_events(cast: Cast) -> None:
    """Terms, link, copy, click, sale, payout details and payout: each from where it happens, on its local day."""
    row = cast.anas
    make.link(joined(cast, "Cleo", 3), number=9)
    settled()
    mine = Onboarding.objects.get(pk=row.pk)
    assert (mine.path_key, mine.link_on, mine.next_step) == ("self-serve", make.BEGINNING.date(), "terms")
    accept_terms(row, cast.terms, by="ana", at=NOW.replace(hour=23, minute=30))
    Link.objects.filter(enrolment=row).update(copied_at=NOW)
    marked(row, 4, 9)
    PayoutDetails.objects.create(partner=cast.ana, account_name="Ana", account="A", changed_at=NOW)
    settled()
    mine.refresh_from_db()
    assert mine.terms_on == TODAY + timedelta(days=1)  # 23:30 UTC is the next day in London's summer
    assert (mine.copied_on, mine.details_on, mine.payout_on) == (TODAY, TODAY, None)
    assert (mine.click_on, mine.sale_on) == (date(2026, 1, 5), date(2026, 1, 10))
    assert (mine.next_step, mine.completed_on) == ("", None)  # who has won is left in peace
    run = PayoutRun.objects.create(
        program=cast.program, number="R-1", currency="GBP", rail="csv", state="opened", as_of=NOW, drafted_at=NOW
    )
    Payout.objects.create(
        run=run, partner=cast.ana, enrolment=row, amount_minor=5, currency="GBP", state="settled", settled_at=NOW
    )
    settled()
    actions.mark_step(row, "piece", address="https://blog.example/first", now=NOW, by="ana", is_partner=True)
    mine.refresh_from_db()
    assert (mine.payout_on, mine.piece_on, mine.next_step) == (TODAY, TODAY, "")
    assert mine.completed_on == TODAY + timedelta(days=1)
    assert settle_onboardings(NOW, 100) == 0


def test_a_sale_that_was_taken_back_opens_its_step_again(cast: Cast) -> None:
    """Marks follow the rollups, both ways; who ends is watched until then."""
    row = joined(cast, "Cleo", 20, click=1, sale=2)
    settled()
    marked(row, 1, None)
    settled()
    assert Onboarding.objects.get(pk=row.pk).sale_on is None
    Enrolment.objects.filter(pk=row.pk).update(status="ended", ended_at=NOW)
    settled()
    assert Onboarding.objects.get(pk=row.pk).left_on == TODAY
    assert row.pk not in {one.pk for one in queries.under_way(cast.program.pk)}


def test_tests_and_applicants_have_no_onboarding(cast: Cast) -> None:
    """Neither begins, and marking a step for one is refused."""
    test = make.enrolment(make.partner("Tess"), cast.program, is_test=True)
    applicant = make.enrolment(make.partner("Pia"), cast.program, status="pending")
    settled()
    assert not Onboarding.objects.filter(pk__in=[test.pk, applicant.pk]).exists()
    with pytest.raises(Refused):
        actions.mark_step(test, "piece", now=NOW, by=BY)


def test_high_touch_partners_get_a_task_for_their_owner(cast: Cast) -> None:
    """A call three days after joining; doing it does the step; who joined long ago gets none."""
    new = joined(cast, "Cleo", 1, types=["strategic"], owner=cast.ruth)
    joined(cast, "Dora", 90, types=["strategic"])
    settled()
    task = OwnerTask.objects.get()
    assert (task.onboarding_id, task.owner, task.due_on) == (new.pk, cast.ruth, TODAY + timedelta(days=2))
    actions.hand_over(task, owner=None, due_on=TODAY, now=NOW, by=BY)
    assert list(queries.open_tasks(cast.program.pk, TODAY)) == [task]
    with pytest.raises(Invalid):
        actions.hand_over(task, owner=cast.anas_login, due_on=TODAY, now=NOW, by=BY)
    actions.finish_task(task, note="Wants a code for the podcast", now=NOW, by=BY)
    assert not queries.open_tasks(cast.program.pk).exists()
    placed = queries.progress_of(new).steps[0]
    assert (placed.step.key, placed.done_on) == ("welcome-call", TODAY)
    with pytest.raises(Refused):
        actions.finish_task(task, now=NOW, by=BY)
    actions.unmark_step(new, "welcome-call", now=NOW, by=BY)
    assert queries.open_tasks(cast.program.pk).get() == task
    with pytest.raises(NotFound):
        actions.unmark_step(new, "welcome-call", now=NOW, by=BY)


def test_only_hand_steps_are_marked_and_partners_mark_only_their_own(cast: Cast) -> None:
    """A click is no opinion; our call is ours; a piece needs its address; nothing is done in the future."""
    row = joined(cast, "Cleo", 1, types=["strategic"])
    with pytest.raises(Refused, match="by itself"):
        actions.mark_step(row, "click", now=NOW, by=BY)
    with pytest.raises(Refused, match="ours"):
        actions.mark_step(row, "welcome-call", now=NOW, by="cleo", is_partner=True)
    for bad in ("", "javascript:alert(1)", "not an address"):
        with pytest.raises(Invalid):
            actions.mark_step(row, "piece", address=bad, now=NOW, by="cleo", is_partner=True)
    with pytest.raises(Invalid):
        actions.mark_step(row, "piece", on=TODAY + timedelta(days=1), now=NOW, by=BY)
    with pytest.raises(NotFound):
        actions.mark_step(row, "nothing", now=NOW, by=BY)


def test_the_first_engaged_audience_and_the_first_partner_brought_are_timed(cast: Cast) -> None:
    """Five valid clicks in one day; somebody who joined through them. What nobody has had is left out."""
    since = TODAY - timedelta(days=365)
    settled()
    assert set(report_of(cast.program.pk, TODAY, since).times) == {"click", "sale", "payout"}
    early = joined(cast, "Early", 40)
    brought = joined(cast, "Brought", 28)
    type(cast.ana).objects.filter(pk=brought.partner_id).update(recruited_by=early.partner)
    start = TODAY - timedelta(days=40)
    for days, clicks in ((-1, 50), (3, 4), (7, 5), (9, 40)):
        EnrolmentDay.objects.create(
            program_id=cast.program.pk, enrolment_id=early.pk, day=start + timedelta(days=days), clicks=clicks
        )
    settled()
    times = report_of(cast.program.pk, TODAY, since).times
    engaged, referral = times["engaged"], times["referral"]
    assert (engaged.events, engaged.n, engaged.share_by(6), engaged.share_by(7) > 0) == (1, 4, 0, True)
    assert (referral.events, referral.share_by(11), referral.share_by(12) > 0) == (1, 0, True)


def test_a_new_version_is_for_those_who_join_from_then_on(cast: Cast) -> None:
    """Who is on the way stays on theirs until a person moves them; the same paths publish nothing."""
    settled()
    one = actions.publish_paths(cast.program, own_paths(), note="Shorter", now=NOW, by=BY)
    again = actions.publish_paths(cast.program, written(queries.paths_in(one)), now=NOW, by=BY)
    assert (one.number, again.pk) == (1, one.pk)
    late = joined(cast, "Cleo", 0)
    settled()
    assert Onboarding.objects.get(pk=late.pk).path_key == "rest"
    assert Onboarding.objects.get(pk=cast.anas.pk).version is None
    moved = actions.move_to_path(cast.anas, "close", now=NOW, by=BY)
    assert (moved.version, moved.next_step) == (one, "lesson")
    assert OwnerTask.objects.get(onboarding=moved).due_on == TODAY + timedelta(days=5)
    with pytest.raises(Invalid):
        actions.move_to_path(cast.anas, "nowhere", now=NOW, by=BY)


def test_the_report_counts_the_way_and_censors_who_has_not_sold(cast: Cast) -> None:
    """Six who joined 100 days ago and one of yesterday; Ana and Ben joined 134 days ago and never sold."""
    for place, (click, sale) in enumerate([(1, 5), (2, 20), (3, 40), (4, None), (None, None), (None, 10)]):
        joined(cast, f"P{place}", 100, click=click, sale=sale, source="import" if place < 3 else "")
    left = joined(cast, "Gone", 100)
    Enrolment.objects.filter(pk=left.pk).update(status="ended", ended_at=NOW - timedelta(days=93))
    joined(cast, "New", 1)
    settled()
    found = report_of(cast.program.pk, TODAY, TODAY - timedelta(days=365), "source")
    assert [(step.key, step.partners, step.lost) for step in found.steps] == [
        ("joined", 10, 0), ("link", 7, 3), ("copied", 5, 2), ("click", 5, 0), ("sale", 4, 1), ("payout", 0, 4),
    ]  # fmt: skip
    assert (found.joined, found.fresh, found.beside) == (10, 1, {"terms": 0, "piece": 0, "details": 0})
    until_sale = found.times["sale"]
    assert [(one.day, one.at_risk, one.events) for one in until_sale.moments] == [(5, 9, 1), (10, 7, 1), (20, 6, 1),
                                                                            (40, 5, 1)]  # fmt: skip
    assert round(until_sale.share_by(40), 4) == round(1 - 8 / 9 * 6 / 7 * 5 / 6 * 4 / 5, 4)
    assert (found.first_month.count, found.first_month.of) == (3, 8)
    groups = {one.key: one for one in found.groups}
    assert groups["import"].joined == 3
    assert groups["import"].until_sale.median == 20
    cohorts = report_of(cast.program.pk, TODAY, TODAY - timedelta(days=365)).groups
    assert [one.key for one in cohorts] == ["2026-01", "2026-02", "2026-05"]
    by_type = report_of(cast.program.pk, TODAY, TODAY - timedelta(days=365), "type")
    assert [(one.key, one.joined) for one in by_type.groups] == [("affiliate", 10)]
    assert by_type.steps == found.steps
    nobody = report_of(cast.program.pk, TODAY, TODAY + timedelta(days=1), "type")
    assert (nobody.joined, list(nobody.groups), nobody.times["sale"].median) == (0, [], None)


def test_somebody_of_two_types_stands_in_both_groups_and_counts_once(cast: Cast) -> None:
    """The groups may add up to more than the whole."""
    joined(cast, "Both", 10, types=["creator", "agency"])
    joined(cast, "Neither", 10, types=[])
    settled()
    found = report_of(cast.program.pk, TODAY, TODAY - timedelta(days=365), "type")
    assert found.joined == 4
    assert {one.key: one.joined for one in found.groups} == {"affiliate": 2, "creator": 1, "agency": 1, "none": 1}


def test_retention_compares_a_first_month_win_with_none(cast: Cast) -> None:
    """Kept: a sale on day 91 to 180, of those who joined half a year ago or earlier; the days at the edges count."""
    for place in range(8):
        won, kept = place < 4, place in (0, 1, 2, 5)
        row = joined(cast, f"R{place}", 200, click=1, sale=30 if won else 31)
        if kept:
            day = row.enrolled_at.date() + timedelta(days=91 if place % 2 else 180)
            EnrolmentDay.objects.create(program_id=row.program_id, enrolment_id=row.pk, day=day, conversions=1)
    row = joined(cast, "Late", 200, sale=50)
    for days in (90, 181):
        EnrolmentDay.objects.create(
            program_id=row.program_id, enrolment_id=row.pk, day=row.enrolled_at.date() + timedelta(days=days),
            conversions=1,
        )  # fmt: skip
    settled()
    found = report_of(cast.program.pk, TODAY, TODAY - timedelta(days=30)).retention
    assert (found.with_win.count, found.with_win.of) == (3, 4)
    assert (found.without.count, found.without.of) == (1, 5)
    assert found.ratio is not None
    assert round(found.ratio.times, 2) == 3.75


def test_the_report_costs_the_same_queries_for_more_partners(cast: Cast) -> None:
    """And so does the sweep."""
    counts = []
    for size in (3, 12):
        for place in range(size):
            joined(cast, f"Q{size}-{place}", 50 + place, click=1, sale=3)
        with CaptureQueriesContext(connection) as settling:
            settle_onboardings(NOW, 500)
        with CaptureQueriesContext(connection) as reporting:
            report_of(cast.program.pk, TODAY, TODAY - timedelta(days=365), "type")
        counts.append((len(settling), len(reporting)))
    assert counts[0] == counts[1]
    assert counts[0][1] <= 8


def test_the_clock_brings_everything_up_to_date_and_ends(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts, however many there are; what cannot be settled is not tried for ever."""
    monkeypatch.setattr(schedule, "ONBOARDINGS_AT_ONCE", 2)
    monkeypatch.setattr("hanse.runtime.schedule.time.sleep", lambda _seconds: None)
    rows = [joined(cast, f"C{place}", 20, click=1) for place in range(5)]
    schedule.settle_newcomers(NOW)
    assert Onboarding.objects.filter(click_on__isnull=False).count() == len(rows)
    for row in rows:
        marked(row, 1, 3)
    schedule.settle_newcomers(NOW)
    assert Onboarding.objects.filter(sale_on__isnull=False).count() == len(rows)
    for row in rows:
        marked(row, 1, 4)
    monkeypatch.setattr(schedule, "settle", lambda _ids, _now: None)
    schedule.settle_newcomers(NOW)
    monkeypatch.undo()
    schedule.settle_newcomers(NOW)
    assert set(Onboarding.objects.exclude(sale_on=None).values_list("sale_on", flat=True)) == {
        rows[0].enrolled_at.date() + timedelta(days=4)
    }


def test_a_piece_and_a_lesson_complete_from_events_of_other_systems(cast: Cast) -> None:
    """An event of kind `piece` does the piece, one named as a step does that step; none does a click or a sale."""
    steps = [
        {"kind": "training", "key": "five-minutes"}, {"kind": "piece"}, {"kind": "click"}, {"kind": "sale"},
    ]  # fmt: skip
    actions.publish_paths(cast.program, {"paths": [{"key": "all", "name": "All", "steps": steps}]}, now=NOW, by=BY)
    settled()

    def told(kind: str, days_ago: int) -> None:
        given = GivenEvent(cast.anas.pk, kind, kind, NOW - timedelta(days=days_ago), {})
        take_events(cast.program, [given], now=NOW)
        settled()

    told("sale", 4)
    assert Onboarding.objects.get(pk=cast.anas.pk).next_step == "five-minutes"
    told("five_minutes", 3)
    assert Onboarding.objects.get(pk=cast.anas.pk).next_step == "piece"
    told("piece", 2)
    mine = Onboarding.objects.get(pk=cast.anas.pk)
    assert (mine.next_step, mine.piece_on, mine.sale_on) == ("click", TODAY - timedelta(days=2), None)
    placed = queries.progress_of(cast.anas).steps
    assert [one.done_on for one in placed][:2] == [TODAY - timedelta(days=3), TODAY - timedelta(days=2)]


def test_an_early_sale_of_somebody_new_does_not_gild_the_first_month(cast: Cast) -> None:
    """Of those who joined this week only winners could be counted yet: nine of them wait still."""
    for place in range(10):
        joined(cast, f"Old{place}", 60, sale=10 if place < 2 else None)
        joined(cast, f"New{place}", 5, sale=2 if place < 1 else None)
    settled()
    found = report_of(cast.program.pk, TODAY, TODAY - timedelta(days=90))
    assert (found.first_month.count, found.first_month.of) == (2, 10)
    assert [(one.key, one.first_month.of) for one in found.groups][-1] == ("2026-05", 0)


def test_who_is_put_back_on_a_path_gets_its_tasks_again(cast: Cast) -> None:
    """Put on the other path by mistake and back: the call with the owner is still to be held."""
    actions.publish_paths(cast.program, own_paths(types=[], tiers=["growth"]), now=NOW, by=BY)
    settled()
    actions.move_to_path(cast.anas, "close", now=NOW, by=BY)
    actions.move_to_path(cast.anas, "rest", now=NOW, by=BY)
    assert not queries.open_tasks(cast.program.pk).exists()
    actions.move_to_path(cast.anas, "close", now=NOW, by=BY)
    assert [one.key for one in queries.open_tasks(cast.program.pk)] == ["hello"]
    actions.drop_task(queries.open_tasks(cast.program.pk)[0], now=NOW, by=BY)
    actions.move_to_path(cast.anas, "close", now=NOW, by=BY)
    assert not queries.open_tasks(cast.program.pk).exists(), "what a person took off stays off"


def test_a_step_called_like_the_use_of_the_product_keeps_nobody_elses_way_from_moving(cast: Cast) -> None:
    """Rows that look stale for ever would fill every part of the sweep, and whoever comes after them waits."""
    steps = [{"kind": "own", "key": "product-use", "title": "Use it once"}, {"kind": "sale"}]
    actions.publish_paths(cast.program, {"paths": [{"key": "all", "name": "All", "steps": steps}]}, now=NOW, by=BY)
    settled()
    told = [
        GivenEvent(row.pk, "product_use", f"use-{row.pk}", NOW - timedelta(hours=1), {})
        for row in (cast.anas, cast.bens)
    ]
    take_events(cast.program, told, now=NOW)
    late = joined(cast, "Late", 1)
    settle_onboardings(NOW, 1)
    marked(late, 0, None)
    for _part in range(5):
        settle_onboardings(NOW, 2)
    assert Onboarding.objects.get(pk=late.pk).click_on is not None
    assert settle_onboardings(NOW, 10) == 0


def test_a_task_of_ours_is_done_with_the_step_that_another_system_told_us_of(cast: Cast) -> None:
    """The calendar says that the call was held: nobody is reminded to hold it again."""
    actions.publish_paths(cast.program, own_paths(types=[], tiers=["growth"]), now=NOW, by=BY)
    settled()
    actions.move_to_path(cast.anas, "close", now=NOW, by=BY)
    assert [one.key for one in queries.open_tasks(cast.program.pk)] == ["hello"]
    take_events(cast.program, [GivenEvent(cast.anas.pk, "hello", "call-1", NOW - timedelta(hours=1), {})], now=NOW)
    settled()
    assert {one.step.key: one.done_on for one in queries.progress_of(cast.anas).steps}["hello"] == TODAY
    assert not queries.open_tasks(cast.program.pk).exists()
    assert OwnerTask.objects.get(key="hello").done_at == NOW
    assert settle_onboardings(NOW, 10) == 0
