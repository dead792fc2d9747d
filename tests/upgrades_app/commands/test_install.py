"""install: a new application out of a version, or nothing at all."""

from pathlib import Path

import pytest

from apps_app.drivers.memory import MemoryTarget
from apps_app.models import Application, Target
from config.accounts.models import Team, User
from templates_app.appspec.schema.parse import parse
from templates_app.models import AppTemplate, TemplateVersion
from tests.factories import TargetFactory, TeamFactory
from tests.specs import WEB_AND_DB
from tests.upgrades_app.commands.conftest import Command
from tests.upgrades_app.road import released
from upgrades_app.models import UpgradeRecord

pytestmark = pytest.mark.django_db

INSTALL = ("install", "shop", "--version", "1.0", "--app", "Shop copy")


def there() -> list[str]:
    return list(Application.objects.values_list("slug", flat=True))


def test_a_version_becomes_an_application(command: Command, first: TemplateVersion, files: Target) -> None:
    ended = command(*INSTALL, "--target", "files", "--set", "WORKERS=4", "--yes")
    assert ended.code == 0, ended
    assert ended.out.splitlines()[-1].startswith("shop-copy: 1.0 written as commit ")
    application = Application.objects.get(slug="shop-copy")
    assert application.applied_spec() == WEB_AND_DB
    assert application.installation.version == first
    assert application.values.get(name="WORKERS").applied.reveal() == "4"  # type: ignore[union-attr]  # applied above
    assert application.values.get(name="DB_PASSWORD").source == "generated"


def test_a_dry_run_makes_nothing_and_its_plan_can_be_run(
    command: Command, first: TemplateVersion, files: Target
) -> None:
    ended = command(*INSTALL, "--target", "files", "--dry-run", "--json")
    assert (ended.code, there()) == (3, [])
    digest = ended.document["plan"]["digest"]
    refused = command(*INSTALL, "--target", "files", "--set", "WORKERS=4", "--plan", digest, "--yes")
    assert (refused.code, there()) == (2, [])
    assert command(*INSTALL, "--target", "files", "--plan", digest, "--yes").code == 0
    assert UpgradeRecord.objects.get().digest == digest


def test_a_dry_run_asks_the_target(
    command: Command, first: TemplateVersion, engine: Target, pretended: MemoryTarget
) -> None:
    pretended.warn_of("db", "the volume shared_stuff is also used by the container other")
    ended = command(*INSTALL, "--target", engine.slug, "--dry-run", "--json")
    assert (ended.code, ended.document["warnings"]) == (
        3,
        ["the volume shared_stuff is also used by the container other"],
    )
    pretended.object_to("web", "port 8300 is used by the container legacy-web; 8301 is free")
    ended = command(*INSTALL, "--target", engine.slug, "--dry-run")
    assert (ended.code, there()) == (2, [])
    assert "port 8300 is used by the container legacy-web; 8301 is free" in ended.err
    assert not UpgradeRecord.objects.exists()


def test_without_a_yes_nothing_is_made(command: Command, first: TemplateVersion, files: Target) -> None:
    ended = command(*INSTALL, "--target", "files")
    assert (ended.code, there()) == (2, [])
    assert not UpgradeRecord.objects.exists()


def test_a_secret_comes_from_a_file_and_is_shown_nowhere(
    command: Command, first: TemplateVersion, files: Target, tmp_path: Path
) -> None:
    held = tmp_path / "password.txt"
    held.write_text("hunter=2\n")
    ended = command(*INSTALL, "--target", "files", "--secret-from-file", f"DB_PASSWORD={held}", "--yes")
    assert ended.code == 0, ended
    assert "hunter" not in ended.out + ended.err
    value = Application.objects.get().values.get(name="DB_PASSWORD")
    assert value.applied.reveal() == "hunter=2"  # type: ignore[union-attr]  # applied above
    assert value.source == "set"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read: No such file"), (b"", "is empty"), (b"\xff\xfe", "is not UTF-8 text")]
)
def test_a_file_that_holds_no_secret_is_refused(
    command: Command, first: TemplateVersion, files: Target, tmp_path: Path, content: bytes | None, said: str
) -> None:
    held = tmp_path / "password.txt"
    if content is not None:
        held.write_bytes(content)
    ended = command(*INSTALL, "--target", "files", "--secret-from-file", f"DB_PASSWORD={held}", "--yes")
    assert (ended.code, there()) == (2, [])
    assert said in ended.err


def test_a_value_that_is_needed_is_asked_for(
    command: Command, shop: AppTemplate, files: Target, tmp_path: Path
) -> None:
    parameter = WEB_AND_DB.parameters["DB_PASSWORD"].model_copy(update={"generate": ""})
    spec = WEB_AND_DB.model_copy(update={"parameters": {**WEB_AND_DB.parameters, "DB_PASSWORD": parameter}})
    released(shop, "1.0", spec)
    ended = command(*INSTALL, "--target", "files", "--yes")
    assert (ended.code, there()) == (2, [])
    assert "Database password needs a value  --secret-from-file DB_PASSWORD=…" in ended.err


def test_a_name_that_is_taken_is_refused(command: Command, first: TemplateVersion, files: Target) -> None:
    assert command(*INSTALL, "--target", "files", "--yes").code == 0
    for name in ("Shop copy", "shop-copy"):
        ended = command(*INSTALL[:-1], name, "--target", "files", "--yes")
        assert (ended.code, ended.err) == (2, "There is an application shop-copy already.\n")
    assert there() == ["shop-copy"]


def test_an_install_that_failed_can_be_given_again(
    command: Command, first: TemplateVersion, engine: Target, pretended: MemoryTarget
) -> None:
    pretended.fail("apply", "web", message="the disk is full")
    ended = command(*INSTALL, "--target", "memory", "--yes")
    assert (ended.code, ended.err) == (1, "shop-copy: Failed, restored: not installed (web: the disk is full)\n")
    assert command(*INSTALL, "--target", "memory", "--yes").code == 0
    assert there() == ["shop-copy"]
    assert Application.objects.get().applied_spec() == WEB_AND_DB


def test_a_target_of_a_name_that_several_teams_use(command: Command, first: TemplateVersion, files: Target) -> None:
    other = TargetFactory.create(slug="files", team=TeamFactory.create(slug="bakery"))
    ended = command(*INSTALL, "--target", "files", "--yes")
    assert (ended.code, "bakery, shop" in ended.err) == (2, True)
    assert command(*INSTALL, "--target", "files", "--team", "bakery", "--yes").code == 0
    assert Application.objects.get().target == other


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing", "--version", "1.0", "--target", "files"], "There is no template nothing."),
        (["shop", "--version", "3", "--target", "files"], "Shop has no version 3."),
        (["shop", "--version", "1.0", "--target", "moon"], "There is no target moon."),
    ],
)
def test_what_is_not_there(
    command: Command, first: TemplateVersion, files: Target, words: list[str], said: str
) -> None:
    ended = command("install", *words, "--app", "copy", "--yes", "--json")
    assert (ended.code, ended.document) == (2, {"ok": False, "error": said})


def test_only_operators_install(
    command: Command, team: Team, first: TemplateVersion, files: Target, viewer: User, operator: User, stranger: User
) -> None:
    words = (*INSTALL, "--target", "files", "--yes", "--as")
    assert (command(*words, viewer.username).code, there()) == (2, [])
    assert command(*words, stranger.username).err == "There is no template shop.\n"
    assert command(*words, operator.username).code == 0


FIXED = parse({"components": {"web": {"image": "web:1", "ports": {"80/tcp": {"8080": {}}, "53/udp": {"53": {}}}}}})


def test_a_taken_port_is_told_with_the_switch_that_takes_another(
    command: Command, shop: AppTemplate, engine: Target
) -> None:
    released(shop, "1.0", FIXED)
    assert command(*INSTALL, "--target", engine.slug, "--yes").code == 0
    repeated = ("install", "shop", "--version", "1.0", "--app", "Second", "--target", engine.slug)

    ended = command(*repeated, "--dry-run")
    assert "web publishes 8080/tcp, and so does web of Shop copy on this target" in ended.out
    assert "8081 is free. --port web:8080=8081" in ended.out
    assert "--port web:53/udp=54" in ended.out

    other = ("--port", "web:8080=8081", "--port", "web:53/udp=54")
    ended = command(*repeated, *other, "--dry-run")
    assert "and so does" not in ended.out
    assert command(*repeated, *other, "--yes").code == 0
    ports = Application.objects.get(slug="second").applied_spec().components["web"].ports
    assert {port: list(where) for port, where in ports.items()} == {"80/tcp": ["8081"], "53/udp": ["54"]}


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("web:81=8081", "The template itself publishes no port web:81."),
        ("web:53=54", "The template itself publishes no port web:53."),
        ("web:8080=none", "--port takes a port for web:8080, not 'none'."),
    ],
)
def test_a_port_that_is_none_is_refused(
    command: Command, shop: AppTemplate, engine: Target, port: str, said: str
) -> None:
    released(shop, "1.0", FIXED)
    ended = command(*INSTALL, "--target", engine.slug, "--port", port, "--yes")
    assert ended.code == 2
    assert said in ended.err
    assert there() == []
