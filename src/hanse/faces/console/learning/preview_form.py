"""Writing a preview: what may be read at once, what only after a yes, and until when nobody speaks of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import attempt
from hanse.faces.console.learning.roadmap import find_preview
from hanse.faces.console.learning.words import LocalMomentField, MeantForm, local_text
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.roadmap.actions import keep_preview
from hanse.growth.roadmap.models import Preview
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

_MOMENTS = ("embargo_until", "feature_from", "feature_until")
_TEXTS = ("teaser", "title", "text", "address", "embargo_text", "feature", "tiers", "types")


class PreviewForm(MeantForm):
    """A preview. Without a day of the embargo it is open at once."""

    teaser = forms.CharField(
        label=gettext_lazy("What may be read at once"), max_length=200,
        help_text=gettext_lazy("One line that gives nothing away: “Something for long evenings”."),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("What is coming"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("Markdown: # for headings, * for lists, **bold**, [words](https://…). No HTML."),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Link to look at"), max_length=500, required=False, widget=forms.URLInput
    )
    embargo_until = LocalMomentField(label=gettext_lazy("Embargo until"), required=False)
    embargo_text = forms.CharField(
        label=gettext_lazy("What partners accept"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Names that nobody mentions until then"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line. Letters that mention them are stopped for whoever has not accepted."),
    )  # fmt: skip
    feature = forms.CharField(
        label=gettext_lazy("Feature that it switches on"), max_length=60, required=False,
        help_text=gettext_lazy("A name for programs: your shop asks the API who has it."),
    )  # fmt: skip
    feature_from = LocalMomentField(label=gettext_lazy("Feature from"), required=False)
    feature_until = LocalMomentField(label=gettext_lazy("Feature until"), required=False)


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, preview_id: str = "") -> HttpResponse:
    """Write a preview, a new one or a known one."""
    row = find_preview(program, preview_id) if preview_id else None
    form = PreviewForm(program, request.POST or None, initial=_given(row, program) if row else {})
    if request.method == "POST" and form.is_valid():
        fields: Any = {name: form.cleaned_data[name] for name in _TEXTS}
        fields |= {name: form.moment(name) for name in _MOMENTS}
        fields["words"] = form.cleaned_data["words"].splitlines()
        kept = attempt(
            form, lambda: keep_preview(program, now=clock.now(), by=actor(request), instead_of=row, **fields)
        )
        if kept is not None:
            tell(request, _("Kept."))
            return HttpResponseRedirect(reverse("console:preview", args=[text_id("prv", kept.pk)]), status=303)
    context = {"program": program, "form": form, "row": row, "id": preview_id}
    bad = 422 if request.method == "POST" else 200
    return resources_page(request, "console/learning/preview_edit.html", "roadmap", context, status=bad)


def _given(row: Preview, program: Program) -> dict[str, Any]:
    zone = PreviewForm(program).zone
    given: dict[str, Any] = {name: getattr(row, name) for name in _TEXTS}
    given |= {name: local_text(getattr(row, name), zone) for name in _MOMENTS}
    return given | {"words": "\n".join(row.words)}
