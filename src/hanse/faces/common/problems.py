"""Turns what a verb refuses into errors of the form that asked for it."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import BaseForm

from hanse.kernel.errors import HanseError, Invalid, Refused


def show_problems(form: BaseForm, error: HanseError, fields: Mapping[str, str] | None = None) -> None:
    """Write each problem at its field: by the first part of its pointer, or by `fields` where names differ."""
    if isinstance(error, Invalid):
        for problem in error.problems:
            name = problem.pointer.strip("/").partition("/")[0]
            name = (fields or {}).get(name, name)
            form.add_error(name if name in form.fields else None, problem.message)
    else:
        form.add_error(None, error.message if isinstance(error, Refused) else str(error))
