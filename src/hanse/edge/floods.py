"""Floods: more clicks on one link than people make, from one source or in all.

The rules, asked about clicks that are valid so far:

* one source (a daily address hash) on one link: more than 120 in a minute or more than 600 in an hour. Whole offices
  and telephone networks share an address; even they do not follow one link twice a second for a minute.
* one link from everywhere: more than 6,000 in a minute and more than 20 times the link's usual minute. A newsletter to
  a hundred thousand people stays below; what is beyond is kept with its reason, and a person can look.

Windows are fixed (a minute of the clock, an hour of the clock). Nearly every source and link comes a few times only, so
all are first counted in small cells that strangers share; who reaches 32 in one is counted exactly from there on. Where
strangers met in a cell they are told that much too early: far below every limit. A click costs a few array steps, and
memory is bounded: with too many exact counts a window begins anew, which only lets more pass.
"""

from __future__ import annotations

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
SOURCE_A_MINUTE, SOURCE_AN_HOUR = 120, 600
LINK_A_MINUTE, LINK_TIMES_USUAL = 6_000, 20
MAX_SOURCES, MAX_LINKS = 200_000, 50_000
_CELLS, _CLOSELY = 1 << 16, 32
_MASK = _CELLS - 1
_WEIGHT = 0.1  # of the last minute in a link's usual minute: an hour later hardly anything of it is left


class Floods:
    """Counts valid clicks by link and source. `over` is constant in time; memory is bounded."""

    def __init__(self) -> None:
        self._minute = self._hour = -1
        self._sources, self._many_clicked = bytearray(_CELLS), bytearray(_CELLS)
        self._in_minute, self._in_hour = dict[int, int](), dict[int, int]()
        self._links: dict[int, _Pace] = {}

    def over(self, link_number: int, ip_hash: str, at_ms: int) -> bool:
        """Count one click that is valid so far; say whether it is one too many. Those too many count as well: a flood
        ends when it stops, not while it goes on."""
        minute = at_ms // MINUTE_MS
        if minute != self._minute:
            self._turn(minute)
        key = hash((link_number, ip_hash))
        too_many = not _is_seldom(self._sources, key) and self._comes_too_often(key)
        if _is_seldom(self._many_clicked, link_number):
            return too_many
        pace = self._links.get(link_number)
        if pace is None:
            if len(self._links) >= MAX_LINKS:
                self._links = {}
            pace = self._links[link_number] = _Pace()
        return pace.over(self._minute) or too_many

    def _comes_too_often(self, key: int) -> bool:
        """Count a source on a link exactly; whoever is new here may have come just now as often as its cell says."""
        if len(self._in_hour) >= MAX_SOURCES:
            self._in_hour, self._in_minute = {}, {}
        is_new = key not in self._in_hour
        in_hour = self._in_hour[key] = self._in_hour.get(key, _CLOSELY) + 1
        in_minute = self._in_minute[key] = self._in_minute.get(key, _CLOSELY if is_new else 0) + 1
        return in_minute > SOURCE_A_MINUTE or in_hour > SOURCE_AN_HOUR

    def _turn(self, minute: int) -> None:
        """Begin another minute. One just past is heard of late from another edge, and counts in the present one."""
        if minute == self._minute - 1:
            return
        self._minute, self._in_minute, self._many_clicked = minute, {}, bytearray(_CELLS)
        hour = minute * MINUTE_MS // HOUR_MS
        if hour != self._hour:
            self._hour, self._in_hour, self._sources = hour, {}, bytearray(_CELLS)


def _is_seldom(cells: bytearray, key: int) -> bool:
    """Count a key once more in its cell; say whether the cell is below what is counted closely."""
    at = key & _MASK
    seen = cells[at]
    if seen >= _CLOSELY:
        return False
    cells[at] = seen + 1
    return True


class _Pace:
    """How many clicks a link has in this minute and in a usual one."""

    __slots__ = ("_count", "_minute", "_usual")

    def __init__(self) -> None:
        self._minute, self._count, self._usual = -1, 0, 0.0

    def over(self, minute: int) -> bool:
        """Count one click; say whether the minute is far beyond what the link is used to."""
        if minute != self._minute:
            if self._minute >= 0 and minute > self._minute:
                last = min(self._count, LINK_A_MINUTE)  # a flood does not make itself usual
                self._usual = (self._usual * (1 - _WEIGHT) + last * _WEIGHT) * (1 - _WEIGHT) ** min(
                    minute - self._minute - 1, 600
                )
            self._minute, self._count = minute, _CLOSELY
        self._count += 1
        return self._count > LINK_A_MINUTE and self._count > LINK_TIMES_USUAL * self._usual
