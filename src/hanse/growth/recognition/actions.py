"""Verbs of recognition: thank, give, share what partners know, keep the board."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.conversations.actions import write_first
from hanse.growth.recognition import rules
from hanse.growth.recognition.models import Board, BoardConsent, Occasion, Thanks, Tip
from hanse.insight.rollups.models import EnrolmentMonth
from hanse.kernel.clock import add_months, first_day_of, local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.benefits.actions import owe_once
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change, record_creation
from hanse.spine.bulk import insert_many
from hanse.spine.checks import Checks
from hanse.spine.second_click import made_just_now

OFFERED_AT_ONCE = 5
_MONTHS_BACK = 36


def thank(
    enrolment: Enrolment, *, kind: str, text: str, gift: str = "", gift_worth_minor: int = 0,
    occasion: Occasion | None = None, is_mailed: bool = True, now: datetime, by: TeamUser,
) -> Thanks:  # fmt: skip
    """Thank a partner, by a note of ours and in their portal; a gift is owed as a benefit until it is delivered.

    Raises Invalid; refuses an address that bounced, if it is to be mailed, and an occasion that a colleague has used.
    """
    checks = Checks()
    checks.one_of("kind", kind, Thanks.Kind.values)
    text, gift = checks.text("text", text, 2_000, required=True, lines=True), checks.text("gift", gift, 200)
    checks.done()
    same = Thanks.objects.filter(enrolment=enrolment, kind=kind, text=text, gift=gift, given_by=by.email)
    again = made_just_now(same, "given_at", now, turn_of=enrolment)
    if again is not None:
        return again  # a form that was sent by two clicks owes one gift
    if occasion is not None:
        waiting = Occasion.objects.filter(pk=occasion.pk, thanked_at=None)
        if not waiting.update(thanked_at=now):  # two who click at once send one letter and owe one gift
            raise Refused("thanked_already", _("A colleague has said thank you for this already."))
    row = Thanks.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, kind=kind, text=text, given_at=now,
        given_by=by.email, gift=gift,
    )  # fmt: skip
    record_creation(row, actor=by.email, verb="thank_partner", fields=("kind", "gift"), now=now)
    if gift:
        origin = f"thanks:{row.pk}"
        owe_once(enrolment, name=gift, worth_minor=gift_worth_minor, origin=origin, now=now, by=by.email)
    if is_mailed:
        with translation.override(enrolment.partner.language):  # a colleague's own language is another matter
            subject = _("Thank you")
        write_first(enrolment, subject=subject, text=text, now=now, by=by)
    return row


def find_occasions(program: Program, as_of: datetime) -> int:
    """Find anniversaries of the last week and personal records of last month; each once. Returns how many are new.

    Three queries, whatever the number of partners.
    """
    today = local_day(as_of, program.time_zone)
    active = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE, is_test=False)
    joined = {pk: local_day(at, program.time_zone) for pk, at in active.values_list("id", "enrolled_at")}
    last = add_months(first_day_of(today, "month"), -1)
    months: dict[object, list[tuple[date, int]]] = {}
    sold = EnrolmentMonth.objects.filter(
        program_id=program.pk, month__gte=add_months(last, -_MONTHS_BACK), month__lte=last, conversions__gt=0
    )
    for id_, month, count in sold.values_list("enrolment_id", "month", "conversions"):
        months.setdefault(id_, []).append((month, count))
    rows = []
    for id_, joined_on in joined.items():
        years = rules.anniversary(joined_on, today)
        if years is not None:
            rows.append(_occasion(program, id_, Occasion.Kind.ANNIVERSARY, str(years), years, 0, today, as_of))
        record = rules.record_month(months.get(id_, ()), last)
        if record is not None:
            rows.append(_occasion(program, id_, Occasion.Kind.RECORD, f"{last:%Y-%m}", *record, today, as_of))
    before = Occasion.objects.filter(program=program).count()
    insert_many(Occasion, rows, ignore_known=True)
    return Occasion.objects.filter(program=program).count() - before


def _occasion(
    program: Program, enrolment_id: object, kind: str, key: str, number: int, before: int, on: date, now: datetime
) -> dict[str, object]:
    return {
        "id": new_id(now), "program_id": program.pk, "enrolment_id": enrolment_id, "kind": kind, "key": key,
        "number": number, "before": before, "found_on": on, "thanked_at": None,
    }  # fmt: skip


def offer_tip(enrolment: Enrolment, *, title: str, text: str, shown_name: str, now: datetime, by: str) -> Tip:
    """Take what a partner would share with the others, by the name they choose. Raises Invalid; refuses a sixth."""
    checks = Checks()
    values = {
        "title": checks.text("title", title, 120, required=True),
        "text": checks.text("text", text, 3_000, required=True, lines=True),
        "shown_name": checks.text("shown_name", shown_name, 80, required=True),
    }
    checks.done()
    if Tip.objects.filter(enrolment=enrolment, published_at=None, withdrawn_at=None).count() >= OFFERED_AT_ONCE:
        raise Refused("too_many_tips", _("We have not read your last tips yet; wait for us first."))
    row = Tip.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, offered_at=now, **values
    )
    record_creation(row, actor=by, verb="offer_tip", fields=("title",), now=now)
    return row


def publish_tip(tip: Tip, *, now: datetime, by: str) -> None:
    """Show a tip to the other partners. Refuses one that was taken back."""
    if tip.withdrawn_at is not None:
        raise Refused("tip_withdrawn", _("The partner has taken this back."))
    Tip.objects.filter(pk=tip.pk, published_at=None).update(published_at=now, published_by=by[:200])
    _record("publish_tip", tip, by, now)


def withdraw_tip(tip: Tip, *, now: datetime, by: str) -> None:
    """Take a tip back: nobody sees it any more."""
    Tip.objects.filter(pk=tip.pk, withdrawn_at=None).update(withdrawn_at=now, published_at=None)
    _record("withdraw_tip", tip, by, now)


def set_board(program: Program, *, is_on: bool, window_days: int, places: int, now: datetime, by: str) -> Board:
    """Switch the leaderboard on or off. On it stand only those who agreed, by the name they chose. Raises Invalid."""
    checks = Checks()
    checks.whole_number("window_days", window_days, 7, 365)
    checks.whole_number("places", places, 3, 50)
    checks.done()
    values = {"is_on": is_on, "window_days": window_days, "places": places}
    row, _is_new = Board.objects.update_or_create(program=program, defaults=values)
    record_change(
        actor=by, verb="set_board", subject_kind="program", subject_id=program.pk, before={}, after=values, now=now
    )
    return row


def agree_to_board(enrolment: Enrolment, *, shown_name: str, now: datetime, by: str) -> BoardConsent:
    """Let a partner stand on the board. Refuses while there is none. Raises Invalid."""
    checks = Checks()
    name = checks.text("shown_name", shown_name, 80, required=True)
    checks.done()
    if not Board.objects.filter(program_id=enrolment.program_id, is_on=True).exists():
        raise Refused("no_board", _("There is no board in this program."))
    row, _is_new = BoardConsent.objects.update_or_create(
        enrolment=enrolment, defaults={"shown_name": name, "agreed_at": now}
    )
    record_change(
        actor=by, verb="agree_to_board", subject_kind="enrolment", subject_id=enrolment.pk, before={},
        after={"name": name}, now=now,
    )  # fmt: skip
    return row


def leave_board(enrolment: Enrolment, *, now: datetime, by: str) -> None:
    """Take a partner off the board at once."""
    BoardConsent.objects.filter(enrolment=enrolment).delete()
    record_change(
        actor=by, verb="leave_board", subject_kind="enrolment", subject_id=enrolment.pk, before={}, after={}, now=now
    )


def _record(verb: str, tip: Tip, by: str, now: datetime) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="tip", subject_id=tip.pk, before={}, after={"title": tip.title}, now=now
    )
