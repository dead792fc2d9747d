"""What dulwich and the disk raise, in words that say what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.file import FileLocked

from apps_app.drivers.base import DriverError


@contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Raises DriverError about the repository at `path` for everything that goes wrong inside."""
    try:
        yield
    except DriverError:
        raise
    except FileLocked as error:
        raise DriverError(locked(str(error.lockfilename)), permanent=False) from error
    except NotGitRepository as error:
        sentence = f"{path} is no Git repository; restore it, or choose another folder for this target"
        raise DriverError(sentence, permanent=True) from error
    except OSError as error:
        raise DriverError(f"{path} cannot be used: {error}; put that right and try again", permanent=False) from error
    except Exception as error:  # a damaged object shows itself as any error: KeyError, zlib.error, AssertionError
        text = f"the Git repository at {path} is damaged ({type(error).__name__}: {error})"
        raise DriverError(f"{text}; look at it with 'git fsck' and restore it from a copy", permanent=True) from error


def locked(lock: str) -> str:
    """The sentence for a lock file that is in the way."""
    return f"another git command holds {lock}; wait for it, or remove that file if none is running"
