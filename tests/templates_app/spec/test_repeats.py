"""A secret value found again where nothing but the value gives it away."""

import pytest

from templates_app.appspec.schema.parse import parse
from templates_app.appspec.secrets.secret_extraction import credentials, make_secret
from templates_app.appspec.secrets.secret_occurrences import repeats, without, without_in_raw

SHOP = parse(
    {
        "components": {
            "cache": {
                "image": "hunter2:1",
                "user": "hunter2",
                "command": ["server", "-phunter2", "--name", "hunter22"],
                "env": {"A": "x-hunter2-y", "B": "${HUNTER:-hunter2}", "C": "hunter2_x"},
                "probes": {"liveness": {"command": ["cli", "-a", "hunter2", "ping"]}},
                "config_files": {
                    "/a": {"content": "pass $HOME hunter2"},
                    "/b": {"content": "${X} hunter2", "interpolate": True},
                    "/c": {"content": "aHVudGVyMg==", "encoding": "base64"},
                },
            }
        }
    }
)


def test_where_a_value_stands_as_a_word() -> None:
    assert {".".join(path[2:]) for path, _ in repeats(SHOP, ["hunter2"])} == {
        "command.1",
        "env.A",
        "probes.liveness.command.2",
        "config_files./a.content",
        "config_files./b.content",
    }


@pytest.mark.parametrize("value", ["changeme", "postgres", "a1", "123456", "", "two\nlines9"])
def test_values_that_may_mean_anything_are_not_looked_for(value: str) -> None:
    spec = parse({"components": {"db": {"command": ["-U", value or "x"], "env": {"USER": value}}}})
    assert list(repeats(spec, [value])) == []


def test_it_is_replaced_and_everything_else_means_the_same() -> None:
    assert without("a $$x ${Y:-hunter2} hunter2 hunter2,", "hunter2", "P") == "a $$x ${Y:-hunter2} ${P} ${P},"
    assert without_in_raw("$HOME hunter2", "hunter2", "P") == "$$HOME ${P}"


def test_equal_values_are_one_parameter_whatever_their_names() -> None:
    spec = parse({"components": {"web": {"env": {"API_KEY": "s3cret", "TOKEN": "s3cret", "PASSWORD": "other1"}}}})
    assert {finding.path[-1]: finding.name for finding in credentials(spec)} == {
        "API_KEY": "API_KEY", "TOKEN": "API_KEY", "PASSWORD": "PASSWORD"
    }  # fmt: skip


def test_a_value_that_was_sealed_before_keeps_its_parameter() -> None:
    spec = parse(
        {
            "parameters": {"CACHE_PASSWORD": {"secret": True}},
            "components": {"cache": {"command": ["x", "--requirepass", "hunter2"], "labels": {"a": "is hunter2"}}},
        }
    )
    result = credentials(spec, {"CACHE_PASSWORD": "hunter2"})
    assert {item.name for item in result} == {"CACHE_PASSWORD"}
    for finding in result:
        spec, value = make_secret(spec, finding.path, finding.name, finding.same)
        assert value == "hunter2"
    assert spec.components["cache"].command == ("x", "--requirepass", "${CACHE_PASSWORD}")
    assert spec.components["cache"].labels == {"a": "is ${CACHE_PASSWORD}"}


def test_a_suspect_does_not_tell_its_value() -> None:
    result = credentials(SHOP, {"P": "hunter2"})
    assert result
    assert "hunter2" not in repr([finding for finding in result if finding.path[2] != "image"])


@pytest.mark.parametrize("text", ["sh -c 'redis --requirepass hunter2'", "x --password=hunter2", "-token abcd1234"])
def test_an_option_inside_a_text(text: str) -> None:
    spec = parse({"components": {"a": {"probes": {"liveness": {"shell": text}}}}})
    assert [finding.reason for finding in credentials(spec)]


@pytest.mark.parametrize("text", ["x --password-file /run/x", "x --password --next", "x --password $PW"])
def test_an_option_without_a_password(text: str) -> None:
    spec = parse({"components": {"a": {"probes": {"liveness": {"shell": text.replace("$", "$$")}}}}})
    assert credentials(spec) == ()
