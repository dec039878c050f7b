"""Uploads: checked before a page's transaction begins, so that nothing is locked while a hard one is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hanse.growth.resources.files.actions import Prepared, keep_prepared, prepare_file
from hanse.growth.resources.files.models import StoredFile
from hanse.kernel.errors import Invalid
from hanse.programs.programs.models import Program

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def checks_uploads(view: View[P]) -> View[P]:
    """Check each upload of a POST before the view; stands outside `writes`. A refusal is raised by `keep_upload`."""

    @wraps(view)
    def within(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        for upload in request.FILES.values():
            upload.found = _found(upload)  # type: ignore[union-attr]  # carried to where it is kept
        return view(request, *args, **kwargs)

    return within


def keep_upload(upload: Any, *, program: Program, by: str, now: datetime) -> StoredFile:
    """Keep an upload that `checks_uploads` has looked at. Raises Invalid at `/file` with the reason."""
    found: Prepared | Invalid = upload.found
    if isinstance(found, Invalid):
        raise found
    return keep_prepared(found, program=program, by=by, now=now)


def _found(upload: Any) -> Prepared | Invalid:
    assert isinstance(upload, UploadedFile)
    try:
        return prepare_file(upload.name or "", upload.read())
    except Invalid as refused:
        return refused
