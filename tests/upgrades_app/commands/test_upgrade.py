"""upgrade: the plan, the questions, the confirm, the run, and what each ends with."""

import sys
from collections.abc import Callable
from io import StringIO

import pytest

from apps_app.drivers.memory import MemoryTarget
from apps_app.models import Application, Busy, Target
from config.accounts.models import User
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.upgrades_app.commands.conftest import Command, edit, upgrades
from tests.upgrades_app.road import fresh, installed, released
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text))


def test_an_upgrade_runs_to_its_end_in_this_process(
    command: Command, copy: Application, second: TemplateVersion
) -> None:
    ended = command("upgrade", "copy", "--to", "1.1", "--reason", "redis", "--yes")
    assert ended.code == 0, ended
    assert "+ redis" in ended.out
    assert "OLD_CACHE_DIR removed" in ended.out
    assert ended.out.splitlines()[-1].startswith("copy: 1.1 written as commit ")
    assert fresh(copy).applied_spec() == WITH_REDIS
    record = UpgradeRecord.objects.get(kind="upgrade")
    assert (record.status, record.reason) == ("succeeded", "redis")
    assert not Busy.objects.exists()


def test_json_is_one_document(command: Command, copy: Application, second: TemplateVersion) -> None:
    ended = command("upgrade", "copy", "--to", "1.1", "--yes", "--json")
    described = ended.document
    assert (ended.code, ended.err, described["ok"], described["application"]) == (0, "", True, "copy")
    assert (described["from"], described["to"], described["status"]) == ("1.0", "1.1", "succeeded")
    assert described["reference"]
    assert {item["key"]: item["status"] for item in described["steps"]}["redis"] == "done"


def test_a_dry_run_prints_the_plan_and_does_nothing(
    command: Command, copy: Application, second: TemplateVersion
) -> None:
    ended = command("upgrade", "copy", "--to", "1.1", "--dry-run")
    assert ended.code == 3, ended
    plan = command("upgrade", "copy", "--to", "1.1", "--dry-run", "--json").document["plan"]
    assert f"plan {plan['digest']}" in ended.out
    assert plan["counts"] == {"new": 1, "changed": 1, "replaced": 0, "removed": 0, "unchanged": 1}
    assert upgrades() == []
    assert fresh(copy).applied_spec() == WEB_AND_DB


def test_the_plan_of_a_dry_run_is_run(command: Command, copy: Application, second: TemplateVersion) -> None:
    digest = command("upgrade", "copy", "--to", "1.1", "--dry-run", "--json").document["plan"]["digest"]
    assert command("upgrade", "copy", "--to", "1.1", "--plan", digest, "--yes").code == 0
    assert UpgradeRecord.objects.get(kind="upgrade").digest == digest


def test_another_plan_than_that_of_the_dry_run_is_refused(
    command: Command, copy: Application, second: TemplateVersion
) -> None:
    digest = command("upgrade", "copy", "--to", "1.1", "--dry-run", "--json").document["plan"]["digest"]
    edit(copy, "web", user="app")
    ended = command("upgrade", "copy", "--to", "1.1", "--plan", digest, "--yes", "--json")
    assert ended.code == 2
    assert ended.document["ok"] is False
    assert f"not {digest}" in ended.document["error"]
    assert ended.document["plan"]["digest"] != digest
    assert upgrades() == []


def test_nothing_to_do(command: Command, copy: Application, second: TemplateVersion) -> None:
    command("upgrade", "copy", "--to", "1.1", "--yes")
    for more in ([], ["--dry-run"], ["--yes"]):
        ended = command("upgrade", "copy", "--to", "1.1", *more)
        assert (ended.code, ended.out.splitlines()[-1]) == (0, "Nothing to do.")
    assert upgrades() == ["succeeded"]


class TestConfirming:
    def test_without_a_terminal_yes_is_needed(
        self, command: Command, copy: Application, second: TemplateVersion
    ) -> None:
        ended = command("upgrade", "copy", "--to", "1.1")
        assert (ended.code, ended.err) == (2, "There is no terminal to ask on: confirm with --yes.\n")
        described = command("upgrade", "copy", "--to", "1.1", "--json").document
        assert (described["ok"], described["error"]) == (False, ended.err.strip())
        assert upgrades() == []

    @pytest.mark.parametrize(("text", "code", "records"), [("y\n", 0, ["succeeded"]), ("n\n", 2, []), ("", 2, [])])
    def test_a_terminal_is_asked(
        self,
        command: Command,
        copy: Application,
        second: TemplateVersion,
        typed: Callable[[str], None],
        text: str,
        code: int,
        records: list[str],
    ) -> None:
        typed(text)
        ended = command("upgrade", "copy", "--to", "1.1")
        assert ended.code == code, ended
        assert "Upgrade Copy to 1.1? [y/N] " in ended.out
        assert upgrades() == records

    def test_json_never_asks(
        self, command: Command, copy: Application, second: TemplateVersion, typed: Callable[[str], None]
    ) -> None:
        typed("y\n")
        ended = command("upgrade", "copy", "--to", "1.1", "--json")
        assert (ended.code, ended.document["ok"]) == (2, False)


class TestFailing:
    @pytest.fixture
    def running(self, first: TemplateVersion, engine: Target) -> Application:
        return installed(first, engine)

    def test_what_was_put_back_cleanly_still_failed(
        self, command: Command, running: Application, second: TemplateVersion, pretended: MemoryTarget
    ) -> None:
        pretended.fail("apply", "web", message="the disk is full")
        ended = command("upgrade", "copy", "--to", "1.1", "--yes")
        assert (ended.code, ended.err) == (1, "copy: Failed, restored: at 1.0 (web: the disk is full)\n")
        assert fresh(running).applied_spec() == WEB_AND_DB

    def test_an_error_that_names_its_component_is_not_told_of_it_twice(
        self, command: Command, running: Application, second: TemplateVersion, pretended: MemoryTarget
    ) -> None:
        pretended.never_healthy("web")
        ended = command("upgrade", "copy", "--to", "1.1", "--yes")
        message = (
            "copy: Failed, not restored: web unhealthy: act now (web was not healthy within 5m; look at its logs)\n"
        )
        assert (ended.code, ended.err) == (1, message)

    def test_in_json_too(
        self, command: Command, running: Application, second: TemplateVersion, pretended: MemoryTarget
    ) -> None:
        pretended.fail("apply", "web", message="the disk is full")
        ended = command("upgrade", "copy", "--to", "1.1", "--yes", "--json")
        assert (ended.code, ended.document["ok"], ended.document["status"]) == (1, False, "rolled_back")
        assert "the disk is full" in ended.document["error"]

    def test_a_failure_may_leave_the_rest(
        self, command: Command, running: Application, second: TemplateVersion, pretended: MemoryTarget
    ) -> None:
        pretended.fail("apply", "web", message="the disk is full")
        ended = command("upgrade", "copy", "--to", "1.1", "--on-failure", "continue", "--yes", "--json")
        assert (ended.code, ended.document["status"]) == (1, "partially_upgraded")
        assert "redis" in pretended.parts(str(running.uid))

    def test_a_target_that_objects_changes_nothing(
        self, command: Command, running: Application, second: TemplateVersion, pretended: MemoryTarget
    ) -> None:
        pretended.object_to("redis", "there is no image redis:8")
        ended = command("upgrade", "copy", "--to", "1.1", "--yes")
        assert (ended.code, ended.err) == (1, "copy: Failed, nothing was changed: there is no image redis:8\n")


def test_a_worker_may_do_it(
    command: Command, copy: Application, second: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    deferred: list[int] = []
    monkeypatch.setattr("upgrades_app.actions.confirm.defer_run", deferred.append)
    described = command("upgrade", "copy", "--to", "1.1", "--detach", "--yes", "--json").document
    assert (described["ok"], described["status"]) == (True, "queued")
    assert deferred == [described["record"]]
    ended = command("upgrade", "copy", "--to", "1.1", "--yes")
    assert ended.code == 2
    assert "Upgrade 1.0 → 1.1 is at work, begun by" in ended.err


class TestNaming:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["nobody", "--to", "1.1"], "There is no application nobody.\n"),
            (["copy", "--to", "9"], "Shop has no version 9.\n"),
            (["copy", "--to", "1..0"], "'1..0' is not a version; did you mean 1.0?\n"),
        ],
    )
    def test_what_is_not_there(self, command: Command, copy: Application, words: list[str], said: str) -> None:
        ended = command("upgrade", *words, "--yes")
        assert (ended.code, ended.out, ended.err) == (2, "", said)

    def test_a_draft(self, command: Command, copy: Application, shop: AppTemplate) -> None:
        released(shop, "1.1", WITH_REDIS, state="draft")
        ended = command("upgrade", "copy", "--to", "1.1", "--yes")
        assert (ended.code, "Shop 1.1 is draft" in ended.err) == (2, True)

    def test_a_source(self, command: Command, copy: Application) -> None:
        copy.installation.delete()
        ended = command("upgrade", "copy", "--to", "1.1", "--yes")
        assert (ended.code, ended.err) == (2, "Copy is not installed from a template.\n")


class TestAs:
    def test_an_operator(self, command: Command, copy: Application, second: TemplateVersion, operator: User) -> None:
        assert command("upgrade", "copy", "--to", "1.1", "--yes", "--as", operator.username).code == 0
        assert UpgradeRecord.objects.get(kind="upgrade").confirmed_by_label == operator.username

    def test_a_viewer_may_look_and_do_nothing(
        self, command: Command, copy: Application, second: TemplateVersion, viewer: User
    ) -> None:
        assert command("upgrade", "copy", "--to", "1.1", "--dry-run", "--as", viewer.username).code == 3
        ended = command("upgrade", "copy", "--to", "1.1", "--yes", "--as", viewer.username)
        assert (ended.code, "this takes an operator" in ended.err) == (2, True)
        assert upgrades() == []

    def test_a_stranger_learns_nothing(
        self, command: Command, copy: Application, second: TemplateVersion, stranger: User
    ) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--yes", "--as", stranger.username)
        assert (ended.code, ended.out, ended.err) == (2, "", "There is no application copy.\n")
