import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps_app.topology import Edge, Node, lay_out_graph
from tests.apps_app.topology.checks import assert_apart, assert_sound
from tests.apps_app.topology.graphs import (
    HUB,
    RING,
    SHOP,
    Input,
    card,
    compose,
    graph,
    random_graph,
)

SENTRY = "sentry-self-hosted/25.6.0"
KEYS = [f"k{number}" for number in range(14)]
EDGES = st.sets(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=50)


def of(graph: Input, key: str) -> tuple[int, int]:
    placed = lay_out_graph(*graph).by_key[key]
    return placed.x, placed.y


@pytest.mark.parametrize("size", [0, 1, 2, 5, 60, 300])
@pytest.mark.parametrize("most", [0, 1, 3])
def test_every_size_is_sound_and_points_down(size: int, most: int) -> None:
    nodes, edges = random_graph(size, most)
    picture = lay_out_graph(nodes, edges)
    assert_sound(picture, edges)
    assert len(picture.nodes) == size
    assert all(edge.start[1] < edge.end[1] and not edge.against for edge in picture.edges)


@pytest.mark.realworld
@pytest.mark.parametrize(
    "name",
    [
        SENTRY,
        "sentry-self-hosted/24.6.0",
        "sentry-self-hosted/20.6.0",
        "opentelemetry-demo/1.5.0",
        "opentelemetry-demo/1.12.0",
        "voting-app",
    ],
)
def test_real_applications_are_sound(realworld: Path, name: str) -> None:
    nodes, edges = compose(realworld, name)
    picture = lay_out_graph(nodes, edges)
    assert_sound(picture, edges)
    assert all(edge.start[1] < edge.end[1] for edge in picture.edges)
    assert_apart(picture)


@pytest.mark.realworld
@pytest.mark.parametrize("name", [SENTRY, "sentry-self-hosted/20.6.0", "opentelemetry-demo/1.12.0"])
def test_the_corner_one_sees_first_is_not_empty(realworld: Path, name: str) -> None:
    picture = lay_out_graph(*compose(realworld, name))
    first = [placed for placed in picture.nodes if placed.x < 900 and placed.y < 600]
    assert len(first) >= 2


@pytest.mark.realworld
def test_sixty_components_stay_calm(realworld: Path) -> None:
    nodes, edges = compose(realworld, SENTRY)
    picture = lay_out_graph(nodes, edges)
    assert len(nodes) == 60
    assert len(edges) == 252
    assert len(picture.edges) < 20


@given(pairs=EDGES)
def test_any_graph_is_sound_also_with_cycles(pairs: set[tuple[str, str]]) -> None:
    edges = [Edge(*pair) for pair in pairs]
    picture = lay_out_graph(map(card, KEYS), edges)
    assert_sound(picture, [edge for edge in edges if edge.source != edge.target])


@given(pairs=EDGES, seed=st.integers(0, 100))
def test_the_order_of_the_input_never_moves_the_picture(pairs: set[tuple[str, str]], seed: int) -> None:
    nodes, edges = [card(key) for key in KEYS], [Edge(*pair) for pair in sorted(pairs)]
    picture = lay_out_graph(nodes, edges)
    chance = random.Random(seed)
    assert lay_out_graph(chance.sample(nodes, len(nodes)), chance.sample(edges, len(edges))) == picture


@pytest.mark.realworld
@pytest.mark.parametrize(
    ("name", "most"), [(SENTRY, 2000), ("opentelemetry-demo/1.5.0", 1300), ("opentelemetry-demo/1.12.0", 1300)]
)
def test_large_applications_fit_the_width_of_a_page(realworld: Path, name: str, most: int) -> None:
    picture = lay_out_graph(*compose(realworld, name))
    assert picture.width < 1060
    assert picture.height < most


def test_dependents_stand_above_what_they_need() -> None:
    chain = graph("web api db", "web>api", "api>db")
    assert of(chain, "web")[1] < of(chain, "api")[1] < of(chain, "db")[1]
    assert of(chain, "web")[0] == of(chain, "api")[0] == of(chain, "db")[0]


def test_a_line_that_can_goes_straight_down() -> None:
    edges = lay_out_graph(*graph("web api db", "web>api", "api>db")).edges
    assert all(edge.start[0] == edge.end[0] for edge in edges)


def test_cards_of_many_show_name_and_state_and_say_the_rest() -> None:
    nodes, edges = random_graph(30, 1)
    many, few = lay_out_graph(nodes, edges).nodes[0], lay_out_graph(nodes[:3], ()).nodes[0]
    assert not many.subtitle
    assert few.subtitle
    assert many.height < few.height
    assert many.node.subtitle in many.about


def test_a_small_graph_draws_every_dependency_by_itself() -> None:
    picture = lay_out_graph(*graph("web api db", "web>api", "api>db", "web>db"))
    assert [edge.about for edge in picture.edges] == [
        "web → api",
        "web → db",
        "api → db",
    ]
    assert picture.implied == ()
    assert picture.frames == ()
    assert picture.not_drawn == ""


def test_components_without_dependencies_stand_below_the_graph() -> None:
    picture = lay_out_graph(*SHOP)
    below = max(placed.bottom for placed in picture.nodes if placed.node.key != "mail")
    assert below < picture.captions[0].y < picture.by_key["mail"].y
    assert picture.captions[0].text == "Without dependencies"


def test_only_components_without_dependencies_need_no_caption() -> None:
    picture = lay_out_graph(*graph("a b c"))
    assert picture.captions == ()
    assert len({placed.y for placed in picture.nodes}) == 1


def test_a_cycle_is_drawn_with_one_line_against_the_rest() -> None:
    picture = lay_out_graph(*RING)
    against = [edge for edge in picture.edges if edge.against]
    assert [edge.about for edge in against] == ["c → a"]
    assert against[0].start[1] > against[0].end[1]


def test_a_hub_of_fifty_is_one_frame_and_two_lines() -> None:
    picture = lay_out_graph(*HUB)
    assert [edge.dependencies[0].target for edge in picture.edges] == ["kafka", "redis"]
    assert [len(edge.dependencies) for edge in picture.edges] == [50, 50]
    assert [frame.caption for frame in picture.frames] == ["50 with the same dependencies"]
    assert picture.height < 1400


def test_a_long_rank_without_twins_is_split_into_rows() -> None:
    """Fifty that depend on one hub and each on one of its own cannot share a frame."""
    keys = [f"worker-{number}" for number in range(50)]
    own = [f"store-{number}" for number in range(50)]
    edges = [f"{key}>hub" for key in keys]
    edges += [f"{key}>{store}" for key, store in zip(keys, own, strict=True)]
    nodes, dependencies = graph(" ".join(["hub", *keys, *own]), *edges)
    picture = lay_out_graph(nodes, dependencies)
    assert_sound(picture, dependencies)
    assert picture.height < 3000


def test_implied_dependencies_are_counted_in_words() -> None:
    nodes, edges = graph("web api db", "web>api", "api>db", "web>db")
    crowd, more = random_graph(20, 2, seed=3)
    picture = lay_out_graph(nodes + crowd, edges + more)
    assert Edge("web", "db") in picture.implied
    assert f"{len(picture.implied)} dependencies that follow" in picture.not_drawn


def test_edges_to_nowhere_and_to_themselves_are_left_out() -> None:
    picture = lay_out_graph([card("web")], [Edge("web", "web"), Edge("web", "gone"), Edge("gone", "web")])
    assert picture.edges == ()


def test_a_card_says_everything_in_words() -> None:
    nodes = [
        Node(
            "web",
            "Shop",
            "nginx:1.27",
            "written",
            "✓",
            mark="new in 1.1",
            facts=("2 volumes",),
        ),
        card("db"),
    ]
    picture = lay_out_graph(nodes, [Edge("web", "db", "healthy")])
    about = "Shop, nginx:1.27, written, new in 1.1, 2 volumes; depends on db (healthy)"
    assert picture.by_key["web"].about == about
    assert picture.about == "2 components, 1 dependency"
    assert picture.edges[0].about == "web → db (healthy)"
