from django.apps import AppConfig


class UpgradesConfig(AppConfig):
    name = "upgrades_app"
    verbose_name = "Upgrades"
