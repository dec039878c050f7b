"""How an upload is refused: with a code for programs, and for people the reason and how to mend it."""

from __future__ import annotations

from typing import NoReturn

from hanse.kernel.errors import Invalid, Problem


def refuse(code: str, message: str) -> NoReturn:
    """Raise Invalid for the field `file`."""
    raise Invalid([Problem("/file", message, code)])
