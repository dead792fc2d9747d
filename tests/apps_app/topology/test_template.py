from xml.etree import ElementTree

from django.template.loader import render_to_string
from django.utils import translation

from apps_app.topology import Edge, Node, layout
from tests.apps_app.topology.graphs import SHOP, card, random_graph


def render(nodes: list[Node], edges: list[Edge]) -> str:
    return render_to_string("apps_app/_topology.svg.html", {"picture": layout(nodes, edges)})


def test_every_node_is_a_link_with_its_words() -> None:
    figure = ElementTree.fromstring(render(*SHOP))
    links = {link.get("href"): "".join(link.itertext()) for link in figure.iter("a")}
    assert len(links) == 5
    text = links["/apps/shop/components/redis/"]
    assert "redis" in text
    assert "redis:1.0" in text
    assert "✓" in text
    assert "written" in text
    assert len(list(figure.iter("path"))) == 3 * 4


def test_nothing_in_it_needs_a_looser_content_policy() -> None:
    page = render(*SHOP)
    assert "style=" not in page
    assert "<script" not in page
    assert "onclick" not in page


def test_what_people_wrote_stays_text() -> None:
    node = Node("web", "<b>&", "</svg>", "ok", "✓", mark='"new"', href='/?a="><script>')
    page = render([node, card("db")], [Edge("web", "db", "<i>")])
    link = next(ElementTree.fromstring(page).iter("a"))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert link.get("href") == '/?a="><script>'


def test_numbers_are_numbers_in_every_language() -> None:
    nodes, edges = random_graph(60, 3)
    with translation.override("de"):
        figure = ElementTree.fromstring(render(nodes, edges))
    svg = next(figure.iter("svg"))
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"
    assert all(rect.get("width", "").isdigit() for rect in figure.iter("rect"))


def test_it_fits_the_page_unless_a_size_is_asked_for() -> None:
    picture = layout(*random_graph(60, 3))
    shown = render_to_string("apps_app/_topology.svg.html", {"picture": picture, "scaled": (500, 400)})
    svg = next(ElementTree.fromstring(shown).iter("svg"))
    assert (svg.get("width"), svg.get("height")) == ("500", "400")
    assert svg.get("viewBox") == f"0 0 {picture.width} {picture.height}"
    assert svg.get("class") == "topology-picture topology-wide topology-scaled"


def test_what_was_not_looked_for_is_faint() -> None:
    shown = render_to_string("apps_app/_topology.svg.html", {"picture": layout(*SHOP), "faint": {"db"}})
    links = {link.get("href"): link.get("class", "") for link in ElementTree.fromstring(shown).iter("a")}
    assert [href for href, names in links.items() if "topology-faint" in names] == ["/apps/shop/components/db/"]
