"""The public page of partner types: the version in force, and every version before it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hanse.faces.common.access import public_page
from hanse.growth.demarcation.models import TypesPage
from hanse.growth.demarcation.queries import page_now, page_of, published_versions
from hanse.growth.demarcation.types import PageText
from hanse.programs.programs.models import Program

_LISTED = 100


@public_page
@require_GET
def types(request: HttpRequest) -> HttpResponse:
    """Say what each type is, owes and gets today."""
    return _shown(request, page_now(), published_versions().first())


@public_page
@require_GET
def types_version(request: HttpRequest, number: int) -> HttpResponse:
    """Say what an older version said."""
    row = published_versions().filter(number=number).first()
    if row is None:
        raise Http404
    return _shown(request, page_of(row), row)


def _shown(request: HttpRequest, page: PageText, row: TypesPage | None) -> HttpResponse:
    versions = list(published_versions()[:_LISTED])
    names = {one.slug: one.name for one in page.types}
    context: dict[str, Any] = {
        "types": [(one, [names[slug] for slug in one.excludes if slug in names]) for one in page.types],
        "intro": page.intro, "version": row, "versions": versions,
        "is_newest": row is None or (versions and row.pk == versions[0].pk), **_brand(),
    }  # fmt: skip
    return render(request, "public/types.html", context)


def _brand() -> dict[str, str]:
    """Return whose page it is: the program's, where there is only one."""
    programs = list(Program.objects.filter(archived_at=None).values_list("name", "slug")[:2])
    if len(programs) != 1:
        return {"brand": ""}
    ((name, slug),) = programs
    return {"brand": name, "brand_href": f"/join/{slug}"}
