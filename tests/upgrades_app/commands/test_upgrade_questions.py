"""upgrade: what only the operator decides, and the switches that say it."""

import pytest

from apps_app.models import Application
from templates_app.models import AppTemplate, TemplateVersion
from tests.specs import DB_UPGRADED, WEB_AND_DB, changed, without
from tests.upgrades_app.commands.conftest import Command, edit, upgrades
from tests.upgrades_app.road import fresh, released

pytestmark = pytest.mark.django_db


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
        summary = command("upgrade", "copy", "--to", "1.1", "--dry-run", "--json")
        assert (summary.code, summary.document["ok"], len(summary.document["faults"])) == (2, False, 2)
        assert {item["name"] for item in summary.document["plan"]["questions"] if item["open"]} == {
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
        ended = command("upgrade", "copy", "--to", "1.1", "--only", "redis", "--yes")
        assert ended.code == 0
        assert "copy: Partly done: 1 of 3 components at 1.1, written as commit" in ended.out
        now = fresh(copy)
        assert now.installation.version.version == "1.0"  # type: ignore[union-attr]  # it was installed
        assert now.applied_spec().components.keys() == {"web", "db", "redis"}
        summary = command("outdated", "--json")
        assert summary.code == 3
        assert [(item["version"], item["partial"], item["newest"]) for item in summary.document["installations"]] == [
            ("1.0", "1 of 3 at 1.1", "1.1")
        ]
        assert command("outdated").out == "copy  Shop 1.0 (1 of 3 at 1.1) → 1.1\n"

    def test_json_says_how_far_it_came(self, command: Command, copy: Application, second: TemplateVersion) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--only", "redis", "--yes", "--json")
        assert (ended.code, ended.document["status"]) == (0, "partially_upgraded")
        assert ended.document["partial"] == "1 of 3 at 1.1"
        rest = command("upgrade", "copy", "--to", "1.1", "--yes", "--json")
        assert (rest.document["status"], rest.document["partial"]) == ("succeeded", "")

    def test_a_batch_says_so_too(self, command: Command, copy: Application, second: TemplateVersion) -> None:
        switches = ("--template", "shop", "--to", "1.1", "--yes", "--json")
        ended = command("upgrade_batch", *switches, "--only", "redis")
        (line,) = ended.document["installations"]
        assert (ended.code, line["result"], line["partial"]) == (0, "upgraded", "1 of 3 at 1.1")
        (repeated,) = command("upgrade_batch", *switches).document["installations"]
        assert (repeated["from"], repeated["result"], repeated["partial"]) == ("1.0 (1 of 3 at 1.1)", "upgraded", "")

    def test_one_that_nobody_has_is_refused(self, command: Command, copy: Application, second: TemplateVersion) -> None:
        ended = command("upgrade", "copy", "--to", "1.1", "--only", "rabbit", "--yes")
        assert (ended.code, ended.err) == (2, "There is no component rabbit in Copy or in Shop 1.1.\n")
