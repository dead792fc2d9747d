"""Real releases, one after the other: each pair compared, an installation upgraded along, and back again."""

from itertools import pairwise
from pathlib import Path

import pytest

from apps_app.formats.compose.env_file import read_env
from apps_app.models import Application, Origin, Target
from apps_app.queries.rendered_spec import rendered
from config.accounts.models import Team
from templates_app.appspec.presentation.published_view import as_published
from templates_app.models import TemplateVersion
from tests.apps_app.sources.reference import config, meaning, reader
from tests.realworld.chains import FILE, Chain, by_symbol, copy_of, image_changes, published, upgraded_along
from tests.realworld.holdings import held
from upgrades_app.actions.build_plan import propose
from upgrades_app.engine.inputs.planning_input import Answers, Kind
from upgrades_app.engine.planning.plan import told

pytestmark = [pytest.mark.django_db, pytest.mark.realworld]
needs_reader = pytest.mark.skipif(reader() is None, reason="Compose's own reader is not here (UPLIFT_TEST_COMPOSE)")

type Images = dict[str, str]


def reference_images(chain: Chain, realworld: Path) -> list[Images]:
    """Service → image, as Compose's own reader has them, release by release."""
    answers = [config(chain.folder(realworld, release), [FILE]) for release in chain.releases]
    return [{key: item["image"] for key, item in answer["services"].items()} for answer in answers]


def changed_images(before: Images, after: Images) -> dict[str, tuple[str | None, str | None]]:
    """Of services that stay or are new."""
    return {key: (before.get(key), image) for key, image in after.items() if before.get(key) != image}


def origins(application: Application) -> set[tuple[str, int, str]]:
    """Where each component of the template comes from."""
    return set(application.installation.origins.values_list("template_key", "version", "state"))


def assert_the_same(application: Application, other: Application) -> None:
    """Documents as they are written and as they read, what was applied, and what the target has."""
    assert application.desired_spec() == other.desired_spec()
    assert application.applied_spec() == other.applied_spec()
    assert rendered(application, application.desired_spec()) == rendered(other, other.desired_spec())
    assert held(application) == held(other)


@needs_reader
@pytest.mark.reference
def test_each_pair_lists_exactly_the_image_changes_of_the_reference(
    chain: Chain, realworld: Path, team: Team, memory: Target
) -> None:
    versions, images = published(chain, realworld, team), reference_images(chain, realworld)
    journey = copy_of(versions[0], memory)
    jump = propose(journey.now, Kind.UPGRADE, versions[-1], Answers()).plan
    assert image_changes(jump) == changed_images(images[0], images[-1]), told(jump)
    upgraded_along(journey, versions[1:])
    for (before, after), version, plan in zip(pairwise(images), versions[1:], journey.plans, strict=True):
        assert image_changes(plan) == changed_images(before, after), told(plan)
        assert by_symbol(plan, "+") == after.keys() - before.keys()
        assert by_symbol(plan, "−") == before.keys() - after.keys()
        lines = {line.key: line for line in version.sync_records.all()}
        assert {key: line.image for key, line in lines.items() if line.relation != "removed"} == after
        assert {key for key, line in lines.items() if line.relation == "new"} == after.keys() - before.keys()
        assert {key for key, line in lines.items() if line.relation == "removed"} == before.keys() - after.keys()


@needs_reader
@pytest.mark.reference
def test_after_all_upgrades_git_holds_what_the_project_released(
    chain: Chain, versions: list[TemplateVersion], realworld: Path, git: Target
) -> None:
    """Compose's own reader understands the same of our files as of the project's."""
    journey = copy_of(versions[0], git)
    upgraded_along(journey, versions[1:])
    original = chain.folder(realworld, chain.releases[-1])
    ours = Path(str(git.config["path"])) / journey.now.slug
    values = read_env(".env", (original / ".env").read_bytes())
    assert meaning(config(ours, ["compose.yaml"]), ours, {}, set()) == meaning(
        config(original, [FILE]), original, values, set()
    )


def test_upgrading_along_all_releases_ends_as_a_fresh_install_of_the_last(
    chain: Chain, versions: list[TemplateVersion], target: Target
) -> None:
    journey = copy_of(versions[0], target)
    for version in versions[1:]:
        journey.go(Kind.UPGRADE, version)
        now = journey.now
        assert now.desired_spec() == now.applied_spec() == version.spec
        assert rendered(now, now.desired_spec()) == as_published(version.spec)
        assert now.installation.version == version
        assert origins(now) == {(key, version.pk, Origin.State.PRESENT) for key in version.spec.components}
    assert_the_same(journey.now, copy_of(versions[-1], target, "Fresh").now)


def test_the_jump_from_first_to_last_ends_as_a_fresh_install_of_the_last(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    upgraded_along(journey, versions[-1:])
    assert_the_same(journey.now, copy_of(versions[-1], memory, "Fresh").now)


def test_each_step_back_brings_exactly_what_was(chain: Chain, versions: list[TemplateVersion], target: Target) -> None:
    journey, was = copy_of(versions[0], target), []
    for before, version in pairwise(versions):
        was.append((before, journey.now.desired_spec(), held(journey.now), origins(journey.now)))
        journey.go(Kind.UPGRADE, version)
    for version, spec, current, came_from in reversed(was):
        journey.go(Kind.ROLLBACK, version)
        now = journey.now
        assert now.desired_spec() == now.applied_spec() == spec
        assert held(now) == current
        assert now.installation.version == version
        assert origins(now) == came_from


def test_one_way_back_over_all_releases_and_forth_again(
    chain: Chain, versions: list[TemplateVersion], memory: Target
) -> None:
    journey = copy_of(versions[0], memory)
    before = held(journey.now)
    upgraded_along(journey, versions[1:])
    after = held(journey.now)
    journey.go(Kind.ROLLBACK, versions[0])
    assert journey.now.desired_spec() == versions[0].spec
    assert held(journey.now) == before
    upgraded_along(journey, versions[-1:])
    assert journey.now.desired_spec() == versions[-1].spec
    assert held(journey.now) == after
