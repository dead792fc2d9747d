"""Names on a target: which ones a document fixes for everybody, and the document without them."""

from templates_app.appspec.schema.parse import parse_spec
from templates_app.appspec.validation.explicit_names import list_explicit_names, make_names_unique

NAMED = parse_spec(
    {
        "parameters": {"STACK": {}},
        "components": {
            "web": {"image": "web", "engine": {"container_name": "blog-web", "init": True}},
            "db": {"image": "db"},
        },
        "volumes": {
            "data": {"name": "blog_data", "driver": "local"},
            "theirs": {"name": "shared", "external": True},
            "by": {"name": "${STACK}"},
        },
        "networks": {"back": {"name": "blog_back"}, "front": {}},
    }
)


def test_what_is_named_for_everybody() -> None:
    assert list(map(str, list_explicit_names(NAMED))) == [
        "the container of web is called blog-web",
        "the network back is called blog_back",
        "the volume data is called blog_data",
    ]


def test_without_them_everything_else_stays() -> None:
    after = make_names_unique(NAMED)
    assert list_explicit_names(after) == ()
    assert after.components["web"].engine == {"init": True}
    assert after.plain["volumes"] == {
        "data": {"driver": "local"}, "theirs": {"name": "shared", "external": True}, "by": {},
    }  # fmt: skip
    assert after.plain["networks"] == {"back": {}, "front": {}}
