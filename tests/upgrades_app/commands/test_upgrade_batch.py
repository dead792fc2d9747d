"""upgrade_batch: every installation that is behind, one line each, and none harms another."""

import pytest

from apps_app.drivers.memory import MemoryTarget
from apps_app.models import Application, Installation, Target
from config.accounts.models import User
from templates_app.models import AppTemplate, TemplateVersion
from tests.factories import TemplateVersionFactory
from tests.specs import WEB_AND_DB, WITH_REDIS, changed
from tests.upgrades_app.commands.conftest import Command, Ended, edit
from tests.upgrades_app.road import fresh, installed, released
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db

BATCH = ("upgrade_batch", "--template", "shop", "--to", "1.1")
COUNTS = dict.fromkeys(("upgraded", "queued", "to do", "nothing to do", "refused", "failed", "not tried"), 0)


@pytest.fixture
def three(first: TemplateVersion, engine: Target) -> list[Application]:
    return [installed(first, engine, name) for name in ("a", "b", "c")]


def at(applications: list[Application]) -> list[str]:
    return [fresh(application).installation.version.version for application in applications]  # type: ignore[union-attr]  # installed


def results(ended: Ended) -> dict[str, str]:
    return {item["application"]: item["result"] for item in ended.document["installations"]}


def test_everyone_that_is_behind_is_upgraded(
    command: Command, three: list[Application], second: TemplateVersion
) -> None:
    ended = command(*BATCH, "--yes")
    assert ended.code == 0, ended
    *lines, summary = ended.out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["a", "1.0", "upgraded"],
        ["b", "1.0", "upgraded"],
        ["c", "1.0", "upgraded"],
    ]
    assert summary == "3 behind Shop 1.1: 3 upgraded"
    assert at(three) == ["1.1", "1.1", "1.1"]
    repeated = command(*BATCH, "--yes")
    assert (repeated.code, repeated.out) == (0, "No installation that you may see is behind Shop 1.1.\n")


def test_a_failure_of_one_harms_no_other(
    command: Command, three: list[Application], second: TemplateVersion, pretended: MemoryTarget
) -> None:
    pretended.fail("apply", "web", message="the disk is full")
    ended = command(*BATCH, "--yes", "--json")
    assert (ended.code, ended.document["ok"]) == (1, False)
    assert results(ended) == {"a": "failed", "b": "upgraded", "c": "upgraded"}
    assert ended.document["counts"] == {**COUNTS, "failed": 1, "upgraded": 2}
    assert "the disk is full" in ended.document["installations"][0]["sentence"]
    assert at(three) == ["1.0", "1.1", "1.1"]
    assert fresh(three[0]).applied_spec() == WEB_AND_DB


def test_a_defect_in_one_harms_no_other(command: Command, three: list[Application], second: TemplateVersion) -> None:
    three[1].components.filter(key="web").update(desired={"image": 7})
    ended = command(*BATCH, "--yes", "--json")
    assert ended.code == 2
    assert results(ended) == {"a": "upgraded", "b": "refused", "c": "upgraded"}
    assert "web, image: must be text" in ended.out


def test_one_with_an_open_question_is_refused_and_told(
    command: Command, three: list[Application], shop: AppTemplate
) -> None:
    edit(three[1], "web", user="ours")
    released(shop, "1.1", changed(WITH_REDIS, "web", user="theirs"))
    ended = command(*BATCH, "--yes")
    assert ended.code == 2
    assert "--answer conflict:components.web.user=ours|theirs" in ended.out
    assert ended.out.splitlines()[-1] == "3 behind Shop 1.1: 2 upgraded, 1 refused"
    assert at(three) == ["1.1", "1.0", "1.1"]
    assert command(*BATCH, "--on-conflict", "ours", "--yes").code == 0
    assert fresh(three[1]).applied_spec().components["web"].user == "ours"


def test_after_so_many_failures_no_more_are_begun(
    command: Command, three: list[Application], second: TemplateVersion, pretended: MemoryTarget
) -> None:
    pretended.fail("apply", "web", times=9)
    ended = command(*BATCH, "--max-failures", "2", "--yes", "--json")
    assert (ended.code, results(ended)) == (1, {"a": "failed", "b": "failed", "c": "not tried"})
    assert UpgradeRecord.objects.filter(kind="upgrade", application=three[2]).count() == 0


def test_so_many_and_no_more(command: Command, three: list[Application], second: TemplateVersion) -> None:
    assert command(*BATCH, "--limit", "2", "--yes").code == 0
    assert at(three) == ["1.1", "1.1", "1.0"]


def test_what_is_refused_does_not_use_up_the_limit(
    command: Command, three: list[Application], shop: AppTemplate
) -> None:
    edit(three[0], "web", user="ours")
    released(shop, "1.1", changed(WITH_REDIS, "web", user="theirs"))
    ended = command(*BATCH, "--limit", "1", "--yes", "--json")
    assert results(ended) == {"a": "refused", "b": "upgraded", "c": "not tried"}


@pytest.mark.parametrize(
    ("specifier", "code", "expected"),
    [
        ("<1.0", 0, {}),
        ("1.0", 3, {"a": "to do", "b": "to do", "c": "to do"}),
        (">=1.0,<1.1", 3, None),
        ("wat", 2, None),
    ],
)
def test_only_from_some_versions(
    command: Command,
    three: list[Application],
    second: TemplateVersion,
    specifier: str,
    code: int,
    expected: dict[str, str] | None,
) -> None:
    ended = command(*BATCH, "--from", specifier, "--dry-run", "--json")
    assert ended.code == code
    if expected is not None:
        assert results(ended) == expected


class TestPlan:
    def test_what_the_dry_run_printed_is_run(
        self, command: Command, three: list[Application], second: TemplateVersion
    ) -> None:
        ended = command(*BATCH, "--dry-run", "--json")
        assert (ended.code, at(three)) == (3, ["1.0", "1.0", "1.0"])
        assert command(*BATCH, "--plan", ended.document["digest"], "--yes").code == 0
        assert at(three) == ["1.1", "1.1", "1.1"]

    def test_nothing_runs_once_one_has_moved(
        self, command: Command, three: list[Application], second: TemplateVersion
    ) -> None:
        digest = command(*BATCH, "--dry-run", "--json").document["digest"]
        edit(three[2], "web", user="app")
        ended = command(*BATCH, "--plan", digest, "--yes")
        assert (ended.code, "The plans are others now" in ended.err) == (2, True)
        assert at(three) == ["1.0", "1.0", "1.0"]


def test_without_a_terminal_yes_is_needed(command: Command, three: list[Application], second: TemplateVersion) -> None:
    assert (command(*BATCH).code, at(three)) == (2, ["1.0", "1.0", "1.0"])


def test_one_that_takes_final_releases_only_is_left_out(
    command: Command, three: list[Application], shop: AppTemplate
) -> None:
    TemplateVersionFactory.create(template=shop, version="1.1rc1", spec=WITH_REDIS)
    Installation.objects.filter(application=three[1]).update(channel="all")
    ended = command("upgrade_batch", "--template", "shop", "--to", "1.1rc1", "--yes", "--json")
    assert results(ended) == {"b": "upgraded"}


def test_of_what_one_may_see(
    command: Command, three: list[Application], second: TemplateVersion, viewer: User, stranger: User
) -> None:
    ended = command(*BATCH, "--yes", "--json", "--as", viewer.username)
    assert (ended.code, set(results(ended).values())) == (2, {"refused"})
    assert command(*BATCH, "--yes", "--as", stranger.username).err == "There is no template shop.\n"


@pytest.mark.parametrize("words", [["--limit", "0"], ["--max-failures", "0"], ["--max-failures", "1", "--detach"]])
def test_switches_that_make_no_sense(command: Command, second: TemplateVersion, words: list[str]) -> None:
    assert command(*BATCH, *words, "--yes").code == 2
