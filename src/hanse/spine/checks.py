"""Checks of values that people and programs type: each problem is kept with its field, and all are told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import is_currency
from hanse.kernel.reading import pointer_part, unsound_text
from hanse.spine.web_addresses import address_problem

_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_TURNING = r"\u202a-\u202e\u2066-\u2069"  # would turn the direction of what stands after it, amounts too
_CONTROL = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}]")
_CONTROL_BUT_LINES = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNING}]")


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the ISO 3166 codes of today's countries and territories."""
    names = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in names if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """Return the names of the time zones known here."""
    return frozenset(available_timezones())


class Checks:
    """Reads single fields; `done` raises Invalid with every problem found so far."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.problems: list[Problem] = []

    def refuse(self, field: str, message: str, code: str = "invalid") -> None:
        """Keep one problem of a field ("" for the whole)."""
        pointer = f"{self.prefix}/{pointer_part(field)}" if field else self.prefix
        self.problems.append(Problem(pointer, message, code))

    def refuse_at(self, pointer: str, message: str, code: str = "invalid") -> None:
        """Keep one problem at a whole pointer, deeper than a field."""
        self.problems.append(Problem(pointer, message, code))

    def done(self) -> None:
        """Raise Invalid if anything was refused."""
        if self.problems:
            raise Invalid(self.problems)

    def text(self, field: str, value: str, limit: int, *, required: bool = False, lines: bool = False) -> str:
        """Return a text without outer blanks; line breaks only where `lines`. Texts are never altered otherwise."""
        value = value.strip()
        if required and not value:
            self.refuse(field, _("Please fill this in."), "required")
        elif len(value) > limit:
            self.refuse(field, _("At most %(limit)d characters, please.") % {"limit": limit}, "too_long")
        elif (_CONTROL_BUT_LINES if lines else _CONTROL).search(value) or unsound_text(value):
            self.refuse(field, _("This contains a character that cannot be shown. Please type it again."), "bad_text")
        return value

    def email(self, field: str, value: str) -> str:
        """Return an address in small letters: how it is capitalised never makes it another one."""
        value = self.text(field, value, 254, required=True).lower()
        try:
            if value:
                validate_email(value)
        except ValidationError:
            message = _("This is not an e-mail address. It is written like name@company.example.")
            self.refuse(field, message, "bad_email")
        return value

    def web_address(self, field: str, value: str, limit: int = 300, *, required: bool = False) -> str:
        """Return an http or https address that may be put into a page or a redirect, or ""."""
        known = len(self.problems)
        value = self.text(field, value, limit, required=required)
        why = address_problem(value) if value and len(self.problems) == known else None
        if why:
            self.refuse(field, why, "bad_url")
        return value

    def country(self, field: str, value: str) -> str:
        """Return two capital letters, or ""."""
        value = value.strip().upper()
        if value and value not in countries():
            self.refuse(field, _("A country is two letters of ISO 3166, like GB or PL."), "bad_country")
        return value[:2]

    def currency(self, field: str, value: str) -> str:
        """Return three capital letters of ISO 4217."""
        value = value.strip().upper()
        if not is_currency(value):
            self.refuse(field, _("A currency is three letters of ISO 4217, like EUR or GBP."), "bad_currency")
        return value

    def time_zone(self, field: str, value: str) -> str:
        """Return a name of the time zone database."""
        if value not in time_zones():
            self.refuse(field, _("A time zone is written like Europe/London or America/New_York."), "bad_time_zone")
        return value

    def language(self, field: str, value: str) -> str:
        """Return a language code in small letters, like en or zh-hant."""
        value = value.strip().lower()
        if value not in LANG_INFO:
            self.refuse(field, _("A language is a code like en, pl or zh-hant."), "bad_language")
        return value

    def key(self, field: str, value: str, limit: int) -> str:
        """Return a name for programs to use: small letters, digits, hyphens inside."""
        if not _KEY.fullmatch(value) or len(value) > limit:
            message = _("Use small letters, digits and hyphens, at most %(limit)d characters: like spring-sale.")
            self.refuse(field, message % {"limit": limit}, "bad_key")
        return value

    def whole_number(self, field: str, value: object, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            message = _("A whole number from %(low)d to %(high)d, please.") % {"low": low, "high": high}
            self.refuse(field, message, "out_of_range")
            return low
        return value

    def one_of(self, field: str, value: str, options: Collection[str]) -> str:
        """Return one of the options."""
        if value not in options:
            message = _("Choose one of: %(options)s.") % {"options": ", ".join(sorted(options))}
            self.refuse(field, message, "not_an_option")
        return value

    def words(self, field: str, values: Iterable[str], limit: int, at_most: int = 50) -> list[str]:
        """Return a list of short texts, each once, in the order given."""
        found = list(dict.fromkeys(self.text(field, value, limit) for value in values))
        if len(found) > at_most:
            self.refuse(field, _("At most %(limit)d entries, please.") % {"limit": at_most}, "too_long")
        return [word for word in found if word]
