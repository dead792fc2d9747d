from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from config.accounts.views import signing_in
from config.health import healthz

urlpatterns = [
    path("", include("upgrades_app.urls")),
    path("", include("apps_app.urls")),
    path("", include("templates_app.urls")),
    path("", include("config.accounts.urls")),
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", signing_in.ChangePassword.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/reset/", signing_in.ResetPassword.as_view(), name="password_reset"),
    path("password/reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        signing_in.ChooseNewPassword.as_view(),
        name="password_reset_confirm",
    ),
    path("password/reset/complete/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("admin/login/", signing_in.sign_in_to_admin, name="admin_login"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
