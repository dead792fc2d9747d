"""upgrade: the plan, the questions, the confirm, the run, and what each ends with."""

import sys
from collections.abc import Callable
from io import StringIO

import pytest

from apps_app.drivers.memory import MemoryTarget
from apps_app.models import Application, Busy, Target
from config.accounts.models import User
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import DB_UPGRADED, WEB_AND_DB, WITH_REDIS, changed, without
from tests.upgrades_app.commands.conftest import Command
from tests.upgrades_app.road import fresh, installed, moved, released
from upgrades_app.engine.situation import Kind
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db


def upgrades() -> list[str]:
    return list(UpgradeRecord.objects.filter(kind="upgrade").values_list("status", flat=True))


def edit(application: Application, key: str, **fields: object) -> None:
    """An operator's own change, applied."""
    row = application.components.get(key=key)
    row.desired = changed(fresh(application).desired_spec(), key, **fields).components[key].plain
    row.revision += 1
    row.save()
    moved(application, Kind.CHANGE, None)


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
    told = ended.document
    assert (ended.code, ended.err, told["ok"], told["application"]) == (0, "", True, "copy")
    assert (told["from"], told["to"], told["status"]) == ("1.0", "1.1", "succeeded")
    assert told["reference"]
    assert {one["key"]: one["status"] for one in told["steps"]}["redis"] == "done"


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
        told = command("upgrade", "copy", "--to", "1.1", "--json").document
        assert (told["ok"], told["error"]) == (False, ended.err.strip())
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


class TestQuestions:
    """Yes answers none of them."""

    @pytest.fixture
    def torn(self, copy: Application, shop: AppTemplate) -> Application:
        """web's user was changed here and there, and the template's next version drops db."""
        edit(copy, "web", user="ours")
        released(shop, "1.1", changed(without(WEB_AND_DB, "db"), "web", user="theirs", depends_on=None))
        return copy

    def test_what_is_open_is_refused_with_how_to_answer_it(self, command: Command, torn: Application) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--yes")
        assert ended.code == 2
        assert ended.err.splitlines()[0] == "copy cannot be upgraded yet: 2 questions are open."
        assert "--answer conflict:components.web.user=ours|theirs" in ended.err
        assert "--answer removed:db=remove|keep" in ended.err
        told = command("upgrade", "copy", "--to", "1.1", "--dry-run", "--json")
        assert (told.code, told.document["ok"], len(told.document["faults"])) == (2, False, 2)
        assert {one["name"] for one in told.document["plan"]["questions"] if one["open"]} == {
            "conflict:components.web.user",
            "removed:db",
        }
        assert upgrades() == []

    @pytest.mark.parametrize(
        ("switches", "user", "keys"),
        [
            (["--on-conflict", "ours", "--on-removed", "keep"], "ours", {"web", "db"}),
            (["--on-conflict", "theirs", "--on-removed", "remove"], "theirs", {"web"}),
            (
                ["--on-conflict", "ours", "--answer", "conflict:components.web.user=theirs", "--on-removed", "keep"],
                "theirs",
                {"web", "db"},
            ),
        ],
        ids=["ours", "theirs", "one by one"],
    )
    def test_what_is_answered_is_done(
        self, command: Command, torn: Application, switches: list[str], user: str, keys: set[str]
    ) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", *switches, "--yes")
        assert ended.code == 0, ended
        spec = fresh(torn).applied_spec()
        assert spec.components["web"].user == user
        assert spec.components.keys() == keys

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            ("conflict:components.web.user=mine", "is ours or theirs, not mine"),
            ("conflict:components.web.image=ours", "There is no question conflict:components.web.image"),
            ("web", "takes QUESTION=CHOICE"),
            ("value:WORKERS=3", "takes QUESTION=CHOICE"),
        ],
    )
    def test_an_answer_to_nothing_is_refused(self, command: Command, torn: Application, answer: str, said: str) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--answer", answer, "--yes")
        assert ended.code == 2
        assert said in ended.err

    def test_a_risk_to_data_is_accepted_by_its_own_switch(
        self, command: Command, copy: Application, shop: AppTemplate
    ) -> None:
        released(shop, "1.1", DB_UPGRADED)
        ended = command("upgrade", "copy", "--to", "1.1", "--on-conflict", "theirs", "--on-removed", "remove", "--yes")
        assert ended.code == 2
        assert "--accept-data-risk" in ended.err
        assert command("upgrade", "copy", "--to", "1.1", "--accept-data-risk", "--yes").code == 0
        assert fresh(copy).applied_spec() == DB_UPGRADED


class TestValues:
    def test_a_value_is_set_with_the_upgrade(
        self, command: Command, copy: Application, second: TemplateVersion
    ) -> None:
        assert command("upgrade", "copy", "--to", "1.1", "--set", "WORKERS=8", "--yes").code == 0
        assert copy.values.get(name="WORKERS").applied.reveal() == "8"  # type: ignore[union-attr]  # applied above

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("NOTHING=1", "parameters.NOTHING: there is no parameter NOTHING"),
            ("WEB_IMAGE=shop/web:9", "is decided by the version and cannot be set"),
            ("DB_PASSWORD=hunter2", "--secret-from-file"),
            ("WORKERS", "takes NAME=VALUE"),
        ],
    )
    def test_a_value_that_cannot_be_set_is_refused(
        self, command: Command, copy: Application, second: TemplateVersion, given: str, said: str
    ) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--set", given, "--yes", "--json")
        assert ended.code == 2
        assert said in ended.out
        assert "hunter2" not in ended.out
        assert upgrades() == []


class TestOnly:
    def test_only_one_component_is_taken(self, command: Command, copy: Application, second: TemplateVersion) -> None:
        assert command("upgrade", "copy", "--to", "1.1", "--only", "redis", "--yes").code == 0
        now = fresh(copy)
        assert now.installation.version.version == "1.0"  # type: ignore[union-attr]  # it was installed
        assert now.applied_spec().components.keys() == {"web", "db", "redis"}
        told = command("outdated", "--json")
        assert told.code == 3
        assert [(one["version"], one["partial"], one["newest"]) for one in told.document["installations"]] == [
            ("1.0", "1 of 3 at 1.1", "1.1")
        ]

    def test_one_that_nobody_has_is_refused(self, command: Command, copy: Application, second: TemplateVersion) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--only", "rabbit", "--yes")
        assert (ended.code, ended.err) == (2, "There is no component rabbit in Copy or in Shop 1.1.\n")


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
    monkeypatch.setattr("upgrades_app.commands.proposing.defer_run", deferred.append)
    told = command("upgrade", "copy", "--to", "1.1", "--detach", "--yes", "--json").document
    assert (told["ok"], told["status"]) == (True, "queued")
    assert deferred == [told["record"]]
    again = command("upgrade", "copy", "--to", "1.1", "--yes")
    assert again.code == 2
    assert "Upgrade 1.0 → 1.1 is at work, begun by" in again.err


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
        assert (ended.code, "is not an operator" in ended.err) == (2, True)
        assert upgrades() == []

    def test_a_stranger_learns_nothing(
        self, command: Command, copy: Application, second: TemplateVersion, stranger: User
    ) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--yes", "--as", stranger.username)
        assert (ended.code, ended.out, ended.err) == (2, "", "There is no application copy.\n")
