"""Letters to prospects: the templates, and one letter filled from evidence, looked at, sent or copied."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.prospects.prospect import find_prospect
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.prospects.letters import archive_template, draft_letter, keep_template, send_draft
from hanse.growth.prospects.queries import templates_of
from hanse.growth.prospects.types import Draft
from hanse.kernel import clock
from hanse.programs.programs.models import Program

_LONGEST_OWN = 2_000


class TemplateForm(PlainForm):
    """A letter with slots."""

    name = forms.CharField(label=gettext_lazy("Name of the letter"), max_length=100)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=10_000, widget=forms.Textarea({"rows": 9}))


def slot_meanings() -> list[tuple[str, str]]:
    """Return the slots as they are written, and what fills them."""
    return [
        ("{{name}}", _("the prospect’s name")),
        ("{{named_by_count}}", _("how many of your customers named them")),
        ("{{quote}}", _("what one of them said, in a sentence")),
        ("{{content}}", _("the piece of theirs that you noted")),
        ("{{own_text}}", _("what you write for this one letter")),
        ("{{referrer}}", _("the partner who brought them")),
        ("{{program}}", _("your program’s name")),
        ("{{sender}}", _("your name")),
    ]


@console_page()
@writes
@needs_program
def letters(request: HttpRequest, program: Program) -> HttpResponse:
    """List the letters; keep a new one, or one in the place of another."""
    asked = request.GET.get("change", "") or request.POST.get("change", "")
    rows = list(templates_of(program.pk))
    changed = next((row for row in rows if str(row.pk) == asked), None)
    initial = {name: getattr(changed, name) for name in TemplateForm.base_fields} if changed else {}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given, now, by = form.cleaned_data, clock.now(), actor(request)
        kept = attempt(form, lambda: keep_template(program, instead_of=changed, now=now, by=by, **given))
        if kept is not None:
            tell(request, _("The letter is kept"))
            return HttpResponseRedirect(reverse("console:letters"))
    context = {"rows": rows, "form": form, "changed": changed, "slots": slot_meanings(), "may_act": may(request)}
    status = 422 if request.method == "POST" else 200
    return recruit_page(request, program, "console/prospects/letters.html", "pipeline", context, status=status)


@console_page()
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, template_id: UUID) -> HttpResponse:
    """Put a letter away."""
    row = get_object_or_404(templates_of(program.pk), pk=template_id)
    attempt_or_warn(
        request, lambda: archive_template(row, now=clock.now(), by=actor(request)), _("The letter is put away")
    )
    return HttpResponseRedirect(reverse("console:letters"))


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, prospect_id: str) -> HttpResponse:
    """Show a letter as this prospect would read it; send it by mail, or note that it was sent elsewhere."""
    row, given = find_prospect(program, prospect_id), request.POST if request.method == "POST" else request.GET
    rows = list(templates_of(program.pk))
    template = next((one for one in rows if str(one.pk) == given.get("letter", "")), rows[0] if rows else None)
    own_text = given.get("own_text", "").strip()[:_LONGEST_OWN]
    person = team_member(request)
    sender = person.name or person.email
    if request.method == "POST":
        if template is None:
            warn(request, _("Choose a letter first."))
            return HttpResponseRedirect(reverse("console:letters"))
        is_mailed = given.get("way") == "mail"
        done = attempt_or_warn(
            request,
            lambda: send_draft(
                row, template, sender=sender, own_text=own_text, is_mailed=is_mailed, now=clock.now(), by=person.email
            ),
            _("The letter is on its way") if is_mailed else _("Noted as sent"),
        )
        name = "console:prospect" if done else "console:prospect_write"
        return HttpResponseRedirect(reverse(name, args=[prospect_id]))
    draft = draft_letter(row, template, sender=sender, own_text=own_text, now=clock.now()) if template else None
    context = {
        "row": row, "text_id": prospect_id, "letters": rows, "letter": template, "own_text": own_text, "draft": draft,
        "may_act": may(request), "is_own": bool(template and "own_text" in template.body),
        "missing": _missing(draft) if draft else [],
    }  # fmt: skip
    return recruit_page(request, program, "console/prospects/write.html", "pipeline", context)


def _missing(draft: Draft) -> list[tuple[str, str]]:
    """Return the empty slots as they are written, and what would fill them."""
    meanings = dict(slot_meanings())
    return [(slot, meanings[slot]) for slot in (f"{{{{{name}}}}}" for name in draft.missing)]
