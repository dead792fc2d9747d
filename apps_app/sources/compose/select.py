"""Which services of a project are meant: those of active profiles."""

from apps_app.sources.compose.errors import Weight
from apps_app.sources.compose.source import Report, Tree, as_list, as_map


def select(services: Tree, profiles: frozenset[str], report: Report) -> Tree:
    """The services without a profile, or with an active one; `*` activates all. The rest is listed."""
    active = {name: one for name, one in services.items() if _is_active(as_map(one), profiles)}
    for name in services.keys() - active.keys():
        mine = ", ".join(map(str, as_list(as_map(services[name]).get("profiles"))))
        report.notice(
            name,
            "profiles",
            f"is left out: it belongs to {mine}, which is not active",
            "Import again with that profile to have it",
            Weight.LOST,
        )
    inactive = services.keys() - active.keys()
    return {name: _without_optional(as_map(one), inactive) for name, one in active.items()}


def _is_active(service: Tree, profiles: frozenset[str]) -> bool:
    mine = as_list(service.get("profiles"))
    return not mine or "*" in profiles or any(one in profiles for one in mine)


def _without_optional(service: Tree, inactive: set[str]) -> Tree:
    """The service without dependencies on inactive ones that it can do without."""
    wanted = as_map(service.get("depends_on"))
    if not wanted.keys() & inactive:
        return service
    kept = {key: one for key, one in wanted.items() if key not in inactive or as_map(one).get("required") is not False}
    return {**service, "depends_on": kept}
