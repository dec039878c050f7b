"""Reading JSON objects from outside: every value checked, every problem collected with its pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hanse.kernel.errors import Problem

MAX_PROBLEMS = 200
_CONTROL = dict.fromkeys((*range(32), 127))


def pointer_part(key: str | int) -> str:
    """Escape one step of a JSON pointer."""
    return str(key)[:100].replace("~", "~0").replace("/", "~1")


def unsound_text(text: str) -> str | None:
    """Say why a text cannot be stored, or None: NUL and lone surrogates break databases and files."""
    if text.isascii():
        return "contains a NUL character" if "\0" in text else None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "contains half of a surrogate pair"
    return "contains a NUL character" if "\0" in text else None


class ObjectReader:
    """Takes typed values out of one JSON object; `problems` is shared by all readers of a document."""

    def __init__(self, value: object, pointer: str, problems: list[Problem], known: Iterable[str]) -> None:
        self.pointer, self.problems = pointer, problems
        self.values: Mapping[str, object] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.refuse("", "must be a JSON object", "wrong_type")
        for key in self.values.keys() - set(known):
            self.refuse(key, "is not a field known here", "unknown_field")

    def refuse(self, key: str | int, message: str, code: str = "invalid") -> None:
        """Note one problem at a key of this object (or at the object itself with an empty key)."""
        if len(self.problems) < MAX_PROBLEMS:
            where = f"{self.pointer}/{pointer_part(key)}" if key != "" else self.pointer
            self.problems.append(Problem(where, f"{where or 'The body'} {message}.", code))

    def get(self, key: str, *, required: bool = False) -> object | None:
        """Return the raw value; null and a missing key are alike."""
        value = self.values.get(key)
        if value is None and required:
            self.refuse(key, "is required", "required")
        return value

    def text(self, key: str, limit: int, *, required: bool = False) -> str | None:
        """Return a text of 1 to `limit` characters without control characters, or None when absent."""
        value = self.get(key, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(key, "must be a text", "wrong_type")
        elif not value.strip() and required:
            self.refuse(key, "must not be empty", "required")
        elif len(value) > limit:
            self.refuse(key, f"is longer than {limit} characters", "too_long")
        elif (why := unsound_text(value)) is not None:
            self.refuse(key, why, "bad_text")
        elif value.isprintable() or value == value.translate(_CONTROL):
            return value if value.strip() else None
        else:
            self.refuse(key, "contains a control character", "bad_text")
        return None

    def integer(self, key: str, low: int, high: int, *, required: bool = False) -> int | None:
        """Return a whole number within bounds, or None when absent. true and 1.0 are not whole numbers here."""
        value = self.get(key, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(key, "must be a whole number", "wrong_type")
        elif not low <= value <= high:
            self.refuse(key, f"must be between {low} and {high}", "out_of_range")
        else:
            return value
        return None

    def boolean(self, key: str) -> bool | None:
        """Return true or false, or None when absent."""
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.refuse(key, "must be true or false", "wrong_type")
        return None

    def array(self, key: str, limit: int) -> list[object] | None:
        """Return a list of at most `limit` values, or None when absent."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self.refuse(key, "must be a list", "wrong_type")
        elif len(value) > limit:
            self.refuse(key, f"has more than {limit} entries", "too_long")
        else:
            return value
        return None
