"""What texts say in place of a parameter without a value."""

from templates_app.appspec.interpolation.render import find_fallback_values
from templates_app.appspec.schema.parse import parse_spec


def test_by_parameter_as_they_are_written() -> None:
    env = {
        "URL": "${PUBLIC_URL:-http://localhost}/shop",
        "AGAIN": "${PUBLIC_URL-http://localhost}",
        "BOTH": "${HOST:-a}${HOST:-b}",
        "NESTED": "${OUTER:-${INNER:-deep}}",
        "SET": "${LEVEL:-debug}",
        "NEITHER": "${PLAIN}${DEMANDED:?say it}${WHEN:+there}",
        "PRICE": "$$5",
    }
    names = ("PUBLIC_URL", "HOST", "OUTER", "INNER", "PLAIN", "DEMANDED", "WHEN")
    spec = parse_spec(
        {
            "parameters": {**{name: {} for name in names}, "LEVEL": {"default": "info"}},
            "components": {"web": {"image": "web", "env": env}},
        }
    )

    assert find_fallback_values(spec) == {
        "PUBLIC_URL": "http://localhost",
        "HOST": "a or b",
        "OUTER": "${INNER:-deep}",
        "INNER": "deep",
    }
