from django.urls import URLPattern, URLResolver

app_name = "apps"
urlpatterns: list[URLPattern | URLResolver] = []
