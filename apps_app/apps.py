from django.apps import AppConfig


class AppsConfig(AppConfig):
    name = "apps_app"
    verbose_name = "Applications"
