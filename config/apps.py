from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Uplift"
