from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, override

from apps_app.models import Installation
from config.commands import DONE, FAILED, REFUSED, TO_DO, CommandOutcome
from config.errors import OperationRefused
from templates_app.models import TemplateVersion
from upgrades_app.commands.batch import (
    BatchLine,
    BatchResult,
    UpgradeBatch,
    compute_batch_digest,
    list_outdated_installations,
)
from upgrades_app.commands.lookup import get_template, get_version
from upgrades_app.commands.options import add_merge_options, add_run_options, add_value_options
from upgrades_app.commands.upgrade_command import UpgradeCommand


class Command(UpgradeCommand):
    help = "Upgrade all outdated installations of a template, one after the other."
    examples = """
  manage.py upgrade_batch --template shop --to 1.1 --dry-run
  manage.py upgrade_batch --template shop --to 1.1 --from '>=1.0,<1.1' --limit 5 --max-failures 1 --yes
  manage.py upgrade_batch --template shop --to 1.1 --on-conflict ours --detach --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--template", required=True, metavar="T", help="template slug")
        parser.add_argument("--to", required=True, metavar="V", help="version to upgrade to")
        parser.add_argument(
            "--from",
            dest="from_versions",
            metavar="SPECIFIER",
            help="only installations at matching versions, for example '>=1.0,<1.1'",
        )
        parser.add_argument(
            "--limit", type=int, metavar="N", help="start at most N upgrades; refused ones do not count"
        )
        parser.add_argument("--max-failures", type=int, metavar="N", help="stop after N failures")
        parser.add_argument("--only", action="append", metavar="KEY", help="only upgrade this component (repeatable)")
        add_value_options(parser)
        add_merge_options(parser)
        add_run_options(parser)

    @override
    def run_command(self, options: dict[str, Any]) -> CommandOutcome:
        _check_positive(options, "limit", "max_failures")
        if options["max_failures"] is not None and self.options.detach:
            raise OperationRefused("--max-failures cannot be combined with --detach.")
        to = get_version(get_template(self.actor, options["template"]), options["to"])
        installations = list_outdated_installations(self.actor, to, options["from_versions"])
        batch = UpgradeBatch(to, self.actor, self.options, self.progress, options["limit"], options["max_failures"])
        if not installations:
            return CommandOutcome((f"No installation is older than {to}.",), _build_data(to, (), ""))
        if self.options.dry_run:
            lines = self._write_lines(batch.preview(installations), installations)
            digest = compute_batch_digest(lines)
            self._check_digest(digest)
            return self._write_summary(to, lines, (f"Plan {digest}", "Dry run: no changes made."), digest)
        return self._run(batch, to, installations)

    def _run(self, batch: UpgradeBatch, to: TemplateVersion, installations: Sequence[Installation]) -> CommandOutcome:
        digests: dict[str, str] | None = None
        if self.options.digest:
            lines = tuple(batch.preview(installations))
            self._check_digest(compute_batch_digest(lines))
            digests = {line.application: line.digest for line in lines}
        count = "1 installation" if len(installations) == 1 else f"{len(installations)} installations"
        if not self.ask_confirmation(
            f"Upgrade {count} to {to}: {', '.join(installation.application.slug for installation in installations)}?"
        ):
            raise OperationRefused(self.unconfirmed_message)
        return self._write_summary(to, self._write_lines(batch.run(installations, digests), installations), (), "")

    def _check_digest(self, digest: str) -> None:
        if self.options.digest and self.options.digest != digest:
            raise OperationRefused(
                f"Plans are out of date: expected {self.options.digest}, got {digest}. Review the changes."
            )

    def _write_lines(self, lines: Iterable[BatchLine], installations: Sequence[Installation]) -> tuple[BatchLine, ...]:
        """Print every line as soon as it is available."""
        width = max(len(installation.application.slug) for installation in installations)
        written = []
        for line in lines:
            written.append(line)
            faults = f" {'; '.join(line.faults)}" if line.faults else ""
            self.say(f"{line.application:<{width}}  {line.before:<8} {line.result:<13}  {line.message}{faults}")
        return tuple(written)

    def _write_summary(
        self, to: TemplateVersion, lines: Sequence[BatchLine], more: Sequence[str], digest: str
    ) -> CommandOutcome:
        counts = Counter(line.result for line in lines)
        summary = ", ".join(
            f"{counts[batch_result]} {batch_result}" for batch_result in BatchResult if counts[batch_result]
        )
        code = _get_exit_code(counts, dry_run=self.options.dry_run)
        data = {**_build_data(to, lines, digest), "ok": code not in {FAILED, REFUSED}}
        return CommandOutcome((f"{len(lines)} older than {to}: {summary}", *more), data, code)


def _get_exit_code(counts: Counter[BatchResult], *, dry_run: bool) -> int:
    if counts[BatchResult.FAILED]:
        return FAILED
    if dry_run and counts[BatchResult.PENDING]:
        return TO_DO
    return REFUSED if counts[BatchResult.REFUSED] else DONE


def _build_data(to: TemplateVersion, lines: Sequence[BatchLine], digest: str) -> dict[str, Any]:
    counts = Counter(line.result for line in lines)
    return {
        "template": to.template.slug,
        "to": to.version,
        "digest": digest,
        "counts": {batch_result.value: counts[batch_result] for batch_result in BatchResult},
        "installations": [
            {
                "application": line.application,
                "from": line.before,
                "result": line.result.value,
                "sentence": line.message,
                "faults": list(line.faults),
                "partial": line.partial,
                "digest": line.digest,
                "record": line.record,
            }
            for line in lines
        ],
    }


def _check_positive(options: dict[str, Any], *names: str) -> None:
    for name in names:
        if options[name] is not None and options[name] < 1:
            raise OperationRefused(f"--{name.replace('_', '-')} must be at least 1.")
