"""One folder imported, rendered, written and held against the reference reader's view of the original."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps_app.formats.compose.env_file import read_env
from apps_app.formats.compose.errors import Weight
from apps_app.formats.compose.read import Imported, read_compose
from tests.apps_app.sources.reference import config, meaning, written


@dataclass
class Comparison:
    """Both meanings, and what was imported."""

    theirs: Any
    ours: Any
    imported: Imported
    unlisted: set[tuple[str, str]]
    """Files that the original wants, that were not there, and that no notice names."""


def folder_files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def compare(folder: Path, names: list[str], workplace: Path, profiles: tuple[str, ...] = ()) -> Comparison:
    """Raises ComposeError or Refused."""
    lost: set[tuple[str, str]] = set()
    files = folder_files(folder)
    imported = read_compose(files, names, profiles=profiles)
    values = read_env(".env", files[".env"]) if ".env" in files else {}
    theirs = meaning(config(folder, names, profiles=profiles), folder, values, lost)
    ours = meaning(written(imported, workplace), workplace, imported.secrets, set())
    data = [notice for notice in imported.notices if notice.weight == Weight.LOST]
    named = {
        (name, path) for name, path in lost if any(path in notice.message for notice in data if notice.service == name)
    }
    return Comparison(theirs, ours, imported, lost - named)
