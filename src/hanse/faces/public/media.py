"""Stored files at `/media/…`: served as what they were checked to be, to whom may have them, where nothing can run."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from hanse.faces.common.access import READ, SIGN_IN_PATH, public_page
from hanse.faces.common.links import id_or_404
from hanse.growth.resources.files.addresses import PREFIX, is_open
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.queries import bytes_of, file_of
from hanse.growth.resources.files.showing import is_shown
from hanse.growth.resources.files.types import PICTURES
from hanse.kernel import clock
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment

POLICY = "; ".join((
    "default-src 'none'", "style-src 'unsafe-inline'", "sandbox", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip
_KEPT_SECONDS = 600


@public_page
@require_safe
def media(request: HttpRequest, file: str, name: str) -> HttpResponse:
    """Answer with a stored file: checked pictures are shown, all else is saved."""
    row = file_of(id_or_404(PREFIX, file))
    if row is None or name != row.name:
        raise Http404
    is_sealed = is_open(row.pk, request.GET.get("until", ""), clock.now())
    if not is_sealed and not _may_have(request, row):
        if isinstance(request.user, TeamUser):
            raise Http404
        return HttpResponseRedirect(f"{SIGN_IN_PATH}?next={quote(request.get_full_path())}")
    is_small = "small" in request.GET and bool(row.small_sha256)
    tag = f'"{(row.small_sha256 if is_small else row.sha256)[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    content = bytes_of(row, is_small=is_small)
    if content is None:
        raise Http404
    return _answer(row, content, tag, is_small=is_small, is_sealed=is_sealed, is_saved="save" in request.GET)


def _may_have(request: HttpRequest, row: StoredFile) -> bool:
    """Colleagues open every file; partners those that something shows them now."""
    person = request.user
    if not isinstance(person, TeamUser) or not person.is_active:
        return False
    if person.role in READ:
        return True
    if person.partner_id is None:
        return False
    now = clock.now()
    mine = Enrolment.objects.filter(partner_id=person.partner_id).select_related("partner", "tier", "program")
    return any(is_shown(row.pk, enrolment, now) for enrolment in mine)


def _answer(
    row: StoredFile, content: bytes, tag: str, *, is_small: bool, is_sealed: bool, is_saved: bool
) -> HttpResponse:
    kind = ("image/png" if content.startswith(b"\x89PNG") else "image/jpeg") if is_small else row.content_type
    is_saved = is_saved or not (is_small or row.kind in PICTURES)
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": content_disposition_header(is_saved, row.name) or "attachment",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin" if is_sealed else "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
            "Cache-Control": f"private, max-age={_KEPT_SECONDS}",
            "ETag": tag,
        },
    )
