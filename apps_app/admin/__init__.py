from apps_app.admin.application import ApplicationAdmin, ComponentAdmin
from apps_app.admin.history import BusyAdmin, ObservationAdmin, ReleaseRecordAdmin, ValueAdmin
from apps_app.admin.installation import InstallationAdmin, OriginAdmin
from apps_app.admin.registry_login import RegistryLoginAdmin
from apps_app.admin.target import TargetAdmin

__all__ = [
    "ApplicationAdmin",
    "BusyAdmin",
    "ComponentAdmin",
    "InstallationAdmin",
    "ObservationAdmin",
    "OriginAdmin",
    "RegistryLoginAdmin",
    "ReleaseRecordAdmin",
    "TargetAdmin",
    "ValueAdmin",
]
