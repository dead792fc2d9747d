"""Top-level volumes and networks → those of the document."""

from apps_app.sources.compose.errors import Weight
from apps_app.sources.compose.scalar import entry_text
from apps_app.sources.compose.source import Report, Tree, as_map

_VOLUME = ("driver", "labels", "external", "name")
_FILE = ("file", "content", "environment", "external", "name")
_NETWORK = (*_VOLUME, "internal", "attachable", "ipam", "enable_ipv4", "enable_ipv6")


def volumes(entries: Tree, report: Report) -> Tree:
    """Named volumes; external ones are noted, since every installation on a target shares them."""
    for name, one in entries.items():
        if as_map(one).get("external"):
            report.notice(
                "", f"volumes.{name}", "is external: made by others, and shared by all installations on a target"
            )
        _note_lost(f"volumes.{name}", as_map(one), (*_VOLUME, "driver_opts"), report)
    return {name: _entry(as_map(one), _VOLUME) for name, one in entries.items()}


def networks(entries: Tree, report: Report) -> Tree:
    """Networks, the default one only where the files say something about it."""
    for name, one in entries.items():
        _note_lost(f"networks.{name}", as_map(one), (*_NETWORK, "driver_opts"), report)
    return {name: _entry(as_map(one), _NETWORK) for name, one in entries.items()}


def note_files(project: Tree, report: Report) -> None:
    """Lists what configs and secrets say beside their content."""
    for section in ("configs", "secrets"):
        for name, one in as_map(project.get(section)).items():
            _note_lost(f"{section}.{name}", as_map(one), _FILE, report)


def _entry(said: Tree, known: tuple[str, ...]) -> Tree:
    found = {key: said[key] for key in known if said.get(key) not in (None, "", {}, [])}

    if options := as_map(said.get("driver_opts")):
        found["options"] = {key: entry_text(value) for key, value in options.items()}
    return found


def _note_lost(key: str, said: Tree, known: tuple[str, ...], report: Report) -> None:
    for name in said.keys() - set(known):
        if not name.startswith("x-"):
            report.notice("", f"{key}.{name}", "is not carried: there is no such field here", weight=Weight.LOST)
