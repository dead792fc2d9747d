from __future__ import annotations

from typing import Any, cast, override

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from config.accounts.access.actor import Actor, Forbidden
from config.accounts.auditing import audit
from config.accounts.forms.sign_in import SignInForm
from config.accounts.models import User
from config.accounts.sessions import throttle


class SignInView(auth.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True


class ChangePasswordView(auth.PasswordChangeView):
    @override
    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        answer = super().form_valid(form)
        user = cast("User", self.request.user)
        audit.record(Actor.from_user(user), "changed the password", user)
        return answer


class ResetPasswordView(auth.PasswordResetView):
    """Says so where this Uplift sends no mail, and sends nobody more than a few."""

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        backend = str(settings.MAILERS["default"]["BACKEND"])
        return super().get_context_data(**kwargs) | {"sends_mail": not backend.endswith("dummy.EmailBackend")}

    @override
    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        try:
            throttle.record_attempt(self.request, f"reset {form.cleaned_data['email']}")
        except throttle.TooManyAttempts as refusal:
            form.add_error(None, refusal.sentence)
            return self.form_invalid(form)
        return super().form_valid(form)


class ChooseNewPasswordView(auth.PasswordResetConfirmView):
    @override
    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        answer = super().form_valid(form)
        user = cast("User", self.user)
        audit.record(Actor.from_user(user), "reset the password", user)
        return answer


@login_not_required
def sign_in_to_admin(request: HttpRequest) -> HttpResponse:
    """Django's admin has no door of its own, which nothing would throttle."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))
    if admin.site.has_permission(request):
        return redirect("admin:index")
    raise Forbidden(f"{request.user} is not an administrator.")
