"""The form of all fields: shown and sent back it changes nothing, and every field of the document is in it."""

from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings

from apps_app.formats.compose.read import read_compose
from apps_app.forms.component_fields.cells import Cell, Way, read_data
from apps_app.forms.component_fields.component_spec_form import WholeForms
from apps_app.forms.component_fields.sections import singles, tables
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.errors import SpecError
from templates_app.appspec.schema.model import AppSpec
from templates_app.appspec.schema.parse import parse
from tests import specs as named
from tests.apps_app.forms.as_browser import sent
from tests.apps_app.sources.compare import folder_files
from tests.templates_app.spec.strategies import specs

ROOT = (Path(__file__).resolve().parents[4] / "shared" / "realworld").resolve()
FILES = sorted(path for path in ROOT.rglob("*.y*ml"))
EVERYTHING = parse(
    {
        "components": {
            "app": {
                "name": "The app",
                "kind": "job",
                "run": "pre_upgrade",
                "image": "app:1",
                "entrypoint": [],
                "command": ["run", "two words", "line\nline", "$$HOME", ""],
                "env": {"A": "1", "PASSED": None, "EMPTY": "", "LINES": "\none\r\ntwo\n", "X": "  x  ", "${K}": ""},
                "ports": {
                    "80/tcp": {"8080": {"mode": "host", "name": "web"}, "": {}, "127.0.0.1:8081": {}},
                    "443/tcp": {},
                    "${PORT}/tcp": {"${PORT}": {}},
                },
                "mounts": {
                    "/data": {"source": "data", "options": {"nocopy": True, "deep": {"a": [1, "b"]}}},
                    "/tmp": {"kind": "tmpfs", "size": 67108864, "mode": "1777"},
                    "/odd": {"kind": "tmpfs", "size": 1234567},
                    "/etc/localtime": {"kind": "host", "source": "/etc/localtime", "read_only": "${RO}"},
                },
                "config_files": {
                    "/etc/a": {"content": "\n a = $1\r\nb\n\n", "mode": "0440", "uid": "1", "gid": "2"},
                    "/etc/b": {"content": "aGFsbG8=", "encoding": "base64"},
                    "/run/secrets/c": {"content": "${C}", "interpolate": True, "secret": True},
                    "/etc/d": {"external": "theirs"},
                },
                "probes": {
                    "liveness": {"http": {"port": 80, "path": "/up", "scheme": "https"}, "interval": "5s"},
                    "readiness": {"command": ["a", "b c"], "retries": 3, "timeout": "${T}"},
                    "startup": {"disabled": True},
                },
                "resources": {"cpu_limit": 0.5, "memory_limit": "512m", "pids_limit": 9, "devices": [{"count": 1}]},
                "replicas": "${N}",
                "networks": {"back": {"aliases": ["x", "y z"], "ipv4_address": "10.0.0.2", "options": {"p": 1}}},
                "depends_on": {"db": {"condition": "healthy", "required": False, "restart": True}, "gone": {}},
                "labels": {"team": "shop", "a.b": ""},
                "restart": "on-failure:3",
                "stop": {"signal": "SIGINT", "grace": "1m"},
                "health_gate": {"deadline": "1m", "minimum": "1s"},
                "data_compatible": True,
                "user": "1:1",
                "working_dir": "/srv",
                "network_mode": "",
                "engine": {
                    "cap_add": ["A", "B"],
                    "privileged": True,
                    "init": False,
                    "tty": "true",
                    "shm_size": "64m",
                    "hostname": 5,
                    "ulimits": {"nofile": {"soft": 1}},
                    "x": None,
                    "odd": "true",
                    "dns": [],
                    "links": [" a", ""],
                },
            },
            "db": {"image": "postgres:17", "probes": {"liveness": {"tcp": 5432}, "startup": {"shell": "a\nb"}}},
        },
        "networks": {"back": {}},
        "volumes": {"data": {}},
    }
)


def again(spec: AppSpec, key: str) -> ComponentSpec:
    """The component as it comes back from a browser that changed nothing."""
    return edited(spec, key)


def edited(spec: AppSpec, key: str, **changes: str) -> ComponentSpec:
    forms = WholeForms(spec, key, data=data_of(spec, key, **changes))
    assert forms.is_valid(), [single.errors for single in (*forms.singles.values(), *rows_of(forms)) if single.errors]
    return forms.component()


def rows_of(forms: WholeForms) -> list[Any]:
    return [row for table in forms.tables.values() for row in table.rows]


def data_of(spec: AppSpec, key: str, **changes: str) -> QueryDict:
    data = sent(WholeForms(spec, key))
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return data


@pytest.mark.parametrize("spec", [EVERYTHING, *(value for value in vars(named).values() if isinstance(value, AppSpec))])
def test_sent_back_unchanged_it_changes_nothing(spec: AppSpec) -> None:
    for key, component in spec.components.items():
        assert again(spec, key).plain == component.plain


@settings(max_examples=60, deadline=None)
@given(specs())
def test_whatever_a_component_says_is_kept(spec: AppSpec) -> None:
    for key, component in spec.components.items():
        assert again(spec, key).plain == component.plain


@pytest.mark.realworld
@pytest.mark.skipif(not FILES, reason="needs ../shared/realworld beside the project")
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_real_component_is_kept(file: Path) -> None:
    spec = read_compose(folder_files(file.parent), file.name).spec
    for key, component in spec.components.items():
        assert again(spec, key).plain == component.plain


def test_every_field_of_the_document_is_in_it() -> None:
    alone = {cell.name for single_section in singles() if not single_section.at for cell in single_section.cells}
    parts = {single_section.at for single_section in singles() if single_section.at} | {
        table.name for table in tables((), ())
    }
    assert alone | parts == set(ComponentSpec.model_fields)


def test_what_is_typed_is_read_by_its_type() -> None:
    spec = parse({"components": {"app": {"image": "app:1"}}, "volumes": {"data": {}}})
    component = edited(
        spec,
        "app",
        basics__command="serve --name 'two words'",
        basics__replicas="3",
        resources__memory_limit="512m",
        stop__grace="1m",
        env__rows="1",
        env__0__at="A",
        env__0__value="1",
        ports__rows="2",
        ports__0__at="80",
        ports__0__published="8080",
        ports__0__mode="host",
        ports__1__at="80/tcp",
        ports__1__published="any",
        mounts__rows="1",
        mounts__0__at="/data",
        mounts__0__kind="volume",
        mounts__0__source="data",
        mounts__0__options="nocopy: true",
        probes__rows="1",
        probes__0__at="liveness",
        probes__0__asked="http",
        probes__0__http_port="80",
        probes__0__http_path="/up",
        probes__0__http_scheme="http",
        probes__0__shell="left",
        engine__rows="4",
        engine__0__at="cap_add",
        engine__0__value="NET_ADMIN\r\n SYS_TIME ",
        engine__1__at="privileged",
        engine__1__value="true",
        engine__2__at="ulimits",
        engine__2__value="nofile: 1024",
        engine__3__at="shm_size",
        engine__3__value="64m",
    )
    assert component.plain == {
        "image": "app:1",
        "command": ["serve", "--name", "two words"],
        "replicas": 3,
        "resources": {"memory_limit": 512 * 1024**2},
        "stop": {"grace": "1m"},
        "env": {"A": "1"},
        "ports": {"80/tcp": {"8080": {"mode": "host"}, "": {}}},
        "mounts": {"/data": {"source": "data", "options": {"nocopy": True}}},
        "probes": {"liveness": {"http": {"port": 80, "path": "/up"}}},
        "engine": {
            "cap_add": ["NET_ADMIN", "SYS_TIME"],
            "privileged": True,
            "ulimits": {"nofile": 1024},
            "shm_size": "64m",
        },
    }


def test_a_row_that_gets_another_key_keeps_the_rest() -> None:
    component = edited(EVERYTHING, "app", mounts__0__at="/elsewhere")
    assert component.mounts["/elsewhere"] == EVERYTHING.components["app"].mounts["/data"]
    assert "/data" not in component.mounts


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"env__0__at": "PASSED"}, "env-1-at", "is there twice"),
        ({"env__0__at": ""}, "env-0-at", "is needed"),
        ({"mounts__0__options": "a: ["}, "mounts-0-options", "not YAML"),
        ({"basics__command": "'open"}, "basics-command", "cannot be read"),
    ],
)
def test_what_is_wrong_stands_at_its_field(changes: dict[str, str], field: str, said: str) -> None:
    forms = WholeForms(EVERYTHING, "app", data=data_of(EVERYTHING, "app", **changes))
    assert not forms.is_valid()
    wrong = {
        form.add_prefix(name): str(errors)
        for form in (*forms.singles.values(), *rows_of(forms))
        for name, errors in form.errors.items()
    }
    assert set(wrong) == {field}
    assert said in wrong[field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"probes__0__interval": "soon"}, "probes-0-interval"),
        ({"resources__cpu_limit": "much"}, "resources-cpu_limit"),
        ({"basics__replicas": "two"}, "basics-replicas"),
        ({"ports__0__at": "web"}, "ports-0-published"),
    ],
)
def test_what_the_document_refuses_stands_at_its_field(changes: dict[str, str], field: str) -> None:
    forms = WholeForms(EVERYTHING, "app", data=data_of(EVERYTHING, "app", **changes))
    assert forms.is_valid()
    with pytest.raises(SpecError) as error:
        forms.component()
    for fault in error.value.faults:
        forms.place(fault, "app")
    wrong = {form.add_prefix(name) for form in (*forms.singles.values(), *rows_of(forms)) for name in form.errors}
    assert wrong | set(forms.form.errors) <= {field}, forms.form.errors
    assert wrong, forms.form.errors


def test_a_row_comes_and_goes_with_what_was_typed() -> None:
    data = data_of(EVERYTHING, "app", env__0__value="typed", more="env")
    forms = WholeForms(EVERYTHING, "app", data=data)
    assert forms.again
    assert [row["at"].value() for row in forms.tables["env"].rows] == [*EVERYTHING.components["app"].env, ""]
    back = sent(forms)
    assert back["env-0-value"] == "typed"
    back["drop"] = "env-1"
    fewer = sent(WholeForms(EVERYTHING, "app", data=back))
    component_spec_form = WholeForms(EVERYTHING, "app", data=fewer)
    assert component_spec_form.is_valid()
    before = EVERYTHING.components["app"].env
    assert component_spec_form.component().env == {
        name: item for name, item in {**before, "A": "typed"}.items() if name != "PASSED"
    }


def test_data_is_read_without_expanding_for_ever() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    with pytest.raises(ValueError, match="more than"):
        read_data(bomb)


def test_sizes_read_as_people_write_them() -> None:
    cell = Cell("size", "Size", Way.SIZE, None)
    assert [cell.write(size) for size in (512 * 1024**2, 1024, 1000, 0)] == ["512m", "1k", "1000", "0"]
    assert cell.read("2g", None) == 2 * 1024**3


PASSING = parse({"components": {"web": {"image": "web", "env": {"EMPTY": "", "PASSED": None, "SET": "a"}}}})


def test_a_variable_is_set_empty_or_passed_on() -> None:
    assert again(PASSING, "web").env == {"EMPTY": "", "PASSED": None, "SET": "a"}
    other = edited(PASSING, "web", **{"env-0-passed_on": "on", "env-1-passed_on": "", "env-2-value": ""})
    assert other.env == {"EMPTY": None, "PASSED": "", "SET": ""}


def test_a_value_and_passed_on_do_not_go_together() -> None:
    forms = WholeForms(PASSING, "web", data=data_of(PASSING, "web", **{"env-2-passed_on": "on"}))
    assert not forms.is_valid()
    assert forms.tables["env"].rows[2].errors["value"] == ["a value, or passed on from the host: not both"]
