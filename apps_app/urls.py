from django.urls import URLPattern, URLResolver, path

from apps_app.views import (
    applications,
    component_forms,
    components,
    importing,
    reimporting,
    settings,
    targets,
    topology,
)

app_name = "apps"
urlpatterns: list[URLPattern | URLResolver] = [
    path("apps/", applications.applications, name="list"),
    path("apps/new/", applications.new, name="new"),
    path("apps/import/", importing.import_, name="import"),
    path("apps/<slug:slug>/", topology.topology, name="topology"),
    path("apps/<slug:slug>/components/", components.components, name="components"),
    path("apps/<slug:slug>/add-component/", component_forms.add, name="component-add"),
    path("apps/<slug:slug>/components/<str:key>/", components.component, name="component"),
    path("apps/<slug:slug>/components/<str:key>/edit/", component_forms.edit, name="component-edit"),
    path("apps/<slug:slug>/components/<str:key>/remove/", component_forms.remove, name="component-remove"),
    path("apps/<slug:slug>/import/", reimporting.reimport, name="reimport"),
    path("apps/<slug:slug>/import/review/", reimporting.review, name="reimport-review"),
    path("apps/<slug:slug>/import/done/", importing.imported, name="imported"),
    path("apps/<slug:slug>/settings/", settings.settings, name="settings"),
    path("apps/<slug:slug>/settings/values/", settings.values, name="values"),
    path("targets/", targets.targets, name="targets"),
    path("targets/new/", targets.new, name="target-new"),
    path("targets/<slug:team>/<slug:slug>/", targets.target, name="target"),
    path("targets/<slug:team>/<slug:slug>/edit/", targets.edit, name="target-edit"),
]
