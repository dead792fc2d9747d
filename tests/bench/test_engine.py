"""From confirm to complete on a Docker Engine, beside `docker-compose up -d`: ten containers, one of them changes.

UPLIFT_TEST_COMPOSE=… uv run pytest tests/bench/test_engine.py --benchmark-enable
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps_app.actions.import_compose import import_compose
from apps_app.actions.save_component import save_component
from apps_app.formats.compose.read import read_compose
from apps_app.models import Application, Target
from config.accounts.access.actor import Actor
from config.accounts.models import Team, User
from tests.apps_app.drivers.docker import engines
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.execute_upgrade import run
from upgrades_app.actions.save_plan import store
from upgrades_app.demo.steps import proposal
from upgrades_app.engine.inputs.planning_input import Kind
from upgrades_app.models import UpgradeRecord

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]
SIZE, ROUNDS, CHANGED = 10, 5, "c4"


def compose(value: int) -> bytes:
    services = (
        f"  c{number}:\n    image: local/uplift-web:1\n    stop_grace_period: 2s\n"
        f"    environment: {{LEVEL: '{value if f'c{number}' == CHANGED else 0}'}}\n"
        for number in range(SIZE)
    )
    return f"name: ten\nservices:\n{''.join(services)}".encode()


def ids(*labels: str) -> dict[str, str]:
    """Container ids by component, of Uplift's or of Compose's."""
    result = engines.api().containers(filters={"label": list(labels)})
    names = ("uplift.key", "com.docker.compose.service")
    return {next(item["Labels"][name] for name in names if name in item["Labels"]): item["Id"] for item in result}


class Ten:
    """The same ten containers in the hands of one of the two."""

    def __init__(self, label: str, change: Callable[[int], float]) -> None:
        self.label, self.change = label, change

    def figures(self) -> tuple[list[float], list[set[str]]]:
        """Seconds of every round, and which containers are others after it."""
        seconds, touched = [], []
        for number in range(1, ROUNDS + 1):
            before = ids(self.label)
            seconds.append(self.change(number))
            after = ids(self.label)
            assert len(after) == SIZE
            touched.append({key for key in after if after[key] != before[key]})
        return seconds, touched


@pytest.fixture
def reader(pytestconfig: pytest.Config) -> str:
    if not pytestconfig.getoption("benchmark_enable"):
        pytest.skip("takes minutes; --benchmark-enable runs it")
    program = os.environ.get("UPLIFT_TEST_COMPOSE") or shutil.which("docker-compose")
    return program or pytest.skip("needs docker-compose: set UPLIFT_TEST_COMPOSE to it")


@pytest.fixture
def by_compose(reader: str, tmp_path: Path) -> Iterator[Ten]:
    def compose_says(*words: str) -> None:
        environment = {**os.environ, "DOCKER_HOST": engines.address()}
        command = [reader, "-p", "bench", "-f", str(tmp_path / "compose.yaml"), *words]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def change(number: int) -> float:
        (tmp_path / "compose.yaml").write_bytes(compose(number))
        began = time.monotonic()
        compose_says("up", "-d")
        return time.monotonic() - began

    change(0)
    yield Ten("com.docker.compose.project=bench", change)
    compose_says("down", "-t", "2")


@pytest.fixture(params=["1s", ""], ids=["gate of 1 s", "gate of the default"])
def by_uplift(request: pytest.FixtureRequest, reader: str, team: Team, operator: User) -> Iterator[Ten]:
    config = {"address": engines.address(), **({"gate": request.param} if request.param else {})}
    target = Target.objects.create(team=team, slug="bench", kind="docker", config=config)
    by = Actor.of(operator)
    imported = read_compose({"compose.yaml": compose(0)}, "compose.yaml")
    application = import_compose(by, team=team, name="ten", imported=imported, target=target)

    def carry_out(record: UpgradeRecord) -> float:
        began = time.monotonic()
        confirm(record, by, digest=record.digest)
        finished = run(record.pk)
        seconds = time.monotonic() - began
        assert finished.succeeded, finished.result
        return seconds

    def change(number: int) -> float:
        here = Application.objects.get(pk=application.pk)
        component = here.desired_spec().components[CHANGED].model_copy(update={"env": {"LEVEL": str(number)}})
        revision = here.components.get(key=CHANGED).revision
        save_component(here, by, key=CHANGED, component=component, revision=revision)
        return carry_out(store(proposal(here, Kind.CHANGE, None), by))

    carry_out(store(proposal(application, Kind.CHANGE, None), by))
    yield Ten(f"uplift.uid={application.uid}", change)
    for name in ids(f"uplift.uid={application.uid}").values():
        engines.api().remove_container(name, force=True)
    for network in engines.api().networks(filters={"label": f"uplift.uid={application.uid}"}):
        engines.api().remove_network(network["Id"])


def test_one_of_ten(by_compose: Ten, by_uplift: Ten, capsys: pytest.CaptureFixture[str]) -> None:
    for name, ten in {"Uplift": by_uplift, "docker-compose up -d": by_compose}.items():
        seconds, touched = ten.figures()
        rounds = ", ".join(f"{number:.2f}" for number in seconds)
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: median {statistics.median(seconds):.2f} s of {rounds}; touched {touched}\n")
        assert touched == [{CHANGED}] * ROUNDS
