"""The six stages that set the demo up. Each looks first, so that a second start continues where the first ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team, User
from config.errors import Refused
from templates_app.appspec.diff.diff import compare
from templates_app.models import AppTemplate, SyncRecord, TemplateVersion
from upgrades_app.demo import steps
from upgrades_app.demo.runtime import Ground, lines_about
from upgrades_app.demo.steps import headline
from upgrades_app.demo.verify import Look, LookAtEngine, LookAtRepository

USER = "demo"
RESET = "manage.py demo --reset"
ORDER = ["web", "worker", "db"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A line of the printout: `name`, and `lines` that say what is there now."""

    name: str
    do: Callable[[], list[str]]


class Setting:
    """What the stages make, and find again."""

    def __init__(
        self,
        folder: Path,
        password: str,
        ground: Ground | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder, self.password = folder, password
        self.ground, self._progress = ground or Ground(), progress

    def stages(self) -> tuple[Stage, ...]:
        return (
            Stage("database", self.database),
            *((Stage("engine", self.engine),) if self.ground.shelf is not None else ()),
            Stage("shop", self.source),
            Stage("Shop 1.0", self.release),
            Stage("shop-copy", self.install_copy),
            Stage("shop-staging", self.install_staging),
            Stage("shop", self.change_source),
        )

    @property
    def by(self) -> Actor:
        return Actor.of(User.objects.get(username=USER))

    @property
    def team(self) -> Team:
        return Team.objects.get(slug="default")

    @property
    def target(self) -> Target:
        return Target.objects.get(team=self.team, slug="demo")

    @property
    def template(self) -> AppTemplate:
        return AppTemplate.objects.get(slug="shop")

    @property
    def first(self) -> TemplateVersion:
        return self.template.versions.get(version="1.0")

    def application(self, slug: str) -> Application | None:
        return Application.objects.with_installation().filter(slug=slug).first()

    def named(self, slug: str) -> Application:
        return Application.objects.with_installation().get(slug=slug)

    def database(self) -> list[str]:
        """With the demo's account, whose password is printed: made in the demo's own database and nowhere else."""
        if not settings.EMBEDDED_DATABASE or self.folder != settings.VAR:
            raise Refused("The demo has a database of its own, and this is not it.")
        call_command("migrate", verbosity=0, interactive=False)
        if not User.objects.filter(username=USER).exists():
            User.objects.create_superuser(USER, password=self.password)
        desired = {"kind": self.ground.kind, "config": dict(self.ground.config)}
        target, _ = Target.objects.get_or_create(team=self.team, slug="demo", defaults=desired)
        if (target.kind, target.config) != (desired["kind"], desired["config"]):
            raise Refused(f"This demo was set up on another target ({target.kind}); remove it first: {RESET}")
        return ["embedded PostgreSQL, ready"]

    def engine(self) -> list[str]:
        return lines_about(self.ground, self.ground.shelf, self._progress) if self.ground.shelf is not None else []

    def look(self) -> Look:
        """What reads the target back."""
        shelf = self.ground.shelf
        return LookAtEngine(self.ground.engine, shelf) if shelf is not None else LookAtRepository()

    def source(self) -> list[str]:
        source = self.application("shop") or steps.import_shop(self.by, self.team, self.ground.edition)
        keys = list(source.imported["components"]) if source.imported else []
        return [f"source: {', '.join(sorted(keys, key=ORDER.index))} (imported from compose.yaml)"]

    def release(self) -> list[str]:
        version = TemplateVersion.objects.published().filter(template__slug="shop", version="1.0").first()
        if version is None:
            version = steps.publish_version(self.named("shop"), self.by, "1.0", None)
        lines = version.sync_records.all()
        done = sum(line.status == SyncRecord.Status.DONE for line in lines)
        state = version.get_state_display().lower()
        return [f"{done} of {len(lines)} components synchronized, {state}  {short(version.digest)}"]

    def install_copy(self) -> list[str]:
        if self.application("shop-copy") is None:
            self._refuse_anothers("shop-copy")
            steps.install(self.first, self.by, self.target, "shop-copy", self.ground.values())
        copy = self.named("shop-copy")
        if not copy.components.filter(applied__isnull=False).exists():
            return ["uninstalled since: nothing of it is on the target"]
        if copy.desired_spec().components["web"].env.get("LOG_LEVEL") != "debug":
            steps.edit(copy, self.by, "web", LOG_LEVEL="debug")
        return [
            f'Shop 1.0 installed on {self.target.kind} target "{self.target.slug}"{self._where(copy)}',
            "then an operator set LOG_LEVEL=debug on web (local change)",
        ]

    def _refuse_anothers(self, slug: str) -> None:
        """Raises Refused where the engine has an application of this name that this demo did not put there."""
        if self.ground.shelf is not None and self.ground.engine.listed(slug=slug):
            string = f"end that one with its own {RESET}, or name another engine in DOCKER_HOST"
            raise Refused(f"{slug} on this engine is another Uplift's: {string}.")

    @property
    def published_next(self) -> bool:
        """Whether 1.1 is there, so that only what follows is left to do."""
        return TemplateVersion.objects.filter(template__slug="shop", version="1.1").exists()

    def _where(self, copy: Application) -> str:
        commit = copy.upgrade_records.get(kind="install").reference
        if self.ground.shelf is None:
            return f"   commit {commit[:7]}"
        return f"   http://127.0.0.1:{copy.values.get(name='WEB_PORT').applied_text()}/"

    def install_staging(self) -> list[str]:
        if self.application("shop-staging") is None:
            self._refuse_anothers("shop-staging")
            steps.install(self.first, self.by, self.target, "shop-staging", self.ground.values())
        staging = self.named("shop-staging")
        if not staging.components.filter(applied__isnull=False).exists():
            return ["uninstalled since: nothing of it is on the target"]
        if staging.desired_spec().components["worker"].env.get("WORKERS") != "8":
            steps.edit(staging, self.by, "worker", WORKERS="8")
        return ["Shop 1.0 installed, WORKERS=8 set by its operator"]

    def change_source(self) -> list[str]:
        source = self.named("shop")
        if self.published_next:
            return ["changed, and published as 1.1"]
        steps.change_source(source, self.by, self.ground.edition.next(source.desired_spec()))
        return ["changed, NOT yet published:", headline(compare(self.first.spec, self.named("shop").desired_spec()))]


def short(digest: str) -> str:
    """ "sha256:9f2c41…"."""
    return f"{digest[:13]}…"
