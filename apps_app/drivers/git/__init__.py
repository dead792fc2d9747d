from apps_app.drivers.git.driver import GitDriver
from apps_app.drivers.git.repository import branch_fault

__all__ = ["GitDriver", "branch_fault"]
