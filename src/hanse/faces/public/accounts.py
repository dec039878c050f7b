"""How a person signs in: their password and a second step by an authenticator app (allauth's flows, our pages)."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from hanse.faces.common.access import SIGN_IN_PATH, View, public_page, writes
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.public.adapters import home_of
from hanse.faces.public.limits import within_limit
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.people.access.actions import set_password
from hanse.people.access.models import TeamUser


def _signed_in(view: View[...]) -> View[...]:
    """Open a view to everybody who is signed in, of the team or a partner."""

    @public_page
    @never_cache
    def within(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, TeamUser):
            return redirect(f"{SIGN_IN_PATH}?next={request.path}")
        return view(request, *args, **kwargs)

    return within


class PasswordForm(forms.Form):
    """A new password, and the present one where there is one."""

    present = forms.CharField(
        label=gettext_lazy("Your present password"), strip=False, max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("New password"), strip=False, max_length=256,
        help_text=gettext_lazy("At least 10 characters. A short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, person: TeamUser, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.person = person
        if not person.has_usable_password():
            del self.fields["present"]

    def clean_present(self) -> str:
        """Compare the present password, at most ten times in ten minutes."""
        present: str = self.cleaned_data["present"]
        if not within_limit("present-password", str(self.person.pk), times=10, seconds=600):
            raise forms.ValidationError(_("Too many tries. Wait ten minutes."))
        if not self.person.check_password(present):
            raise forms.ValidationError(_("This is not your present password."))
        return present


@sensitive_post_parameters()
@_signed_in
@writes
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person signs in; take a new password."""
    person = request.user
    assert isinstance(person, TeamUser)
    form = PasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            set_password(person, form.cleaned_data["password"], now=clock.now(), by=person.email)
        except Invalid as error:
            show_problems(form, error)
        else:
            update_session_auth_hash(request, person)
            tell(request, _("Your password is changed. Other browsers are signed out."))
            return redirect("mfa_index")
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    steps = {"has_app": "totp" in kinds, "has_codes": "recovery_codes" in kinds}
    context = {"form": form, "home": home_of(person), **steps}
    return render(request, "public/security.html", context, status=422 if form.errors else 200)


def _with_label(view: Any, template: str, label: Any = None) -> Any:
    """Return one of allauth's views with our page and our word for its one field."""

    class Labelled(view):  # type: ignore[misc]  # allauth has no types
        template_name = template

        def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(**kwargs)
            form: BaseForm | None = context.get("form")
            for field in form.fields.values() if form and label else ():
                field.label, field.widget.attrs["placeholder"] = label, ""
            return context

        def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
            bad = bool(context.get("form") and context["form"].errors)
            response: HttpResponse = super().render_to_response(context, **kwargs, **({"status": 422} if bad else {}))
            return response

    return Labelled.as_view()


_CODE = gettext_lazy("Code from your app")
_ANY_CODE = gettext_lazy("Code from your app, or a recovery code")

authenticate = public_page(_with_label(AuthenticateView, "public/second_step.html", _ANY_CODE))
reauthenticate = _signed_in(_with_label(ReauthenticateView, "public/again.html", gettext_lazy("Your present password")))
code_again = _signed_in(_with_label(CodeAgainView, "public/again.html", _ANY_CODE))
activate_app = _signed_in(_with_label(ActivateTOTPView, "public/app_on.html", _CODE))
deactivate_app = _signed_in(_with_label(DeactivateTOTPView, "public/app_off.html"))
recovery_codes = _signed_in(_with_label(ViewRecoveryCodesView, "public/recovery_codes.html"))
new_recovery_codes = _signed_in(_with_label(GenerateRecoveryCodesView, "public/recovery_codes_new.html"))
download_recovery_codes = _signed_in(DownloadRecoveryCodesView.as_view(template_name="public/recovery_codes.txt"))
