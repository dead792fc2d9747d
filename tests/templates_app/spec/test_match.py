"""Which component stands for which."""

from typing import Any

import pytest

from templates_app.appspec.linking.component_matching import match, renames
from templates_app.appspec.schema.errors import SpecError
from tests.specs import spec


def told(version: dict[str, Any], application: dict[str, Any], **by_hand: str) -> list[str]:
    sides = [
        spec(**{key: {"image": image} for key, image in images.items()}).components for images in (version, application)
    ]
    return [f"{pair.template_key}={pair.key or '-'}: {pair.reason}" for pair in match(sides[0], sides[1], by_hand)]


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
        "cache=-: one, two run redis: say which it is"
    ]
    assert told({"cache": "redis:8"}, {"one": "redis:7", "two": "redis:7"}, cache="two") == ["cache=two: as you said"]


def test_none_here_is_said_too() -> None:
    assert told({"cache": "redis:8"}, {"web": "shop/web:1"}) == ["cache=-: nothing here has its key or its image"]
    assert told({"cache": "redis:8"}, {"store": "redis:8"}, cache="") == ["cache=-: as you said"]


def test_names_what_ends_under_another_key() -> None:
    version, application = spec(cache={"image": "redis:8"}), spec(store={"image": "redis:7"})
    assert renames(match(version.components, application.components, {})) == {"cache": "store"}


@pytest.mark.parametrize(
    ("by_hand", "fault"),
    [
        ({"nothing": "web"}, "components.nothing: the version has no component nothing"),
        ({"web": "nothing"}, "components.nothing: there is no component nothing here"),
        ({"web": "web", "db": "web"}, "components.web: web cannot stand for two components"),
        ({"web": "db"}, "components.db: the version has a component db too; say which one here stands for it"),
        ({"db": ""}, "components.db: the version has a component db too; say which one here stands for it"),
    ],
)
def test_refuses_what_cannot_be_meant(by_hand: dict[str, str], fault: str) -> None:
    both = spec(web={"image": "shop/web:1"}, db={"image": "postgres:17"}).components
    with pytest.raises(SpecError) as error:
        match(both, both, by_hand)
    assert str(error.value) == fault
