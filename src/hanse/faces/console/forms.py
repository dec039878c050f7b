"""Forms and verbs: a verb that says no puts its reasons beside the fields, or into a toast where there is no form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest

from hanse.faces.common.page import tell, warn
from hanse.faces.common.problems import show_problems
from hanse.kernel.errors import Conflict, HanseError, Invalid, Refused

T = TypeVar("T")


class PlainForm(forms.Form):
    """A form that leaves the look to `{% field %}` and the browser's own complaints to the server."""

    use_required_attribute = False


def attempt(form: forms.Form, act: Callable[[], T], names: Mapping[str, str] | None = None) -> T | None:
    """Run a verb in a savepoint; when it says no, its problems stand on the form and None comes back.

    `names` maps a problem's first pointer part to a field of the form where they are called otherwise.
    """
    try:
        with transaction.atomic():
            return act()
    except HanseError as error:
        show_problems(form, error, names)
    return None


def attempt_or_warn(request: HttpRequest, act: Callable[[], object], done: str, *, undo: str = "") -> bool:
    """Run a verb in a savepoint and say in a toast what was done, or why not. Returns whether it was done."""
    try:
        with transaction.atomic():
            act()
    except HanseError as error:
        warn(request, said(error))
        return False
    tell(request, done, undo=undo)
    return True


def said(error: HanseError) -> str:
    """Return the sentence of a refusal."""
    if isinstance(error, Refused | Conflict):
        return error.message
    if isinstance(error, Invalid):
        return " ".join(problem.message for problem in error.problems)
    return str(error)
