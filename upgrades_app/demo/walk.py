"""The rest of the demo, unattended. Every fact it prints is read back from the target or the database first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps_app.models import Application, Installation
from config.commands import Failed
from config.errors import Refused
from templates_app.models import SyncRecord, TemplateVersion
from upgrades_app.actions.save_plan import store
from upgrades_app.demo import steps
from upgrades_app.demo.stages import Setting, short
from upgrades_app.demo.verify import expect
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.engine.inputs.question import QuestionKind
from upgrades_app.engine.planning.plan import Plan

type Say = Callable[[str], None]


class Walk:
    """One stage after the other; each leaves what the next one needs."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.by = setting, setting.by
        self.look = setting.look()

    @property
    def copy(self) -> Application:
        return self.setting.named("shop-copy")

    @property
    def second(self) -> TemplateVersion:
        return self.setting.template.versions.get(version="1.1")

    def stages(self) -> tuple[tuple[str, Callable[[], Iterator[str]]], ...]:
        return (
            ("publish 1.1", self.publish),
            ("offered", self.offered),
            ("plan", self.plan),
            ("before", self.look_before),
            ("upgrade", self.upgrade),
            ("shop-staging", self.refused),
            ("go back", self.back),
            ("again", self.again),
        )

    def publish(self) -> Iterator[str]:
        if TemplateVersion.objects.filter(template__slug="shop", version="1.1").exists():
            raise Refused("This demo was walked already; start anew with: manage.py demo --reset")
        steps.publish_version(self.setting.named("shop"), self.by, "1.1", self.setting.template)
        lines = SyncRecord.objects.filter(version=self.second)
        relations = {line.key: line.relation for line in lines}
        expect("what 1.1 brings", relations, {"redis": "new", "web": "changed", "worker": "changed", "db": "unchanged"})
        expect("the state of 1.1", self.second.state, "released")
        yield f"released  {short(self.second.digest)}   " + ", ".join(f"{key} {how}" for key, how in _ranked(relations))

    def offered(self) -> Iterator[str]:
        behind = Installation.objects.behind().filter(template=self.setting.template)
        slugs = sorted(behind.values_list("application__slug", flat=True))
        expect("who is behind", slugs, ["shop-copy", "shop-staging"])
        yield f"1.1 to {' and '.join(slugs)}, both at 1.0"

    def plan(self) -> Iterator[str]:
        plan = steps.proposal(self.copy, Kind.UPGRADE, self.second).plan
        counts, change = plan.counts(), "±" if self.setting.target.runs else "~"
        expect("components by symbol", {name: n for name, n in counts.items() if n}, {"+": 1, change: 2, "=": 1})
        expect("where LOG_LEVEL comes from", _source(plan, "web", "LOG_LEVEL"), "yours, kept")
        expect("where WORKERS comes from", _source(plan, "worker", "WORKERS"), "from the template")
        expect("open questions", [open_question.name for open_question in plan.open_questions], [])
        how = "replaced" if change == "±" else "changed"
        yield f"{counts['+']} new, {counts[change]} {how}, {counts['=']} unchanged   {short(plan.digest)}"
        yield from (f"{row.symbol} {row.key}: {item.sentence()}" for row in plan.components for item in row.fields)

    def look_before(self) -> Iterator[str]:
        yield from self.look.before(self.copy)

    def upgrade(self) -> Iterator[str]:
        yield from self._upgraded()

    def refused(self) -> Iterator[str]:
        staging = self.setting.named("shop-staging")
        proposal = steps.proposal(staging, Kind.UPGRADE, self.second)
        conflicts = [
            open_question
            for open_question in proposal.plan.open_questions
            if open_question.kind is QuestionKind.CONFLICT
        ]
        expect("conflicts of shop-staging", [conflict.id for conflict in conflicts], ["components.worker.env.WORKERS"])
        try:
            store(proposal, self.by)
        except Refused as refusal:
            yield f"refused: {conflicts[0].sentence}"
            expect("faults of the refusal", len(refusal.faults), 1)
        else:
            raise Failed("Not as it should be: shop-staging was planned in spite of its conflict.")
        expect("WORKERS of shop-staging", self.look.variable(staging, "worker", "WORKERS"), "8")

    def back(self) -> Iterator[str]:
        first = self.setting.first
        record = steps.carry_out(store(steps.proposal(self.copy, Kind.ROLLBACK, first), self.by), self.by)
        expect("the version of shop-copy", self.copy.installation.version, first)
        yield record.result
        yield from self.look.back(self.copy, record)

    def again(self) -> Iterator[str]:
        yield from self._upgraded()

    def _upgraded(self) -> Iterator[str]:
        """Upgrades the copy, and looks at what is on the target then."""
        record = steps.carry_out(store(steps.proposal(self.copy, Kind.UPGRADE, self.second), self.by), self.by)
        expect("the version of shop-copy", self.copy.installation.version, self.second)
        yield record.result
        yield from self.look.upgraded(self.copy, record)


def _source(plan: Plan, component: str, name: str) -> str:
    rows = [row for row in plan.components if row.key == component]
    return next((item.source for row in rows for item in row.fields if item.path[-1] == name), "nowhere")


def _ranked(relations: dict[str, str]) -> list[tuple[str, str]]:
    order = ["new", "changed", "removed", "unchanged"]
    return sorted(relations.items(), key=lambda item: (order.index(item[1]), item[0]))
