from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from apps_app.drivers.git.atomic_files import held
from apps_app.drivers.git.errors import speaking

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class PrivateStore:
    """Where things are: `<repository>.secrets/`, for the owner only."""

    root: Path

    @classmethod
    def of(cls, repository: Path) -> "PrivateStore":
        return cls(repository.with_name(repository.name + ".secrets"))

    def prepare(self) -> None:
        """Makes the folder. Raises DriverError."""
        with speaking(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def values(self, slug: str) -> Path:
        """An application's secret values, as an env file."""
        return self.root / f"{slug}.env"

    def stage(self, slug: str) -> Path:
        """What its session has not finished."""
        return self.root / f".{slug}.session"

    @property
    def made(self) -> Path:
        """Stands as soon as the repository was made: without that repository, it is lost."""
        return self.root / ".made"

    def session_lock(self, slug: str) -> AbstractContextManager[None]:
        """Held while a session of this application lasts. Raises DriverError at once when another one has it."""
        busy = f"{slug} is being changed by another session; try again later"
        return held(self.root / f".{slug}.lock", wait=0, busy=busy)

    def repository_lock(self, *, shared: bool = False) -> AbstractContextManager[None]:
        """Held while the branch, the work tree and the index move; shared while they are read."""
        busy = f"another process has been writing to the repository beside {self.root} for {_PATIENCE:.0f} s; try again"
        return held(self.root / ".lock", wait=_PATIENCE, busy=busy, shared=shared)
