from django.urls import URLPattern, URLResolver, path

from config.accounts.views import audit, teams

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/", audit.list_entries, name="audit"),
    path("audit/export.csv", audit.export_entries, name="audit-export"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new, name="team-new"),
    path("teams/<slug:slug>/", teams.team, name="team"),
    path("teams/<slug:slug>/add-member/", teams.add, name="member-add"),
    path("teams/<slug:slug>/members/<str:name>/", teams.role, name="member"),
    path("teams/<slug:slug>/members/<str:name>/remove/", teams.remove, name="member-remove"),
]
