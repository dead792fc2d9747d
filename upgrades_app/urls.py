from django.urls import URLPattern, URLResolver

app_name = "upgrades"
urlpatterns: list[URLPattern | URLResolver] = []
