from django.urls import URLPattern, URLResolver, path

from upgrades_app.views import (
    adopting,
    changes,
    confirm,
    copy,
    drift,
    home,
    install,
    manage,
    planned,
    preflight,
    record,
    records,
    uninstall,
    upgrade,
)

app_name = "upgrades"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("templates/<slug:template>/install/", install.install, name="install"),
    path("apps/<slug:slug>/upgrade/", manage.manage, name="manage"),
    path("apps/<slug:slug>/upgrade/details/", upgrade.details, name="details"),
    path("apps/<slug:slug>/upgrade/preflight/", preflight.of_plan, name="preflight"),
    path("apps/<slug:slug>/upgrade/back/", upgrade.rollback, name="rollback"),
    path("apps/<slug:slug>/changes/", changes.changes, name="changes"),
    path("apps/<slug:slug>/changes/discard/", changes.discard, name="changes-discard"),
    path("apps/<slug:slug>/components/<str:key>/drift/", drift.drift, name="drift"),
    path("apps/<slug:slug>/components/<str:key>/put-back/", drift.put_back, name="put-back"),
    path("apps/<slug:slug>/components/<str:key>/keep/", drift.keep, name="keep"),
    path("apps/<slug:slug>/uninstall/", uninstall.uninstall, name="uninstall"),
    path("apps/<slug:slug>/copy/", copy.copy, name="copy"),
    path("apps/<slug:slug>/planned/", planned.planned, name="planned"),
    path("apps/<slug:slug>/history/", records.history, name="history"),
    path("targets/<slug:team>/<slug:slug>/adopt/", adopting.adopt, name="adopt"),
    path("upgrades/", records.records, name="list"),
    path("upgrades/<int:pk>/", record.record, name="record"),
    path("upgrades/<int:pk>/progress/", record.progress, name="progress"),
    path("upgrades/<int:pk>/preflight/", preflight.of_record, name="record-preflight"),
    path("upgrades/<int:pk>/confirm/", confirm.confirm, name="confirm"),
    path("upgrades/<int:pk>/discard/", confirm.discard, name="discard"),
]
