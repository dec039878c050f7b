"""The page with one question for customers, and the form by which colleagues log names without an account."""

from __future__ import annotations

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from hanse.faces.common.access import public_page, writes
from hanse.faces.common.problems import show_problems
from hanse.faces.public.limits import client_address, within_limit
from hanse.growth.mentions.types import LONGEST_ANSWER
from hanse.growth.surveys.actions import answer_survey, log_by_door
from hanse.growth.surveys.models import LogDoor
from hanse.growth.surveys.queries import door_by_secret, is_open, question_of
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, NotFound
from hanse.programs.programs.models import Program

_FILL_IN = {"required": _("Please fill this in.")}
_FROM_LINK = {"name": 300, "link": 500, "note": 2000}


class AskForm(forms.Form):
    """One answer. `homepage` is a trap that people do not see and scripts fill in."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("Your answer"), max_length=LONGEST_ANSWER, error_messages=_FILL_IN, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One name or several, with commas between."),
    )  # fmt: skip
    homepage = forms.CharField(required=False)


class LogForm(forms.Form):
    """Who was named, and where it was heard."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Who was named?"), max_length=300, error_messages=_FILL_IN, label_suffix="",
        help_text=_("A person, a blog, a channel; several with commas between."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("What was said"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        label_suffix="",
    )  # fmt: skip
    link = forms.CharField(label=_("Link to it"), max_length=500, required=False, label_suffix="")
    person = forms.CharField(
        label=_("Which customer"), max_length=254, required=False, label_suffix="",
        help_text=_("A number or e-mail; an e-mail is kept as a keyed hash only."),
    )  # fmt: skip
    colleague = forms.CharField(label=_("Your name"), max_length=80, required=False, label_suffix="")
    homepage = forms.CharField(required=False)


@public_page
@writes
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a program's question and take the answer. `?c=` may say which customer answers."""
    program = _program(slug)
    question = question_of(program.pk)
    if question is None:
        raise Http404
    is_over = not is_open(program.pk)
    form = AskForm(request.POST if request.method == "POST" else None)
    if not is_over and request.method == "POST" and form.is_valid() and _answered(request, program, form):
        return redirect("ask_thanks", slug=slug)
    context = {"program": program, "question": question, "form": form, "is_over": is_over, **_frame(program)}
    status = 410 if is_over else 422 if form.errors else 200
    return render(request, "public/ask.html", context, status=status)


def _answered(request: HttpRequest, program: Program, form: AskForm) -> bool:
    """Take an answer. Traps and floods get the same thanks as everybody, and nothing is kept of them."""
    data, person = form.cleaned_data, str(request.GET.get("c", ""))[:254].replace("\x00", "")
    if data["homepage"] or not within_limit("ask", client_address(request), times=20, seconds=3600):
        return True
    try:
        with transaction.atomic():
            answer_survey(program, text=data["text"], person=person, now=clock.now())
    except HanseError as error:
        show_problems(form, error)
        return False
    return True


@public_page
@require_GET
def ask_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Thank for the answer."""
    program = _program(slug)
    context = {"program": program, "question": question_of(program.pk), **_frame(program)}
    return render(request, "public/ask_thanks.html", context)


@public_page
@never_cache
@writes
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a team's log form, filled in by the bookmarklet where that was pressed; keep what was heard."""
    try:
        door = door_by_secret(secret)
    except NotFound as error:
        raise Http404 from error
    known = {name: str(request.GET.get(name, ""))[:limit].replace("\x00", "") for name, limit in _FROM_LINK.items()}
    form = LogForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid() and _logged(request, door, secret, form):
        return redirect(f"{request.path}?kept=1")
    context = {"door": door, "form": form, "is_kept": request.GET.get("kept") == "1", **_frame(door.program)}
    response = render(request, "public/log.html", context, status=422 if form.errors else 200)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _logged(request: HttpRequest, door: LogDoor, secret: str, form: LogForm) -> bool:
    data = dict(form.cleaned_data)
    if data.pop("homepage"):
        return True
    if not within_limit("log", str(door.pk), times=300, seconds=3600):
        form.add_error(None, _("Too many at once. Try again in an hour."))
        return False
    try:
        with transaction.atomic():
            log_by_door(secret, now=clock.now(), **data)
    except HanseError as error:
        show_problems(form, error)
        return False
    return True


def _program(slug: str) -> Program:
    program = Program.objects.filter(slug=slug, archived_at=None).first()
    if program is None:
        raise Http404
    return program


def _frame(program: Program) -> dict[str, str]:
    return {"brand": program.name, "brand_href": f"/join/{program.slug}"}
