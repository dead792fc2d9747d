"""A document told in another's words where both read the same."""

from templates_app.appspec.linking.equivalence import Held
from templates_app.appspec.linking.version_restatement import in_words_of
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse


def web(env: dict[str, str], **parameters: dict[str, object]) -> AppSpec:
    return parse({"parameters": parameters, "components": {"web": {"image": "web:1", "env": env}}})


OURS = Held(
    web(
        {"LEVEL": "${LOG_LEVEL}", "TAG": "${TAG}", "PW": "${PASSWORD}", "URL": "db://u:${PASSWORD}@db", "N": "${N}"},
        LOG_LEVEL={"default": "info"},
        TAG={"default": "1.1"},
        PASSWORD={"secret": True},
        N={"default": "2"},
    ),
    {"LOG_LEVEL": "debug", "PASSWORD": "s3cret"},
)


def told(env: dict[str, str], provided: dict[str, str] | None = None, **parameters: dict[str, object]) -> object:
    return in_words_of(OURS, Held(web(env, **parameters), provided or {})).components["web"].env


def test_a_text_that_reads_the_same_is_told_as_ours() -> None:
    assert told({"LEVEL": "debug", "N": "${WORKERS:-2}"}) == {"LEVEL": "${LOG_LEVEL}", "N": "${N}"}


def test_a_secret_under_another_name_is_the_same() -> None:
    held = {"PW_2": "s3cret"}
    env = {"PW": "${PW_2}", "URL": "db://u:${PW_2}@db"}
    assert told(env, held, PW_2={"secret": True}) == {"PW": "${PASSWORD}", "URL": "db://u:${PASSWORD}@db"}


def test_what_reads_otherwise_stays_as_it_is_written() -> None:
    env = {"LEVEL": "info", "TAG": "${TAG}", "NEW": "${OTHER}", "PW": "${PW_2}"}
    assert told(env, {"PW_2": "another"}, TAG={"default": "1.0"}, OTHER={"default": "x"}, PW_2={"secret": True}) == env
