"""Kits and the calendar in the demo: open, over, draft, for one language; used, copied, published; what they brought.

The clicks of some partners carry a kit's tag in some weeks of the story, so that numbers of kits are those of clicks
and sales that happened.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from hanse.growth.care.models import UpcomingDay
from hanse.growth.content.models import Piece
from hanse.growth.content.queries import best_pieces
from hanse.growth.kits.actions import keep_kit, publish_kit, withdraw_kit
from hanse.growth.kits.models import Kit
from hanse.growth.kits.pictures import add_picture
from hanse.growth.kits.rules import PARAMETER, tag_of
from hanse.growth.kits.taking import note_out, note_step, note_tap, take_kit
from hanse.growth.prompts.actions import keep_prompt, publish_prompt, set_leads, withdraw_prompt
from hanse.growth.prompts.addresses import make_address
from hanse.growth.prompts.briefing import keep_briefings
from hanse.growth.prompts.examples import ask_consent, give_consent, refuse_consent
from hanse.growth.resources.actions import keep_file
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError
from hanse.runtime.demo import kit_pictures
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.kit_texts import AUTUMN, LIGHTS, POLISH, STEPS
from hanse.runtime.demo.people import MANAGER, Stage

_AUTUMN, _LIGHTS = "autumn-table", "candles"
_OPENED_DAYS: Final = {_AUTUMN: 46, _LIGHTS: 18}


class Used(NamedTuple):
    """Who used which kit on which channel, so many days before the story's end, and for how many days it clicked."""

    code: str
    kit: str
    channel: str
    days_ago: int
    for_days: int
    is_out: bool


_USED: Final = (
    Used("SLOWSUNDAY", _AUTUMN, "newsletter", 40, 12, True), Used("MARLOWE10", _AUTUMN, "newsletter", 36, 9, True),
    Used("KESTREL", _AUTUMN, "youtube", 33, 20, True), Used("LEDGER5", _AUTUMN, "x", 30, 4, False),
    Used("DUSZA10", _AUTUMN, "stories", 28, 6, True), Used("DWELL", _AUTUMN, "newsletter", 25, 5, False),
    Used("SLOWSUNDAY", _LIGHTS, "newsletter", 13, 9, True), Used("LEDGER5", _LIGHTS, "blog", 11, 11, True),
    Used("MARLOWE10", _LIGHTS, "blog", 6, 6, False),
)  # fmt: skip


_ANSWERS: Final = (
    ("numbers", "The first sentence says for whom it is. Three of four readers went on to the shop from there."),
    ("yes", "One thing, shown in use, in the light of a real kitchen. Nothing is praised, and everything is clear."),
    ("no", "The list is short, and each line says when you would give it."),
    ("", "You say what you would not buy as well. Readers believe the rest."),
    ("", "It still brings readers, months later: the title is what people search for."),
)


def kit_tag(code: str, at: datetime, ends_at: datetime, place: int) -> dict[str, str]:
    """Return the sub-parameter of a click of the story: two of three clicks in the days after a kit was published."""
    for used in _USED:
        days = (ends_at - at) / timedelta(days=1)
        if used.code == code and used.days_ago - used.for_days < days <= used.days_ago and place % 3:
            return {PARAMETER: tag_of(used.kit, used.channel)}
    return {}


def play_kits(stage: Stage, calendar: DemoCalendar) -> None:
    """Write kits and prompts, and let partners use them. Call inside a transaction, after the year and the content."""
    today = local_day(calendar.ends_at, calendar.zone)
    kits = _kits(stage, calendar, today)
    for used in _USED:
        _use(stage, kits[used.kit], used, calendar.ends_at)
    _prompts(stage, kits, calendar, today)
    _examples(stage, calendar)


def _kits(stage: Stage, calendar: DemoCalendar, today: date) -> dict[str, Kit]:
    end = calendar.ends_at

    def kit(key: str, name: str, days_ago: int, **fields: Any) -> Kit:
        at = end - timedelta(days=days_ago)
        return keep_kit(stage.program, key=key, name=name, offer=stage.offer, now=at, by=MANAGER, **fields)

    def opened(row: Kit, days_ago: int) -> Kit:
        return publish_kit(row, now=end - timedelta(days=days_ago), by=MANAGER)

    autumn = kit(
        _AUTUMN, "The autumn table", 50, steps=STEPS, copies=AUTUMN,
        prompt="Show how a table gets ready before the guests come. It is what your readers ask for in these weeks, "
        "and it sells the stand, the birds and the candles together.",
    )  # fmt: skip
    lights = kit(
        _LIGHTS, "Candles for short days", 20, steps=STEPS, copies=LIGHTS, ends_on=today + timedelta(days=17),
        prompt="It gets dark at four. Our own candles earn you more than anything else, and they are a present for "
        "people who have everything.",
    )  # fmt: skip
    polish = kit(_AUTUMN + "-pl", "Jesienny stół", 44, language="pl", steps=STEPS[1:3], copies=POLISH,
                 prompt="Kwadrans, jedno pudełko, jeden stół.")  # fmt: skip
    over = kit("post-day", "Last post before the holidays", 80, ends_on=today - timedelta(days=52), copies=LIGHTS[:2],
               steps=STEPS[:2], starts_on=today - timedelta(days=75))  # fmt: skip
    kit("spring", "Spring candles, first look", 3, copies=LIGHTS[:1], steps=STEPS, tiers=["power", "growth"],
        starts_on=today + timedelta(days=34), prompt="For the upper tiers first.")  # fmt: skip
    for row, content, name, alt in (
        (autumn, kit_pictures.table(), "autumn-table.png", "A table with a stand of three tiers and a bird"),
        (autumn, kit_pictures.shelf(), "four-boxes.png", "Four wrapped boxes on a shelf"),
        (lights, kit_pictures.candle(), "candle.png", "A candle before the evening"),
        (lights, kit_pictures.shelf(), "four-boxes.png", "Four wrapped boxes on a shelf"),
    ):  # fmt: skip
        file = keep_file(name, content, program=stage.program, by=MANAGER, now=row.created_at)
        add_picture(row, file, alt=alt, now=row.created_at, by=MANAGER)
    opened(over, 78)
    withdraw_kit(over, now=end - timedelta(days=50), by=MANAGER)
    opened(polish, 43)
    return {_AUTUMN: opened(autumn, _OPENED_DAYS[_AUTUMN]), _LIGHTS: opened(lights, _OPENED_DAYS[_LIGHTS])}


def _use(stage: Stage, kit: Kit, used: Used, end: datetime) -> None:
    seller = stage.enrolments[used.code]
    at, by = end - timedelta(days=used.days_ago, hours=-9), seller.partner.email
    use = take_kit(kit, seller, now=at, by=by)
    place = next(copy.place for copy in kit.copies.order_by("place") if copy.channel == used.channel)
    note_tap(use, "text", about=str(place), channel=used.channel, now=at + timedelta(minutes=4))
    note_tap(use, "picture", channel=used.channel, now=at + timedelta(minutes=9))
    for step in range(len(kit.steps) if used.is_out else 2):
        note_step(use, step, is_done=True, now=at + timedelta(minutes=3 * step + 3))
    if used.is_out:
        address = f"https://{used.code.lower()}.example/{kit.key}-{used.channel}"
        note_out(use, address, now=at + timedelta(minutes=17))


def _prompts(stage: Stage, kits: dict[str, Kit], calendar: DemoCalendar, today: date) -> None:
    end, program = calendar.ends_at, stage.program
    set_leads(program, {"power": 28, "growth": 21, "casual": 14, "new": 7, "inactive": 7},
              now=end - timedelta(days=200), by=MANAGER)  # fmt: skip
    days = {row.name: row for row in UpcomingDay.objects.filter(program=program)}

    def prompt(days_ago: int, kind: str, title: str, hook: str, on: int, *, is_open: bool = True, **fields: Any) -> Any:
        at = end - timedelta(days=days_ago)
        fields = {
            name: today + timedelta(days=value) if name in ("ends_on", "deadline_on") else value
            for name, value in fields.items()
        }
        row = keep_prompt(
            program, kind=kind, title=title, hook=hook, on=today + timedelta(days=on), now=at, by=MANAGER, **fields
        )
        return publish_prompt(row, now=at, by=MANAGER) if is_open else row

    prompt(30, "season", "Winter sale", "A third off everything that stays on the shelf over the holidays.", 24,
           ends_on=38, deadline_on=23, day=days.get("Winter sale"), offer=stage.offer,
           why_now="Half of last year’s orders in these two weeks came in the first three days: be out on day one.",
           how="One list, five things, one price each. Say when it ends.",
           sample="Five things I would buy in the {shop} sale, and one I would not: {link}\nCode {code}\n"
                  "{ad}")  # fmt: skip
    prompt(19, "theme", "Candles for short days", "It gets dark at four: show what you light.", -3, ends_on=17,
           kit=kits[_LIGHTS], why_now="Candles bring you the best rate of the year, and stock is full.",
           how="Take the kit: four channels, a quarter of an hour.",
           sample="What burns here at four in the afternoon: {link} {ad}")  # fmt: skip
    prompt(9, "launch", "The moss teapot is back", "Sold out in nine days last time. 312 pieces this time.", 6,
           offer=stage.offer, why_now="Readers who missed it asked for it by name.",
           how="Show it in use, once, by a window. Thirty seconds are enough.",
           sample="It is back, and I have stopped lending mine: {link} {ad}")  # fmt: skip
    prompt(2, "launch", "Spring candles", "Four new scents. You try them before anybody writes about them.", 62,
           day=days.get("Spring candles"), tiers=["power", "growth"], tells_by_mail=True, offer=stage.offer,
           why_now="Whoever is first with a scent is asked about it for a year.", leads={"power": 70, "growth": 42},
           how="We send you the four. Write what each smells of to you, not what the label says.")  # fmt: skip
    gone = prompt(12, "season", "Harbour fair", "Three days of stalls, and our workshop opens.", 12, ends_on=14)
    withdraw_prompt(gone, now=end - timedelta(days=4), by=MANAGER)
    prompt(1, "theme", "Presents for teachers", "The end of term comes every year as a surprise.", 40, is_open=False,
           why_now="Searched for from two weeks before.", offer=stage.offer)  # fmt: skip
    keep_briefings(program, end)
    make_address(program, colleague=stage.manager, now=end - timedelta(days=30), by=MANAGER)
    make_address(program, enrolment=stage.enrolments["DUSZA10"], now=end - timedelta(days=20), by="dusza10")


def _examples(stage: Stage, calendar: DemoCalendar) -> None:
    """Ask authors about the piece of theirs that sold most: two agree, one says no, two have not answered."""
    at, best = calendar.ends_at - timedelta(days=15), dict[object, Piece]()
    for piece in best_pieces(stage.program.pk, 60):
        if piece.source != Piece.Source.REFERRER:
            best.setdefault(piece.enrolment_id, piece)
    asked = best.pop(stage.enrolments["DUSZA10"].pk, None)
    pieces = [*list(best.values())[: len(_ANSWERS) - 1], *([asked] if asked else [])]
    for piece, (answer, why) in zip(pieces, _ANSWERS, strict=False):
        try:
            row = ask_consent(piece, why=why, now=at, by=MANAGER)
        except HanseError:
            continue  # its author is with us no more
        told: dict[str, Any] = {"now": at + timedelta(days=1), "by": row.enrolment.partner.email}
        if answer in ("yes", "numbers"):
            give_consent(
                row, shown_name=row.enrolment.partner.name, shows_numbers=answer == "numbers", **told
            )  # fmt: skip
        elif answer == "no":
            refuse_consent(row, **told)
