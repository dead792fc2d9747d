"""Dependencies first, removals last in reverse, and nobody takes over what is still held."""

import random
from typing import Any

import pytest

from templates_app.appspec.schema.model import AppSpec
from tests.specs import spec
from upgrades_app.engine.planning.order import in_order
from upgrades_app.engine.planning.plan import Action

NOTHING = AppSpec()


def needs(*keys: str, **more: Any) -> dict[str, Any]:
    return {"image": "one:1", "depends_on": {key: {} for key in keys}, **more}


def waves(before: AppSpec, after: AppSpec) -> list[list[str]]:
    """The keys wave by wave, where everything that is on both sides is replaced."""
    actions = {
        key: Action.REMOVE if key not in after.components else Action.RECREATE
        for key in before.components.keys() | after.components.keys()
    }
    places = in_order(actions, before, after)
    numbers = sorted({place.wave for place in places})
    assert numbers == list(range(1, len(numbers) + 1))
    return [[place.key for place in places if place.wave == number] for number in numbers]


CHAIN = spec(web=needs("api"), api=needs("db", "cache"), db=needs(), cache=needs())


def test_dependencies_come_first() -> None:
    assert waves(NOTHING, CHAIN) == [["cache", "db"], ["api"], ["web"]]


def test_removals_go_in_reverse() -> None:
    assert waves(CHAIN, NOTHING) == [["web"], ["api"], ["cache", "db"]]


def test_removals_come_last() -> None:
    after = spec(web=needs("new"), new=needs())

    assert waves(CHAIN, after) == [["new"], ["web"], ["api"], ["cache", "db"]]


def test_a_lent_network_is_a_dependency() -> None:
    assert waves(NOTHING, spec(web=needs(network_mode="service:vpn"), vpn=needs())) == [["vpn"], ["web"]]


@pytest.mark.parametrize(
    "held",
    [
        {"ports": {"80/tcp": {"8080": {}}}},
        {"mounts": {"/data": {"source": "data"}}},
        {"engine": {"container_name": "data"}},
    ],
    ids=["port", "volume", "name of a container"],
)
def test_what_is_taken_over_is_given_up_first(held: dict[str, Any]) -> None:
    before = spec(old=needs(**held), beside=needs("old"), user=needs("old"))
    after = spec(new=needs(**held), user=needs("new"))

    assert waves(before, after) == [["beside"], ["old"], ["new"], ["user"]]


def test_nothing_else_is_done_between_a_removal_and_its_successor() -> None:
    data = {"mounts": {"/data": {"source": "data"}}}
    before = spec(db=needs(**data), web=needs("db"), mail=needs())
    after = spec(database=needs(**data), web=needs("database"), mail=needs("cache"), cache=needs(), zoo=needs())

    assert waves(before, after) == [["cache", "zoo"], ["mail"], ["db"], ["database"], ["web"]]


def test_two_that_give_way_to_each_others_neighbours_are_no_circle() -> None:
    item: dict[str, Any] = {"ports": {"80/tcp": {"8080": {}}}}
    two: dict[str, Any] = {"mounts": {"/data": {"source": "data"}}}
    before = spec(a=needs(**item), b=needs(**two))
    after = spec(x=needs(**item), y=needs("x", **two))

    assert waves(before, after) == [["a", "b"], ["x"], ["y"]]


def test_the_same_port_by_another_protocol_is_another_one() -> None:
    before = spec(old=needs(ports={"53/udp": {"53": {}}}))
    after = spec(new=needs(ports={"53/tcp": {"53": {}}}))

    assert waves(before, after) == [["new"], ["old"]]


def test_a_circle_is_ordered_by_name() -> None:
    assert waves(NOTHING, spec(b=needs("a"), a=needs("b"))) == [["a"], ["b"]]


def test_the_order_does_not_depend_on_the_order_of_the_input() -> None:
    keys = list(CHAIN.components)
    for seed in range(10):
        random.Random(seed).shuffle(keys)
        shuffled = CHAIN.model_copy(update={"components": {key: CHAIN.components[key] for key in keys}})
        assert waves(NOTHING, shuffled) == waves(NOTHING, CHAIN)


def test_a_thousand_in_a_row() -> None:
    keys = [f"c{number:04}" for number in range(1000)]
    row = spec(**{key: needs(*keys[max(0, index - 1) : index]) for index, key in enumerate(keys)})

    assert waves(NOTHING, row) == [[key] for key in keys]
