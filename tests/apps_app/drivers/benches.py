"""One bench for each driver: the target that the contract suite tries it on, and what only a bench may do to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from dulwich.repo import Repo
from ruamel.yaml import YAML

from apps_app.drivers.base import Driver, Placement
from apps_app.drivers.memory import memory_target
from apps_app.drivers.registry import open_driver
from tests.apps_app.drivers.docker.bench import DockerBench
from tests.apps_app.drivers.repositories import commit_by_hand


class Bench(Protocol):
    """A fresh target of one kind."""

    kind: str
    keeps_unfinished: bool
    """Whether what an unfinished session did stays there."""

    def driver(self) -> Driver:
        """One more driver object for the same target."""

    def change_by_hand(self, app: Placement, key: str) -> None:
        """Somebody changes a component behind the driver's back."""

    def set_env_by_hand(self, app: Placement, key: str, **env: str) -> None:
        """Somebody gives a component more environment, and leaves all else of it."""

    def take_away_by_hand(self, app: Placement, key: str) -> None:
        """Somebody removes a component."""

    def readable(self) -> Iterator[bytes]:
        """Everything that others than the target's owner may read."""

    def clear(self) -> None:
        """Takes away what is on the target, where it outlives the test."""


class MemoryBench:
    kind = "memory"
    keeps_unfinished = True

    def __init__(self, path: Path) -> None:
        self._name = str(path)

    def driver(self) -> Driver:
        return open_driver("memory", {"name": self._name}, "")

    def change_by_hand(self, app: Placement, key: str) -> None:
        memory_target(self._name).drift(app.uid, key)

    def set_env_by_hand(self, app: Placement, key: str, **env: str) -> None:
        target = memory_target(self._name)
        component = target.parts(app.uid)[key].component
        target.drift(app.uid, key, found=component.model_copy(update={"env": {**component.env, **env}}))

    def take_away_by_hand(self, app: Placement, key: str) -> None:
        memory_target(self._name).take_away(app.uid, key)

    def readable(self) -> Iterator[bytes]:
        for uid in memory_target(self._name).applications():
            yield repr(memory_target(self._name).parts(uid)).encode()

    def clear(self) -> None:
        """A target of another name is another one."""


class GitBench:
    kind = "git"
    keeps_unfinished = False

    def __init__(self, path: Path) -> None:
        self.path = path / "repository"

    def driver(self) -> Driver:
        return open_driver("git", {"path": str(self.path)}, "")

    def change_by_hand(self, app: Placement, key: str) -> None:
        compose = self.path / app.slug / "compose.yaml"
        text = compose.read_text()
        assert f"  {key}:\n" in text
        compose.write_text(text.replace(f"  {key}:\n", f"  {key}:\n    hostname: changed\n"))
        commit_by_hand(self.path, f"{app.slug}/compose.yaml")

    def set_env_by_hand(self, app: Placement, key: str, **env: str) -> None:
        with self._edited(app) as document:
            document["services"][key]["environment"] |= env

    def take_away_by_hand(self, app: Placement, key: str) -> None:
        with self._edited(app) as document:
            del document["services"][key]

    @contextmanager
    def _edited(self, app: Placement) -> Iterator[dict[str, Any]]:
        compose, yaml = self.path / app.slug / "compose.yaml", YAML()
        document = yaml.load(compose)
        yield document
        yaml.dump(document, compose)
        commit_by_hand(self.path, f"{app.slug}/compose.yaml")

    def readable(self) -> Iterator[bytes]:
        """Every object of the repository and every file of the work tree, with their names."""
        with Repo(self.path) as repo:
            for sha in repo.object_store:
                yield repo[sha].as_raw_string()
        for path in self.path.rglob("*"):
            yield str(path).encode()
            if path.is_file():
                yield path.read_bytes()

    def clear(self) -> None:
        """The folder is the test's own."""


BENCHES: dict[str, Callable[[Path], Bench]] = {"memory": MemoryBench, "git": GitBench, "docker": DockerBench}
