from django.urls import URLPattern, URLResolver, path

from templates_app.views import catalogue, changing, template, version, version_changes

app_name = "templates"
urlpatterns: list[URLPattern | URLResolver] = [
    path("templates/", catalogue.catalogue, name="list"),
    path("templates/<slug:slug>/", template.template, name="template"),
    path("templates/<slug:slug>/edit/", changing.edit, name="edit"),
    path("templates/<slug:slug>/delete/", changing.delete, name="delete"),
    path("templates/<slug:slug>/logo/", changing.logo, name="logo"),
    path("templates/<slug:slug>/compare/", template.compare, name="compare"),
    path("templates/<slug:slug>/versions/<str:version>/", version.version, name="version"),
    path("templates/<slug:slug>/versions/<str:version>/edit/", version_changes.edit, name="version-edit"),
    path("templates/<slug:slug>/versions/<str:version>/delete/", version_changes.delete, name="version-delete"),
    path("templates/<slug:slug>/versions/<str:version>/<slug:action>/", version.state, name="version-state"),
]
