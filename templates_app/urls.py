from django.urls import URLPattern, URLResolver

app_name = "templates"
urlpatterns: list[URLPattern | URLResolver] = []
