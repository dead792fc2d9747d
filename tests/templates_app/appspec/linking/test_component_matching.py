"""Component mapping."""

from typing import Any

import pytest

from templates_app.appspec.linking.component_matching import find_renames, match_components
from templates_app.appspec.schema.errors import SpecError
from tests.specs import spec


def told(version: dict[str, Any], application: dict[str, Any], **by_hand: str) -> list[str]:
    sides = [
        spec(**{key: {"image": image} for key, image in items.items()}).components for items in (version, application)
    ]
    return [
        f"{match.template_key}={match.key or '-'}: {match.reason}"
        for match in match_components(sides[0], sides[1], by_hand)
    ]


def test_by_key_first() -> None:
    assert told({"db": "postgres:17", "web": "shop/web:1"}, {"db": "postgres:16", "web": "shop/web:1"}) == [
        "db=db: same key",
        "web=web: same key",
    ]


def test_a_key_with_another_image_is_told() -> None:
    assert told({"db": "postgres:17"}, {"db": "mysql:8"}) == ["db=db: same key, but it runs mysql, not postgres"]


def test_then_by_the_image_whatever_its_registry_and_tag() -> None:
    assert told({"cache": "redis:8"}, {"store": "registry.example:5000/library/redis:7"}) == [
        "cache=store: same image, redis"
    ]


def test_two_of_one_image_are_for_a_person_to_tell_apart() -> None:
    assert told({"cache": "redis:8"}, {"one": "redis:7", "two": "redis:7"}) == [
        "cache=-: one, two run redis; choose one"
    ]
    assert told({"cache": "redis:8"}, {"one": "redis:7", "two": "redis:7"}, cache="two") == ["cache=two: chosen"]


def test_none_here_is_said_too() -> None:
    assert told({"cache": "redis:8"}, {"web": "shop/web:1"}) == ["cache=-: no component has this key or image"]
    assert told({"cache": "redis:8"}, {"store": "redis:8"}, cache="") == ["cache=-: chosen"]


def test_names_what_ends_under_another_key() -> None:
    version, application = spec(cache={"image": "redis:8"}), spec(store={"image": "redis:7"})
    assert find_renames(match_components(version.components, application.components, {})) == {"cache": "store"}


@pytest.mark.parametrize(
    ("by_hand", "fault"),
    [
        ({"nothing": "web"}, "components.nothing: unknown component nothing in the version"),
        ({"web": "nothing"}, "components.nothing: unknown component nothing"),
        ({"web": "web", "db": "web"}, "components.web: web cannot be mapped to two components"),
        (
            {"web": "db"},
            "components.db: the version has a component db too; choose the component that corresponds to it",
        ),
        ({"db": ""}, "components.db: the version has a component db too; choose the component that corresponds to it"),
    ],
)
def test_refuses_what_cannot_be_meant(by_hand: dict[str, str], fault: str) -> None:
    both = spec(web={"image": "shop/web:1"}, db={"image": "postgres:17"}).components
    with pytest.raises(SpecError) as error:
        match_components(both, both, by_hand)
    assert str(error.value) == fault
