"""Credentials are found by name and by text, and moved out of the document."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.appspec.interpolation.render import render, reveal
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from templates_app.appspec.secrets.credential_scanner import without_value
from templates_app.appspec.secrets.secret_extraction import credentials, generate, looks_like_credential, make_secret
from templates_app.appspec.validation.validate import check
from tests.specs import WEB_AND_DB, WITH_REDIS
from tests.templates_app.spec.strategies import law

KEY = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("POSTGRES_PASSWORD", "123456"),
        ("dbPassword", "x"),
        ("PGPASSWORD", "x"),
        ("REDIS_PASS", "x"),
        ("API_KEY", "x"),
        ("apiKey", "abc"),
        ("SECRET_KEY_BASE", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("GITHUB_TOKEN", "x"),
        ("DB_PASSWORD", "${DB_PASSWORD:-changeme}"),
        ("DATABASE_URL", "postgres://shop:hunter2@db/shop"),
        ("DATABASE_URL", "postgres://${USER:-shop}:hunter2@db/shop"),
        ("JDBC", "jdbc:mysql://db/shop?user=a&password=hunter2"),
        ("o", "addr=nas,username=shop,password=hunter2,vers=3.0"),
        ("o", "pass=hunter2,username=shop"),
        ("ANYTHING", KEY),
        ("ANYTHING", "AKIAABCDEFGHIJKLMNOP"),
        ("c", "exec mysqldump -u root -psecret1 shop > /dump"),
        ("shell", "/usr/bin/mysqladmin ping -p'secret1'"),
        ("H", "Authorization: Bearer abcd1234efgh5678"),
        ("c", "curl -H 'Authorization: Basic YWRtaW46c2VjcmV0' http://web/"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20YWRtaW46c2VjcmV0"),
        ("UPSTREAM_HEADER", "Bearer abcd1234efgh5678"),
    ],
)
def test_credentials(name: str, value: str) -> None:
    assert looks_like_credential(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "${DB_PASSWORD:?must be set}"),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("POSTGRES_PASSWORD", "/run/secrets/db"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes-please"),
        ("MYSQL_RANDOM_ROOT_PASSWORD", "x"),
        ("TOKEN_TTL", "3600"),
        ("SESSION_TOKEN", "3600s"),
        ("MAX_TOKENS", "4096"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKENIZER", "fast"),
        ("MONKEY", "banana"),
        ("PWD", "/app"),
        ("DATABASE_URL", "postgres://shop:${DB_PASSWORD}@db/shop"),
        ("DATABASE_URL", "postgres://db/shop"),
        ("PROXY", "http://proxy:3128"),
        ("TIME", "12:30@home"),
        ("o", "addr=nas,username=shop,password=${SHARE_PASSWORD},vers=3.0"),
        ("c", "mkdir -parents; ssh -p2222 mysql"),
        ("c", "mysqladmin ping -p$$MYSQL_ROOT_PASSWORD && ssh -p2222 backup"),
        ("c", "mysql --protocol=tcp -P3306"),
        ("c", "wait-for -h mysql -p3306"),
        ("H", "Authorization: Bearer ${TOKEN}"),
        ("REALM", "Basic authentication"),
    ],
)
def test_no_credentials(name: str, value: str) -> None:
    assert looks_like_credential(name, value) is None


@law
@given(st.text(max_size=30), st.text(max_size=200))
def test_no_text_is_too_strange(name: str, value: str) -> None:
    reason = looks_like_credential(name, value)
    assert reason is None or (reason and value.strip("$"))


def test_hostile_texts_are_read_in_no_time() -> None:
    for text in (
        "$a" * 20_000,
        "a://" + "${}" * 20_000,
        "a" * 200_000,
        "eyJ-" * 20_000,
        "password=" * 20_000,
        ",password=$" * 20_000,
        "mysql " * 20_000,
    ):
        looks_like_credential("X", text)


SHOP = parse(
    {
        "parameters": {"PG": {"default": "pg-secret"}, "SMTP_PASSWORD": {"default": "mail"}, "TAG": {"default": "1"}},
        "components": {
            "db": {"env": {"POSTGRES_PASSWORD": "hunter2", "REPLICA_PASSWORD": "${PG}"}},
            "web": {
                "image": "web:${TAG}",
                "env": {
                    "DATABASE_URL": "postgres://shop:hunter2@db/shop",
                    "AUDIT_URL": "postgres://audit:other@db/audit",
                    "SMTP_PASSWORD": "${SMTP_PASSWORD:-mail}",
                    "ADMIN_PASSWORD": "a$$b",
                },
                "config_files": {
                    "/run/secrets/tls.key": {"content": KEY},
                    "/run/secrets/token": {"content": "t${x", "secret": True},
                    "/etc/web.conf": {"content": "plain"},
                },
            },
            "redis": {"command": ["redis-server", "--requirepass", "hunter3", "--port", "6379"]},
            "other": {"env": {"ADMIN_PASSWORD": "different"}},
        },
    }
)


def test_everything_that_looks_like_one_is_listed_with_a_name() -> None:
    assert {".".join(finding.path): finding.name for finding in credentials(SHOP)} == {
        "parameters.SMTP_PASSWORD": "SMTP_PASSWORD",
        "parameters.PG": "PG",
        "components.db.env.POSTGRES_PASSWORD": "POSTGRES_PASSWORD",
        "components.web.env.DATABASE_URL": "POSTGRES_PASSWORD",
        "components.web.env.AUDIT_URL": "AUDIT_URL_PASSWORD",
        "components.web.env.ADMIN_PASSWORD": "ADMIN_PASSWORD",
        "components.other.env.ADMIN_PASSWORD": "OTHER_ADMIN_PASSWORD",
        "components.web.config_files./run/secrets/tls.key.content": "TLS_KEY",
        "components.web.config_files./run/secrets/token.content": "TOKEN",
        "components.redis.command.2": "REQUIREPASS",
    }


@pytest.mark.parametrize(
    ("written", "inside"),
    [
        ({"command": ["mysqld", "-pS3cretZZtop99", "-u", "root"]}, ("command", "1")),
        ({"entrypoint": ["/usr/bin/mariadb-dump"], "command": ["-u", "root", "-pS3cretZZtop99"]}, ("command", "2")),
        (
            {"probes": {"liveness": {"command": ["mysqladmin", "ping", "-pS3cretZZtop99"]}}},
            ("probes", "liveness", "command", "2"),
        ),
    ],
)
def test_a_password_attached_to_its_option_is_taken_out(written: dict[str, Any], inside: tuple[str, ...]) -> None:
    document = parse({"components": {"db": {"image": "db", **written}}})
    (finding,) = credentials(document)
    assert (finding.path, finding.name) == (("components", "db", *inside), "DB_PASSWORD")
    after, value = make_secret(document, finding.path, finding.name)
    assert value == "S3cretZZtop99"
    assert "-p${DB_PASSWORD}" in str(after.components["db"])


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["sh", "-c", "exec redis-server --requirepass hunter22 --port 6379"], "REQUIREPASS"),
        (["redis-server", "--requirepass=hunter22"], "REQUIREPASS"),
        (["curl", "-H", "Authorization: Bearer abcd1234efgh5678", "http://web/"], "AUTHORIZATION"),
        (["sh", "-c", "exec worker amqp://shop:hunter22@queue/"], "CACHE_PASSWORD"),
    ],
)
def test_a_credential_in_a_command_is_named_by_what_takes_it(command: list[str], name: str) -> None:
    document = parse({"components": {"cache": {"image": "cache", "command": command}}})
    assert [finding.name for finding in credentials(document)] == [name]


def test_other_programs_attach_no_password() -> None:
    assert credentials(parse({"components": {"db": {"image": "db", "command": ["sshd", "-p2222"]}}})) == ()
    assert credentials(parse({"components": {"db": {"image": "db", "command": ["mysqld", "-P3306"]}}})) == ()


def test_documents_without_plain_secrets_have_none() -> None:
    assert credentials(WEB_AND_DB) == ()
    assert credentials(WITH_REDIS) == ()


def all_made_secret(spec: AppSpec) -> tuple[AppSpec, dict[str, str]]:
    values: dict[str, str] = {}
    for finding in credentials(spec):
        spec, value = make_secret(spec, finding.path, finding.name)
        assert values.setdefault(finding.name, value) == value
    return spec, values


def test_what_was_moved_out_comes_back_when_revealed() -> None:
    moved, values = all_made_secret(SHOP)
    assert credentials(moved) == ()
    assert check(moved) == ()
    for word in ("hunter2", "hunter3", "pg-secret", "mail", "other@", "BEGIN RSA", "different"):
        assert word not in str(moved.plain)
    rendered, plain = render(moved, {"TAG": "1"}), render(SHOP, {"TAG": "1", "PG": "pg-secret"})
    for key, component in plain.components.items():
        after, before = reveal(rendered.components[key], values), reveal(component, {})
        assert after.model_copy(update={"config_files": {}}) == before.model_copy(update={"config_files": {}})
        assert {path: file.content for path, file in after.config_files.items()} == {
            path: file.content for path, file in before.config_files.items()
        }


def test_only_the_password_of_a_url_is_taken() -> None:
    moved, value = make_secret(SHOP, ("components", "web", "env", "DATABASE_URL"), "DB_PASSWORD")
    assert moved.components["web"].env["DATABASE_URL"] == "postgres://shop:${DB_PASSWORD}@db/shop"
    assert value == "hunter2"
    assert moved.parameters["DB_PASSWORD"].secret


def test_any_other_text_is_taken_whole() -> None:
    moved, value = make_secret(SHOP, ("components", "redis", "command", "4"), "PORT")
    assert moved.components["redis"].command == ("redis-server", "--requirepass", "hunter3", "--port", "${PORT}")
    assert value == "6379"


def test_a_parameter_made_secret_keeps_no_default_anywhere() -> None:
    moved, value = make_secret(SHOP, ("parameters", "SMTP_PASSWORD"), "SMTP_PASSWORD")
    assert value == "mail"
    assert moved.parameters["SMTP_PASSWORD"].default is None
    assert moved.components["web"].env["SMTP_PASSWORD"] == "${SMTP_PASSWORD}"


def test_a_default_inside_a_reference_is_the_value_where_the_parameter_has_none() -> None:
    document = parse({"components": {"web": {"env": {"A_PASSWORD": "${PW:-x$$y}", "B": "${Z:+${PW-other}}"}}}})
    moved, value = make_secret(document, ("components", "web", "env", "A_PASSWORD"), "IGNORED")
    assert value == "x$y"
    assert moved.components["web"].env == {"A_PASSWORD": "${PW}", "B": "${Z:+${PW}}"}
    assert moved.parameters["PW"].secret


@pytest.mark.parametrize(
    ("document", "path", "name"),
    [
        ({"env": {"PASSWORD": "a-${REST}"}}, ("env", "PASSWORD"), "P"),
        ({"env": {"PASSWORD": "a"}}, ("env", "PASSWORD"), "TAKEN"),
        ({"config_files": {"/k": {"content": "AA==", "encoding": "base64"}}}, ("config_files", "/k", "content"), "P"),
    ],
)
def test_what_cannot_be_taken_is_refused(document: dict[str, Any], path: tuple[str, ...], name: str) -> None:
    spec = parse({"parameters": {"TAKEN": {}}, "components": {"web": document}})
    with pytest.raises(SpecError):
        make_secret(spec, ("components", "web", *path), name)


@pytest.mark.parametrize(("rule", "form"), [("password:24", r"[A-Za-z2-9]{24}"), ("hex:33", r"[0-9a-f]{33}")])
def test_generated_secrets(rule: str, form: str) -> None:
    assert re.fullmatch(form, generate(rule))
    assert generate(rule) != generate(rule)


@pytest.mark.parametrize("rule", ["", "password", "password:0", "uuid:4", "hex:-1", "hex:²"])
def test_rules_that_are_none(rule: str) -> None:
    with pytest.raises(ValueError, match="is not a rule"):
        generate(rule)


def test_a_credential_without_a_value_is_one_by_its_name_or_its_place() -> None:
    env = {
        "PW": "${DB_PASSWORD:?set it}",
        "POSTGRES_PASSWORD": "${PG}",
        "TOKEN_TTL": "${TOKEN_TTL}",
        "API_TOKEN": "${KNOWN_TOKEN}",
        "SMTP_PASSWORD": "${EMPTY}",
    }
    parameters = {
        "DB_PASSWORD": {"required": True},
        "PG": {},
        "TOKEN_TTL": {},
        "KNOWN_TOKEN": {"secret": True},
        "EMPTY": {"default": ""},
    }
    result = without_value(parse({"parameters": parameters, "components": {"db": {"image": "db", "env": env}}}))
    assert [(finding.name, finding.reason) for finding in result] == [
        ("DB_PASSWORD", "DB_PASSWORD is the name of a credential"),
        ("PG", "db, variable POSTGRES_PASSWORD gets it: POSTGRES_PASSWORD is the name of a credential"),
    ]
