"""The copy as the objects of the demo's Git repository have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from apps_app.models import Application
from upgrades_app.demo.look import expect
from upgrades_app.demo.readback import Written, holding, objects, written
from upgrades_app.models import UpgradeRecord


class LookAtRepository:
    """Compares files of one commit with those of another."""

    def __init__(self) -> None:
        self._before: Written | None = None

    @property
    def repository(self) -> Path:
        return settings.TARGETS / "git"

    def before(self, copy: Application) -> Iterator[str]:
        self._before = written(self.repository, copy.slug)
        yield f"commit {self._before.commit[:7]}: {len(self._before.services)} services"

    def upgraded(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = written(self.repository, copy.slug)
        expect("the newest commit", now.commit, record.reference)
        expect("services", sorted(now.services), ["db", "redis", "web", "worker"])
        expect("db", now.services["db"], self._before.services["db"] if self._before else None)
        expect("LOG_LEVEL of web", _env(now, "web", "LOG_LEVEL"), "debug")
        expect("WORKERS of worker", _env(now, "worker", "WORKERS"), "4")
        expect("OLD_CACHE_DIR of web", _env(now, "web", "OLD_CACHE_DIR"), None)
        password = copy.values.get(name="DB_PASSWORD").applied_text()
        expect("objects that hold the password", holding(self.repository, password.encode()), 0)
        yield f"compose.yaml: {len(now.services)} services, db identical, LOG_LEVEL debug, no OLD_CACHE_DIR"
        yield f"no secret in any of {objects(self.repository)} Git objects"

    def back(self, copy: Application, record: UpgradeRecord) -> Iterator[str]:
        now = written(self.repository, copy.slug, record.reference)
        known = self._before.documents if self._before else {}
        for path in sorted(known.keys() | now.documents.keys()):
            expect(f"{path} after going back", now.documents.get(path), known.get(path))
        yield f"the files equal those of commit {self._before.commit[:7] if self._before else ''}"

    def variable(self, application: Application, key: str, name: str) -> str | None:
        return _env(written(self.repository, application.slug), key, name)


def _env(there: Written, service: str, name: str) -> str | None:
    found = there.services[service]["environment"].get(name)
    return None if found is None else str(found)
