from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from config.accounts.views import sign_in
from config.health import check_health

urlpatterns = [
    path("", include("upgrades_app.urls")),
    path("", include("apps_app.urls")),
    path("", include("templates_app.urls")),
    path("", include("config.accounts.urls")),
    path("login/", sign_in.SignInView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", sign_in.ChangePasswordView.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/reset/", sign_in.ResetPasswordView.as_view(), name="password_reset"),
    path("password/reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        sign_in.ChooseNewPasswordView.as_view(),
        name="password_reset_confirm",
    ),
    path("password/reset/complete/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("admin/login/", sign_in.sign_in_to_admin, name="admin_login"),
    path("admin/", admin.site.urls),
    path("healthz", check_health, name="healthz"),
]
