"""Unattended part of the demo. Every printed result is verified on the target or in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps_app.models import Application, Installation
from config.commands import CommandFailed
from config.errors import OperationRefused
from templates_app.models import SyncRecord, TemplateVersion
from upgrades_app.actions.save_plan import save_plan
from upgrades_app.demo import steps
from upgrades_app.demo.stages import DemoSetting, shorten_digest
from upgrades_app.demo.verify import expect_equal
from upgrades_app.engine.inputs.plan_rows import Provenance
from upgrades_app.engine.inputs.planning_input import OperationKind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan
from upgrades_app.presenters.messages import describe_field, describe_question

type WriteLine = Callable[[str], None]


class DemoWalk:
    """Stages that publish, upgrade and roll back the demo."""

    def __init__(self, setting: DemoSetting) -> None:
        self.setting, self.by = setting, setting.by
        self.look = setting.open_reader()

    @property
    def copy(self) -> Application:
        return self.setting.get_application("shop-copy")

    @property
    def second(self) -> TemplateVersion:
        return self.setting.template.versions.get(version="1.1")

    def stages(self) -> tuple[tuple[str, Callable[[], Iterator[str]]], ...]:
        return (
            ("publish 1.1", self.publish),
            ("outdated", self.check_offered),
            ("plan", self.check_plan),
            ("before", self.read_before),
            ("upgrade", self.upgrade),
            ("shop-staging", self.check_refused),
            ("roll back", self.roll_back),
            ("upgrade again", self.upgrade_again),
        )

    def publish(self) -> Iterator[str]:
        if TemplateVersion.objects.filter(template__slug="shop", version="1.1").exists():
            raise OperationRefused("The demo has already run. Start over with: manage.py demo --reset")
        steps.publish_version(self.setting.get_application("shop"), self.by, "1.1", self.setting.template)
        lines = SyncRecord.objects.filter(version=self.second)
        relations = {line.key: line.relation for line in lines}
        expect_equal(
            "what 1.1 brings", relations, {"redis": "new", "web": "changed", "worker": "changed", "db": "unchanged"}
        )
        expect_equal("the state of 1.1", self.second.state, "released")
        yield f"released  {shorten_digest(self.second.digest)}   " + ", ".join(
            f"{key} {how}" for key, how in _sort_by_rank(relations)
        )

    def check_offered(self) -> Iterator[str]:
        behind = Installation.objects.behind().filter(template=self.setting.template)
        slugs = sorted(behind.values_list("application__slug", flat=True))
        expect_equal("who is behind", slugs, ["shop-copy", "shop-staging"])
        yield f"1.1 is available for {' and '.join(slugs)}, both at 1.0"

    def check_plan(self) -> Iterator[str]:
        plan = steps.build_plan_proposal(self.copy, OperationKind.UPGRADE, self.second).plan
        counts, change = plan.counts(), "±" if self.setting.target.starts_containers else "~"
        expect_equal("components by symbol", {name: n for name, n in counts.items() if n}, {"+": 1, change: 2, "=": 1})
        expect_equal("where LOG_LEVEL comes from", _get_provenance(plan, "web", "LOG_LEVEL"), Provenance.LOCAL_KEPT)
        expect_equal("where WORKERS comes from", _get_provenance(plan, "worker", "WORKERS"), Provenance.TEMPLATE)
        expect_equal("open questions", [open_question.name for open_question in plan.open_questions], [])
        how = "replaced" if change == "±" else "changed"
        yield f"{counts['+']} new, {counts[change]} {how}, {counts['=']} unchanged   {shorten_digest(plan.digest)}"
        yield from (f"{row.symbol} {row.key}: {describe_field(item)}" for row in plan.components for item in row.fields)

    def read_before(self) -> Iterator[str]:
        yield from self.look.before(self.copy)

    def upgrade(self) -> Iterator[str]:
        yield from self._check_upgraded()

    def check_refused(self) -> Iterator[str]:
        staging = self.setting.get_application("shop-staging")
        proposal = steps.build_plan_proposal(staging, OperationKind.UPGRADE, self.second)
        conflicts = [
            open_question
            for open_question in proposal.plan.open_questions
            if open_question.kind is QuestionKind.CONFLICT
        ]
        expect_equal(
            "conflicts of shop-staging", [conflict.id for conflict in conflicts], ["components.worker.env.WORKERS"]
        )
        try:
            save_plan(proposal, self.by)
        except OperationRefused as refusal:
            yield f"refused: {describe_question(conflicts[0])}"
            expect_equal("faults of the refusal", len(refusal.faults), 1)
        else:
            raise CommandFailed("Verification failed: shop-staging was planned despite its conflict.")
        expect_equal("WORKERS of shop-staging", self.look.variable(staging, "worker", "WORKERS"), "8")

    def roll_back(self) -> Iterator[str]:
        first = self.setting.first
        record = steps.confirm_and_run(
            save_plan(steps.build_plan_proposal(self.copy, OperationKind.ROLLBACK, first), self.by), self.by
        )
        expect_equal("the version of shop-copy", self.copy.installation.version, first)
        yield record.result
        yield from self.look.back(self.copy, record)

    def upgrade_again(self) -> Iterator[str]:
        yield from self._check_upgraded()

    def _check_upgraded(self) -> Iterator[str]:
        """Upgrade the copy and verify the target."""
        record = steps.confirm_and_run(
            save_plan(steps.build_plan_proposal(self.copy, OperationKind.UPGRADE, self.second), self.by), self.by
        )
        expect_equal("the version of shop-copy", self.copy.installation.version, self.second)
        yield record.result
        yield from self.look.upgraded(self.copy, record)


def _get_provenance(plan: Plan, component: str, name: str) -> Provenance:
    rows = [row for row in plan.components if row.key == component]
    return next((item.provenance.kind for row in rows for item in row.fields if item.path[-1] == name), Provenance.NONE)


def _sort_by_rank(relations: dict[str, str]) -> list[tuple[str, str]]:
    order = ["new", "changed", "removed", "unchanged"]
    return sorted(relations.items(), key=lambda item: (order.index(item[1]), item[0]))
