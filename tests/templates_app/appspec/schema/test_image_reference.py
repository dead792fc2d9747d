import pytest

from templates_app.appspec.schema.image_reference import ImageError, ImageReference, parse_image

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("redis", ImageReference("", "redis")),
        ("redis:8", ImageReference("", "redis", "8")),
        ("shop/web:1.0", ImageReference("", "shop/web", "1.0")),
        ("ghcr.io/open-telemetry/demo:2.0.2-ad", ImageReference("ghcr.io", "open-telemetry/demo", "2.0.2-ad")),
        ("localhost:5000/web", ImageReference("localhost:5000", "web")),
        ("localhost/web", ImageReference("localhost", "web")),
        ("Registry/web", ImageReference("Registry", "web")),
        ("[2001:db8::1]:5000/web:1", ImageReference("[2001:db8::1]:5000", "web", "1")),
        (f"redis@{DIGEST}", ImageReference("", "redis", "", DIGEST)),
        (f"quay.io:443/a/b__c/d-e.f:v1@{DIGEST}", ImageReference("quay.io:443", "a/b__c/d-e.f", "v1", DIGEST)),
    ],
)
def test_a_reference_is_read_and_written_alike(text: str, parts: ImageReference) -> None:
    assert parse_image(text) == parts
    assert str(parts) == text


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("", "no image"),
        ("shop/Web:1.0", "shop/web"),
        ("shop//web", "empty part"),
        ("shop/web:", "ends in ':' without a tag"),
        ("shop/web:1.0 ", "blank"),
        ("shop/-web", "'-web' cannot be part"),
        ("shop/a___b", "cannot be part"),
        ("reg_istry.io/web", "is not a registry: use a host with an optional port, for example localhost:5000"),
        ("https://ghcr.io/web", "is not a registry: use a host with an optional port, for example localhost:5000"),
        (":8", "repository is missing"),
        ("shop/web:" + "t" * 129, "is not a tag: use letters, digits, '_', '.' and '-' (at most 128)"),
        ("a/" * 128 + "b", "at most 255"),
        ("redis@sha256:abc", "is not a digest; use sha256: and 64 hexadecimal digits"),
        ("redis@", "is not a digest; use sha256: and 64 hexadecimal digits"),
        ("redis@sha256:" + "a" * 40, "has 64"),
        ("a" * 64, "identifier"),
        ("shop/web:${TAG}", "contains a reference without a value"),
    ],
)
def test_what_is_none_is_refused_with_what_is_wrong(text: str, item: str) -> None:
    with pytest.raises(ImageError) as refused:
        parse_image(text)
    assert item in str(refused.value)
