"""The few ways a verb says no. Faces turn them into form errors, problem documents (RFC 9457) or exit codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: where (a JSON pointer, RFC 6901, or "" for the whole), what and how to mend it."""

    pointer: str
    message: str
    code: str = "invalid"


class HanseError(Exception):
    """Anything the product refuses on purpose."""


class Invalid(HanseError):
    """The input cannot be taken as it is; every problem is listed at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class Refused(HanseError):
    """The input is well formed, but a rule forbids it now. `code` is for programs, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


class NotFound(HanseError):
    """There is no such thing, or the asker may not know of it."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"There is no such {what}.")


class Conflict(HanseError):
    """The same thing is already known with other content."""

    def __init__(self, message: str, **details: str) -> None:
        self.message, self.details = message, details
        super().__init__(message)
