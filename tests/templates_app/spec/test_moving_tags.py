import pytest

from templates_app.appspec.schema.model import Parameter
from templates_app.appspec.validation.mutable_tags import moves, moving_tags
from tests.specs import WEB_AND_DB, changed, spec

DIGEST = f"sha256:{'a1' * 32}"


@pytest.mark.parametrize(
    "image",
    [
        "redis",
        "library/redis",
        "localhost:5000/web",
        "gitea/gitea:latest",
        "postgres:alpine",
        "shop/web:stable",
        "shop/web:edge",
        "shop/web:main",
        "shop/web:master",
        "shop/web:nightly",
        "debian:bookworm-slim",
        "ghcr.io/open-telemetry/demo:latest-frontend",
        "shop/web:latest-alpine3.18",
    ],
)
def test_these_move(image: str) -> None:
    assert moves(image)
    assert not moves(f"{image}@{DIGEST}")


@pytest.mark.parametrize(
    "image",
    [
        "redis:7",
        "redis:7-alpine",
        "web:1.0",
        "web:v2",
        "web:2026-11-22",
        "web:main-3f2a9c1",
        "",
        "Bad Image",
        "${IMAGE}",
    ],
)
def test_these_do_not(image: str) -> None:
    assert not moves(image)


def test_each_component_is_named_with_its_image_and_why() -> None:
    document = spec(web={"image": "shop/web"}, cache={"image": "redis:alpine"}, db={"image": "postgres:18"})
    assert [str(tag) for tag in moving_tags(document)] == [
        "cache: redis:alpine: a tag that moves",
        "web: shop/web: no tag, which means latest",
    ]


def test_it_is_looked_at_as_rendered() -> None:
    tagged = changed(WEB_AND_DB, "web", image="shop/web:${TAG}")

    def with_tag(default: str | None) -> list[str]:
        parameters = {**tagged.parameters, "TAG": Parameter(default=default)}
        return [tag.image for tag in moving_tags(tagged.model_copy(update={"parameters": parameters}))]

    assert with_tag("1.0") == []
    assert with_tag("stable") == ["shop/web:stable"]
    assert with_tag(None) == []
