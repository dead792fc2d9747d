from django.urls import URLPattern, URLResolver, path

from templates_app.views import catalogue, edit_template, edit_version, template, version

app_name = "templates"
urlpatterns: list[URLPattern | URLResolver] = [
    path("templates/", catalogue.catalogue, name="list"),
    path("templates/<slug:slug>/", template.show_template, name="template"),
    path("templates/<slug:slug>/edit/", edit_template.edit, name="edit"),
    path("templates/<slug:slug>/delete/", edit_template.delete, name="delete"),
    path("templates/<slug:slug>/logo/", edit_template.show_logo, name="logo"),
    path("templates/<slug:slug>/compare/", template.compare_versions, name="compare"),
    path("templates/<slug:slug>/versions/<str:version>/", version.show_version, name="version"),
    path("templates/<slug:slug>/versions/<str:version>/edit/", edit_version.edit, name="version-edit"),
    path("templates/<slug:slug>/versions/<str:version>/delete/", edit_version.delete, name="version-delete"),
    path(
        "templates/<slug:slug>/versions/<str:version>/<slug:action>/",
        version.change_version_state,
        name="version-state",
    ),
]
