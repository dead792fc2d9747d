from django.urls import URLPattern, URLResolver, path

from templates_app.views import catalogue, edit_template, edit_version, template, version

app_name = "templates"
urlpatterns: list[URLPattern | URLResolver] = [
    path("templates/", catalogue.catalogue, name="list"),
    path("templates/<slug:slug>/", template.template, name="template"),
    path("templates/<slug:slug>/edit/", edit_template.edit, name="edit"),
    path("templates/<slug:slug>/delete/", edit_template.delete, name="delete"),
    path("templates/<slug:slug>/logo/", edit_template.logo, name="logo"),
    path("templates/<slug:slug>/compare/", template.compare, name="compare"),
    path("templates/<slug:slug>/versions/<str:version>/", version.version, name="version"),
    path("templates/<slug:slug>/versions/<str:version>/edit/", edit_version.edit, name="version-edit"),
    path("templates/<slug:slug>/versions/<str:version>/delete/", edit_version.delete, name="version-delete"),
    path("templates/<slug:slug>/versions/<str:version>/<slug:action>/", version.state, name="version-state"),
]
