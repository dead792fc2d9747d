from django.urls import URLPattern, URLResolver, path

from templates_app.views import catalogue, template, version

app_name = "templates"
urlpatterns: list[URLPattern | URLResolver] = [
    path("templates/", catalogue.catalogue, name="list"),
    path("templates/<slug:slug>/", template.template, name="template"),
    path("templates/<slug:slug>/compare/", template.compare, name="compare"),
    path("templates/<slug:slug>/versions/<str:version>/", version.version, name="version"),
    path("templates/<slug:slug>/versions/<str:version>/<slug:action>/", version.state, name="version-state"),
]
