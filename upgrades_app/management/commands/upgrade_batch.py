from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, override

from apps_app.models import Installation
from config.commands import DONE, FAILED, REFUSED, TO_DO, Outcome
from config.errors import Refused
from templates_app.models import TemplateVersion
from upgrades_app.commands.batch import Batch, Line, Result, digest_of, to_upgrade
from upgrades_app.commands.lookup import template_of, version_of
from upgrades_app.commands.options import add_merge_switches, add_running_switches, add_value_switches
from upgrades_app.commands.upgrade_command import RoadCommand


class Command(RoadCommand):
    help = "Upgrade every installation of a template that is behind a version, one after the other."
    examples = """
  manage.py upgrade_batch --template shop --to 1.1 --dry-run
  manage.py upgrade_batch --template shop --to 1.1 --from '>=1.0,<1.1' --limit 5 --max-failures 1 --yes
  manage.py upgrade_batch --template shop --to 1.1 --on-conflict ours --detach --yes
"""

    @override
    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--template", required=True, metavar="T", help="the template's slug")
        parser.add_argument("--to", required=True, metavar="V", help="the version to upgrade to")
        parser.add_argument(
            "--from", dest="from_versions", metavar="SPECIFIER", help="only those now at such a version: '>=1.0,<1.1'"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="begin at most so many; refused ones do not count")
        parser.add_argument("--max-failures", type=int, metavar="N", help="begin no more once so many have failed")
        parser.add_argument("--only", action="append", metavar="KEY", help="upgrade this component, leave the rest")
        add_value_switches(parser)
        add_merge_switches(parser)
        add_running_switches(parser)

    @override
    def go(self, options: dict[str, Any]) -> Outcome:
        _refuse_less_than_one(options, "limit", "max_failures")
        if options["max_failures"] is not None and self.switches.detach:
            raise Refused("--max-failures and --detach do not go together: how a worker fares is not waited for.")
        to = version_of(template_of(self.actor, options["template"]), options["to"])
        result = to_upgrade(self.actor, to, options["from_versions"])
        batch = Batch(to, self.actor, self.switches, self.progress, options["limit"], options["max_failures"])
        if not result:
            return Outcome((f"No installation that you may see is behind {to}.",), _data(to, (), ""))
        if self.switches.dry_run:
            lines = self._told(batch.look(result), result)
            digest = digest_of(lines)
            self._require(digest)
            return self._summed_up(to, lines, (f"Plan {digest}", "Nothing was changed: this was a dry run."), digest)
        return self._run(batch, to, result)

    def _run(self, batch: Batch, to: TemplateVersion, result: Sequence[Installation]) -> Outcome:
        digests: dict[str, str] | None = None
        if self.switches.digest:
            lines = tuple(batch.look(result))
            self._require(digest_of(lines))
            digests = {line.application: line.digest for line in lines}
        many = "1 installation" if len(result) == 1 else f"{len(result)} installations"
        if not self.confirms(
            f"Upgrade {many} to {to}: {', '.join(installation.application.slug for installation in result)}?"
        ):
            raise Refused(self.unconfirmed)
        return self._summed_up(to, self._told(batch.run(result, digests), result), (), "")

    def _require(self, digest: str) -> None:
        if self.switches.digest and self.switches.digest != digest:
            raise Refused(f"The plans are others now: {digest}, not {self.switches.digest}. Look at them again.")

    def _told(self, lines: Iterable[Line], installations: Sequence[Installation]) -> tuple[Line, ...]:
        """Each as soon as it is known."""
        width = max(len(installation.application.slug) for installation in installations)
        written = []
        for line in lines:
            written.append(line)
            faults = f" {'; '.join(line.faults)}" if line.faults else ""
            self.say(f"{line.application:<{width}}  {line.before:<8} {line.result:<13}  {line.sentence}{faults}")
        return tuple(written)

    def _summed_up(self, to: TemplateVersion, lines: Sequence[Line], more: Sequence[str], digest: str) -> Outcome:
        counts = Counter(line.result for line in lines)
        summary = ", ".join(f"{counts[batch_result]} {batch_result}" for batch_result in Result if counts[batch_result])
        code = _code(counts, dry_run=self.switches.dry_run)
        data = {**_data(to, lines, digest), "ok": code not in {FAILED, REFUSED}}
        return Outcome((f"{len(lines)} behind {to}: {summary}", *more), data, code)


def _code(counts: Counter[Result], *, dry_run: bool) -> int:
    if counts[Result.FAILED]:
        return FAILED
    if dry_run and counts[Result.TO_DO]:
        return TO_DO
    return REFUSED if counts[Result.REFUSED] else DONE


def _data(to: TemplateVersion, lines: Sequence[Line], digest: str) -> dict[str, Any]:
    counts = Counter(line.result for line in lines)
    return {
        "template": to.template.slug,
        "to": to.version,
        "digest": digest,
        "counts": {batch_result.value: counts[batch_result] for batch_result in Result},
        "installations": [
            {
                "application": line.application,
                "from": line.before,
                "result": line.result.value,
                "sentence": line.sentence,
                "faults": list(line.faults),
                "partial": line.partial,
                "digest": line.digest,
                "record": line.record,
            }
            for line in lines
        ],
    }


def _refuse_less_than_one(options: dict[str, Any], *names: str) -> None:
    for name in names:
        if options[name] is not None and options[name] < 1:
            raise Refused(f"--{name.replace('_', '-')} is at least 1.")
