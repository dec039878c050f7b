"""What the demo's partners agreed to do: briefs, drafts and answers in every state, late ones on both sides, a fee in
terms and fees of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hanse.growth.deliverables.actions import agree, ask_for, cancel, decline
from hanse.growth.deliverables.deciding import accept, withdraw
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.working import ask_changes, comment, note_live, send_draft
from hanse.growth.negotiations import actions as negotiations
from hanse.growth.negotiations.actions import Offered, propose
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import as_dated
from hanse.programs.terms.rules import choose_terms
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage


@dataclass(frozen=True, slots=True)
class _Work:
    """One piece of work as the demo tells it; days count back from the end of the demo's year."""

    row: Deliverable
    end: datetime

    @property
    def their(self) -> str:
        """Who writes for the partner."""
        return self.row.enrolment.partner.email

    def at(self, days: float) -> datetime:
        """Return the moment so many days before the end."""
        return self.end - timedelta(days=days)

    def draft(self, days: float, text: str = "", link: str = "") -> None:
        """Let the partner send a draft."""
        send_draft(self.row, text=text, link=link, now=self.at(days), by=self.their)

    def they_say(self, days: float, text: str) -> None:
        """Let the partner say something."""
        comment(self.row, text=text, side="partner", now=self.at(days), by=self.their)

    def yes(self, days: float, note: str = "") -> None:
        """Accept the draft."""
        accept(self.row, note=note, now=self.at(days), by=MANAGER)

    def live(self, days: float, address: str) -> None:
        """Let it be public."""
        note_live(self.row, address=address, now=self.at(days), by=self.their)


def play_deliverables(stage: Stage, calendar: DemoCalendar) -> None:
    """Leave work in all its states. Call inside a transaction, after the year is played."""
    asking = _Asking(stage, calendar.ends_at, calendar.zone)
    _done(asking)
    _with_us(asking)
    _with_them(asking)
    _put_away(asking)


class _Asking:
    """Asks partners of the demo for work."""

    def __init__(self, stage: Stage, end: datetime, zone: str) -> None:
        self.stage, self.end, self.zone = stage, end, zone

    def day(self, days: float) -> date:
        """Return the local day so many days before the end (below zero: after it)."""
        return local_day(self.end - timedelta(days=days), self.zone)

    def ask(
        self, code: str, title: str, brief: str, fee_minor: int, *, asked: float, due: float, **more: Any
    ) -> _Work:  # fmt: skip
        """Ask for something that is due so many days before the end; the partner says yes unless told not to."""
        says_yes, at = more.pop("says_yes", True), self.end - timedelta(days=asked)
        row = ask_for(
            self.stage.enrolments[code], title=title, brief=brief, fee_minor=fee_minor, due_on=self.day(due), now=at,
            by=MANAGER, **more,
        )  # fmt: skip
        work = _Work(row, self.end)
        if says_yes:
            agree(row, now=at + timedelta(hours=5), by=work.their)
        return work


def _done(asking: _Asking) -> None:
    film = asking.ask(
        "MARLOWE10", "A film of the Christmas window",
        "Two minutes from unpacking to lights on. Show the paper lanterns and the price tags; end on the door.",
        45_000, asked=86, due=64, live_on=asking.day(58), channel="YouTube",
        usage="Cut it to fifteen seconds and show it in our own channels.", usage_where="Our shop and social channels",
        usage_until=asking.day(-300),
    )  # fmt: skip
    film.draft(67, link="https://marlowe-finch.example/drafts/window")
    ask_changes(film.row, text="Lovely. Could the lanterns stay a little longer?", now=film.at(66), by=MANAGER)
    film.draft(63, link="https://marlowe-finch.example/drafts/window-2")
    film.yes(62, "Exactly right. Thank you, Harriet.")
    film.live(59, "https://marlowe-finch.example/christmas-window")
    series = asking.ask(
        "KESTREL", "Three shorts about wrapping", "One trick each, under a minute, with paper and ribbon of ours.",
        24_000, asked=24, due=6, live_on=asking.day(-4), channel="YouTube",
    )  # fmt: skip
    series.draft(8, link="https://studiokestrel.example/shorts/draft")
    series.yes(5, "All three. Looking forward to seeing them live.")
    _by_terms(asking)


def _by_terms(asking: _Asking) -> None:
    """A fee that stands in terms of its own: proposed, agreed, owed with the acceptance. Nobody bought through this
    partner yet, so that the new version prices nothing anew."""
    guide = asking.ask(
        "POSTCARDS", "A guide to table cards", "How to letter a card by hand, with a list of what one needs.", 0,
        asked=38, due=16, channel="Instagram",
    )  # fmt: skip
    enrolment = guide.row.enrolment
    fee = {"kind": "fee", "amount": 15_000, "due": {"deliverable": text_id("dlv", guide.row.pk)}}
    body = {"clauses": [fee, *_clauses(enrolment, guide.at(36))]}
    made = propose(
        enrolment, Offered(body, reason="A fee for the guide beside what sales earn."), now=guide.at(36), by=MANAGER
    )
    negotiations.accept(made, side="partner", now=guide.at(35), by=guide.their)
    guide.draft(18, text="Part one: paper. Part two: ink. Part three: eight words that fit any table.")
    guide.yes(17)


def _clauses(enrolment: Enrolment, at: datetime) -> list[Any]:
    """Return the clauses that count for somebody at a moment."""
    rows = list(Terms.objects.filter(program=enrolment.program).select_related("program"))
    place = (enrolment.pk, enrolment.tier_id, enrolment.program_id, at)
    chosen = choose_terms([as_dated(row) for row in rows], *place)
    found = next((row for row in rows if chosen is not None and row.pk == chosen.id), None)
    return list(found.body["clauses"]) if found else []


def _with_us(asking: _Asking) -> None:
    place = asking.ask(
        "SLOWSUNDAY", "A place in the spring letter", "One paragraph and one picture, first half of the letter.",
        30_000, asked=20, due=3, live_on=asking.day(-9), sort="newsletter_slot", channel="Newsletter", answer_days=2,
    )  # fmt: skip
    place.draft(4.2, text="Some things want to be unwrapped slowly. This spring we set the table with …")
    bag = asking.ask(
        "YIJUN", "五個小禮物", "Five small presents in one post, in Chinese, with the link in the story.", 18_000,
        asked=12, due=-2, channel="Instagram",
    )  # fmt: skip
    bag.draft(0.6, link="https://yijun.example/draft/five-gifts")
    bag.they_say(0.5, "Is the blue tin still in the shop? 想放在第一張。")


def _with_them(asking: _Asking) -> None:
    page = asking.ask(
        "BRAMLEY", "A page on garden suppers", "One page with three of our things and where they are made.", 60_000,
        asked=30, due=4, channel="Magazine", usage="Frame it in our shop.", usage_where="Harbour Street",
    )  # fmt: skip
    assert page.row.state == Deliverable.State.AGREED
    asking.ask(
        "DUSZA10", "Zimowy stół krok po kroku", "One recipe and one table, in five pictures, with the lanterns lit.",
        15_000, asked=5, due=-9, live_on=asking.day(-14), channel="Instagram", usage="Show two pictures in our letter.",
        usage_where="Newsletter", usage_until=asking.day(-120),
    )  # fmt: skip
    cards = asking.ask(
        "ZOSIA", "Świąteczny stół", "A table for eight, in one reel and five pictures.", 12_000, asked=22, due=5,
        channel="Instagram",
    )  # fmt: skip
    cards.draft(7, link="https://zosia.example/stol")
    ask_changes(cards.row, text="Please show the mark #reklama from the first second.", now=cards.at(5), by=MANAGER)
    reel = asking.ask(
        "TINSEL", "Thirty seconds of tinsel", "One reel, our tinsel, your kitchen.", 9_000, asked=44, due=30,
        channel="TikTok",
    )  # fmt: skip
    reel.draft(33, link="https://teaandtinsel.example/reel")
    reel.yes(32)
    reel.live(31, "https://teaandtinsel.example/thirty-seconds")
    why = "The reel was taken down after three days; we agreed on a year."
    withdraw(reel.row, reason=why, now=reel.at(6), by=MANAGER)
    asking.ask(
        "THISTLE", "Ten minutes with our potter", "A talk in your podcast; we bring the potter.", 20_000, asked=2,
        due=-21, channel="Podcast", says_yes=False,
    )  # fmt: skip
    asking.ask(
        "HEARTH", "Our gift finder on your clients’ pages", "The snippet on three pages, tested together.", 80_000,
        asked=9, due=-12, sort="integration",
    )  # fmt: skip


def _put_away(asking: _Asking) -> None:
    codes = asking.ask(
        "HONEYBEE", "A test of ten presents", "Buy them, use them, say what you think.", 10_000, asked=50, due=30,
        says_yes=False,
    )  # fmt: skip
    decline(codes.row, reason="We only list codes, we do not test.", now=codes.at(48), by=codes.their)
    desk = asking.ask(
        "DWELL", "A desk for the winter", "Five pictures of a desk with our things.", 14_000, asked=60, due=40
    )
    cancel(desk.row, reason="The lamp is no longer made. We find something else.", now=desk.at(52), by=MANAGER)
