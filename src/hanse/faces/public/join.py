"""The page to join a program, and the page where an applicant follows what becomes of it."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from hanse.faces.common.access import public_page, writes
from hanse.faces.common.problems import show_problems
from hanse.faces.common.reader import activate_zone
from hanse.faces.public.join_forms import AnswerForm, JoinForm
from hanse.faces.public.limits import client_address, within_limit
from hanse.faces.public.offer import offer_of
from hanse.growth.recruiting.actions import answer_question, confirm_application, submit_application
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.queries import application_by_secret
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, NotFound
from hanse.programs.programs.models import Program

_WHOLE = 28  # a name up to this long is not broken over two lines of the headline


def _program(slug: str) -> Program:
    program = Program.objects.filter(slug=slug, archived_at=None).first()
    if program is None:
        raise Http404
    activate_zone(program.time_zone)
    return program


@public_page
@writes
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a program offers and take applications."""
    program, now = _program(slug), clock.now()
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _taken(request, program, form):
        return redirect("join_sent", slug=slug)
    offer = offer_of(program, now, get_language() or "en")
    context = {"program": program, "offer": offer, "form": form, **_frame(program)}
    return render(request, "public/join.html", context, status=422 if form.errors else 200)


def _frame(program: Program) -> dict[str, str]:
    name = program.name if len(program.name) > _WHOLE else program.name.replace(" ", "\u00a0")
    return {"brand": program.name, "brand_href": f"/join/{program.slug}", "name_whole": name}


def _sound(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum() or letter in "-_.~")


def _taken(request: HttpRequest, program: Program, form: JoinForm) -> bool:
    """Take an application. Traps and floods get the same answer as everybody, and nothing is kept of them."""
    data = form.cleaned_data
    if data["homepage"] or not within_limit("join", client_address(request), times=10, seconds=3600):
        return True
    try:
        with transaction.atomic():
            submit_application(
                program, name=data["name"], email=data["email"], phone=data["phone"], company=data["company"],
                channels=form.channel_list(), message=data["message"], references=data["references"],
                language=get_language() or "en", recruiter=_sound(request.GET.get("ref", "")), now=clock.now(),
            )  # fmt: skip
    except HanseError as error:
        show_problems(form, error)
        return False
    return True


@public_page
@require_GET
def join_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the click in the mail."""
    program = _program(slug)
    return render(request, "public/join_sent.html", {"program": program, **_frame(program)})


@public_page
@require_GET
def join_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the terms in plain words."""
    program = _program(slug)
    offer = offer_of(program, clock.now(), get_language() or "en")
    return render(request, "public/join_terms.html", {"program": program, "offer": offer, **_frame(program)})


@public_page
@never_cache
@writes
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an applicant their application; take the confirmation or the answer to a question."""
    try:
        row = application_by_secret(secret)
    except NotFound as error:
        raise Http404 from error
    form = AnswerForm(request.POST if "answer" in request.POST else None)
    if request.method == "POST" and _done(request, row, secret, form):
        return redirect("application", secret=secret)
    activate_zone(row.program.time_zone)
    context = {"application": row, "program": row.program, "form": form, **_frame(row.program)}
    return render(request, "public/application.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, row: Application, secret: str, form: AnswerForm) -> bool:
    if not form.is_bound:
        confirm_application(secret, now=clock.now())
        return True
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            answer_question(secret, answer=form.cleaned_data["answer"], now=clock.now())
    except HanseError as error:
        show_problems(form, error)
        return False
    return True
