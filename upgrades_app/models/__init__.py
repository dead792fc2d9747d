from upgrades_app.models.record import UpgradeRecord
from upgrades_app.models.step import UpgradeEvent, UpgradeStep

__all__ = ["UpgradeEvent", "UpgradeRecord", "UpgradeStep"]
