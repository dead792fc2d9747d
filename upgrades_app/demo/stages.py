"""Stages that set up the demo. Each is idempotent, so that a second start continues the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team, User
from config.errors import OperationRefused
from templates_app.appspec.diff.diff import compare_specs
from templates_app.models import AppTemplate, SyncRecord, TemplateVersion
from upgrades_app.demo import steps
from upgrades_app.demo.runtime import DemoRuntime, describe_runtime
from upgrades_app.demo.steps import format_headline
from upgrades_app.demo.verify import EngineReader, RepositoryReader, TargetReader

USER = "demo"
RESET = "manage.py demo --reset"
ORDER = ["web", "worker", "db"]


@dataclass(frozen=True, slots=True)
class DemoStage:
    """A named stage; `do` runs it and returns lines that describe the result."""

    name: str
    do: Callable[[], list[str]]


class DemoSetting:
    """The demo data that the stages create or find."""

    def __init__(
        self,
        folder: Path,
        password: str,
        runtime: DemoRuntime | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder, self.password = folder, password
        self.runtime, self._progress = runtime or DemoRuntime(), progress

    def stages(self) -> tuple[DemoStage, ...]:
        return (
            DemoStage("database", self.database),
            *((DemoStage("engine", self.engine),) if self.runtime.images is not None else ()),
            DemoStage("shop", self.source),
            DemoStage("Shop 1.0", self.release),
            DemoStage("shop-copy", self.install_copy),
            DemoStage("shop-staging", self.install_staging),
            DemoStage("shop", self.change_source),
        )

    @property
    def by(self) -> Actor:
        return Actor.from_user(User.objects.get(username=USER))

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

    def get_application(self, slug: str) -> Application:
        return Application.objects.with_installation().get(slug=slug)

    def database(self) -> list[str]:
        """Migrate the demo database and create its account and target."""
        if not settings.EMBEDDED_DATABASE or self.folder != settings.VAR:
            raise OperationRefused("The demo only runs in its own database.")
        call_command("migrate", verbosity=0, interactive=False)
        if not User.objects.filter(username=USER).exists():
            User.objects.create_superuser(USER, password=self.password)
        desired = {"kind": self.runtime.kind, "config": dict(self.runtime.config)}
        target, _ = Target.objects.get_or_create(team=self.team, slug="demo", defaults=desired)
        if (target.kind, target.config) != (desired["kind"], desired["config"]):
            raise OperationRefused(f"This demo uses another target ({target.kind}). Remove it first: {RESET}")
        return ["embedded PostgreSQL, ready"]

    def engine(self) -> list[str]:
        images = self.runtime.images
        return [] if images is None else describe_runtime(self.runtime, images, self._progress)

    def open_reader(self) -> TargetReader:
        """Return the reader that verifies the target."""
        shelf = self.runtime.images
        return EngineReader(self.runtime.engine, shelf) if shelf is not None else RepositoryReader()

    def source(self) -> list[str]:
        source = self.application("shop") or steps.import_shop(self.by, self.team, self.runtime.edition)
        keys = list(source.imported["components"]) if source.imported else []
        return [f"source: {', '.join(sorted(keys, key=ORDER.index))} (imported from compose.yaml)"]

    def release(self) -> list[str]:
        version = TemplateVersion.objects.published().filter(template__slug="shop", version="1.0").first()
        if version is None:
            version = steps.publish_version(self.get_application("shop"), self.by, "1.0", None)
        lines = version.sync_records.all()
        done = sum(line.status == SyncRecord.Status.DONE for line in lines)
        state = version.get_state_display().lower()
        return [f"{done} of {len(lines)} components synchronized, {state}  {shorten_digest(version.digest)}"]

    def install_copy(self) -> list[str]:
        if self.application("shop-copy") is None:
            self._check_own_demo("shop-copy")
            steps.install(self.first, self.by, self.target, "shop-copy", self.runtime.values())
        copy = self.get_application("shop-copy")
        if not copy.components.filter(applied__isnull=False).exists():
            return ["uninstalled"]
        if copy.desired_spec().components["web"].env.get("LOG_LEVEL") != "debug":
            steps.edit(copy, self.by, "web", LOG_LEVEL="debug")
        return [
            f'Shop 1.0 installed on {self.target.kind} target "{self.target.slug}"{self._describe_location(copy)}',
            "then an operator set LOG_LEVEL=debug on web (local change)",
        ]

    def _check_own_demo(self, slug: str) -> None:
        """Raise OperationRefused if the engine runs an application of this name from another demo."""
        if self.runtime.images is not None and self.runtime.engine.list_containers(slug=slug):
            string = f"run {RESET} there, or use another engine with DOCKER_HOST"
            raise OperationRefused(f"{slug} on this engine belongs to another Uplift: {string}.")

    @property
    def is_next_published(self) -> bool:
        """Whether 1.1 is published."""
        return TemplateVersion.objects.filter(template__slug="shop", version="1.1").exists()

    def _describe_location(self, copy: Application) -> str:
        commit = copy.upgrade_records.get(kind="install").reference
        if self.runtime.images is None:
            return f"   commit {commit[:7]}"
        return f"   http://127.0.0.1:{copy.values.get(name='WEB_PORT').applied_text()}/"

    def install_staging(self) -> list[str]:
        if self.application("shop-staging") is None:
            self._check_own_demo("shop-staging")
            steps.install(self.first, self.by, self.target, "shop-staging", self.runtime.values())
        staging = self.get_application("shop-staging")
        if not staging.components.filter(applied__isnull=False).exists():
            return ["uninstalled"]
        if staging.desired_spec().components["worker"].env.get("WORKERS") != "8":
            steps.edit(staging, self.by, "worker", WORKERS="8")
        return ["Shop 1.0 installed, WORKERS=8 set by its operator"]

    def change_source(self) -> list[str]:
        source = self.get_application("shop")
        if self.is_next_published:
            return ["changed, and published as 1.1"]
        steps.change_source(source, self.by, self.runtime.edition.next(source.desired_spec()))
        return [
            "changed, NOT yet published:",
            format_headline(compare_specs(self.first.spec, self.get_application("shop").desired_spec())),
        ]


def shorten_digest(digest: str) -> str:
    """ "sha256:9f2c41…"."""
    return f"{digest[:13]}…"
