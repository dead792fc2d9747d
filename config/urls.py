from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from config.accounts.views import sign_in
from config.health import healthz

urlpatterns = [
    path("", include("upgrades_app.urls")),
    path("", include("apps_app.urls")),
    path("", include("templates_app.urls")),
    path("", include("config.accounts.urls")),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", sign_in.ChangePassword.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/reset/", sign_in.ResetPassword.as_view(), name="password_reset"),
    path("password/reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        sign_in.ChooseNewPassword.as_view(),
        name="password_reset_confirm",
    ),
    path("password/reset/complete/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("admin/login/", sign_in.sign_in_to_admin, name="admin_login"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
