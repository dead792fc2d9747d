from apps_app.models.application import Application
from apps_app.models.component import Component, Observation
from apps_app.models.installation import ComponentOrigin, Installation
from apps_app.models.lock import ApplicationLock
from apps_app.models.registry_login import RegistryLogin
from apps_app.models.release import ReleaseRecord
from apps_app.models.target import Target
from apps_app.models.value import Value

__all__ = [
    "Application",
    "ApplicationLock",
    "Component",
    "ComponentOrigin",
    "Installation",
    "Observation",
    "RegistryLogin",
    "ReleaseRecord",
    "Target",
    "Value",
]
