"""Literals that become parameters: the rendered document stays what it was."""

import pytest

from templates_app.appspec.interpolation.parameterize import free_name, literals, same_as, with_parameter
from templates_app.appspec.interpolation.render import effective, render
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.schema.parse import parse

SHOP = parse(
    {
        "parameters": {"LEVEL": {"default": "x"}},
        "components": {
            "web": {
                "image": "shop/web:1.0",
                "env": {"LEVEL": "debug", "PRICE": "5$$", "REF": "${LEVEL}", "NONE": None, "EMPTY": ""},
                "ports": {"80/tcp": {"8080": {"mode": "host"}, "127.0.0.1:8081": {}, "": {}}, "81/tcp": {}},
            },
            "worker": {"image": "shop/web:1.0", "env": {"LEVEL": "debug", "OTHER": "debug", "PORT": "8080"}},
        },
    }
)


def test_what_could_be_a_parameter() -> None:
    assert [(literal.address, literal.value, literal.name) for literal in literals("web", SHOP.components["web"])] == [
        ("components.web.image", "shop/web:1.0", "WEB_IMAGE"),
        ("components.web.env.LEVEL", "debug", "LEVEL"),
        ("components.web.env.PRICE", "5$", "PRICE"),
        ("components.web.ports.80/tcp.8080", "8080", "WEB_PORT"),
        ("components.web.ports.80/tcp.127.0.0.1:8081", "8081", "WEB_PORT"),
    ]


def test_equal_literals_of_the_same_kind_are_offered() -> None:
    every = [literal for key, part in SHOP.components.items() for literal in literals(key, part)]
    image, level, _, port, *_ = every
    assert [literal.address for literal in same_as(SHOP, image)] == ["components.worker.image"]
    assert [literal.address for literal in same_as(SHOP, level)] == [
        "components.worker.env.LEVEL",
        "components.worker.env.OTHER",
    ]
    assert same_as(SHOP, port) == ()
    assert free_name(SHOP, level) == "WEB_LEVEL"


@pytest.mark.parametrize("index", range(5))
def test_what_runs_stays_the_same(index: int) -> None:
    literal = list(literals("web", SHOP.components["web"]))[index]
    after = with_parameter(SHOP, "NEW", Parameter(label="New"), [literal, *same_as(SHOP, literal)])
    assert after.parameters["NEW"] == Parameter(label="New", default=literal.value)
    assert after.components != SHOP.components
    before = render(SHOP, effective(SHOP.parameters, {}))
    assert render(after, effective(after.parameters, {})).components == before.components


def test_a_name_is_taken_once_and_must_be_one() -> None:
    literal = next(literals("web", SHOP.components["web"]))
    for name in ("LEVEL", "no name"):
        with pytest.raises(SpecError):
            with_parameter(SHOP, name, Parameter(), [literal])
