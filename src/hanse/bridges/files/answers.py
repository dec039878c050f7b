"""Reads a file of survey answers or logged names: any of the usual column names, each bad row with its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from hanse.growth.mentions.rules import person_key
from hanse.growth.mentions.types import LONGEST_ANSWER, SOURCES, GivenAnswer
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.reading import unsound_text
from hanse.spine.web_addresses import address_problem

LONGEST_FILE = 10_000_000  # bytes
MOST_ROWS = 200_000
_COLUMNS = {
    "answer": ("answer", "text", "response", "mention", "name", "names", "who"),
    "person": ("respondent", "person", "customer", "customer_id", "respondent_id", "email", "e-mail", "id"),
    "question": ("question", "prompt"),
    "source": ("source", "channel"),
    "at": ("named_at", "date", "at", "submitted_at", "created_at", "timestamp"),
    "place": ("place", "link", "url", "where"),
}
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken; `row` 1 is the first below the header."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """What a file holds."""

    answers: tuple[GivenAnswer, ...]
    refused: tuple[RefusedRow, ...]


def read_answers(body: bytes, *, now: datetime, zone: str, source: str = "survey") -> AnswerFile:
    """Return the answers in a CSV file and the rows that are none. A row without a date was said `now`.

    `source` holds for rows that name none; times without a zone are in `zone`. E-mail addresses of people become keyed
    hashes. Raises Invalid when the file is too large, no text, or has no column of answers.
    """
    rows = rows_of(text_of(body))
    head = next(rows, [])
    places = _places(head)
    if "answer" not in places:
        names = ", ".join(cell.strip() for cell in head[:8] if cell.strip()) or _("nothing")
        message = _("No column is called “answer”. The first row holds: %(names)s.") % {"names": names[:200]}
        raise Invalid([Problem("/file", message, "no_column")])
    answers: list[GivenAnswer] = []
    refused: list[RefusedRow] = []
    for number, cells in enumerate(rows, start=1):
        if number > MOST_ROWS:
            refused.append(RefusedRow(number, _("A file may have at most 200,000 rows; cut it in two.")))
            break
        if any(cell.strip() for cell in cells):
            read = _answer(_named(cells, places), now, zone, source)
            answers.append(read) if isinstance(read, GivenAnswer) else refused.append(RefusedRow(number, read))
    return AnswerFile(tuple(answers), tuple(refused))


def text_of(body: bytes) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, else the old western code page."""
    if len(body) > LONGEST_FILE:
        raise Invalid([Problem("/file", _("The file is larger than 10 MB; cut it in two."), "too_large")])
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    if b"\x00" in body[:4096]:
        raise Invalid([Problem("/file", _("This is not a text file. Save the sheet as CSV first."), "not_text")])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def rows_of(text: str) -> Iterator[list[str]]:
    """Yield the rows, whatever separates their cells. Raises Invalid with the line where quotes do not fit."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = _("Line %(line)d is no CSV: %(why)s.") % {"line": reader.line_num, "why": error}
            raise Invalid([Problem("/file", message, "not_csv")]) from None


def _places(head: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().strip("\ufeff").lower() for cell in head]
    found = {key: [names.index(name) for name in usual if name in names] for key, usual in _COLUMNS.items()}
    return {key: places[0] for key, places in found.items() if places}


def _named(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {key: cells[place].strip() if place < len(cells) else "" for key, place in places.items()}


def _answer(row: Mapping[str, str], now: datetime, zone: str, source: str) -> GivenAnswer | str:
    """Return the answer in a row, or why it is none."""
    text, place = row.get("answer", ""), row.get("place", "")
    if len(text) > LONGEST_ANSWER:
        return _("The answer is longer than %(limit)d characters.") % {"limit": LONGEST_ANSWER}
    kept = (text, row.get("question", ""), row.get("person", ""))
    if any(unsound_text(one) or "\x00" in one for one in kept):
        return _("The answer holds characters that cannot be kept.")
    at = _moment(row.get("at", ""), zone) if row.get("at") else now
    if at is None:
        return _("The date “%(date)s” cannot be read; write it like 2026-05-31.") % {"date": row["at"][:40]}
    if at > now:
        return _("The date “%(date)s” lies ahead.") % {"date": row["at"][:40]}
    named = row.get("source", "").lower() or source
    if named not in SOURCES:
        return _("The source is one of: %(sources)s.") % {"sources": ", ".join(SOURCES)}
    if place and (why := address_problem(place)):
        return why
    return GivenAnswer(text, at, named, row.get("question", "")[:300], person_key(row.get("person", "")), place[:500])


def _moment(text: str, zone: str) -> datetime | None:
    """Return a written moment in UTC, None when it cannot be read."""
    for form in ("", *_FORMATS):
        try:
            at = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007  # the zone follows
            return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
        except (ValueError, OverflowError):  # the first and last days there are lie in another year of UTC
            continue
    return None
