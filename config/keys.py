"""The keys that seal secret values: from the environment, or a file made once beside the embedded database."""

import hashlib
import hmac
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet

from config.environment import InvalidVariable

KEY_FILE = "secret.key"


def check_keys(keys: Sequence[str], source: str) -> None:
    """Raises ``BadVariable`` naming ``source`` when one of the keys is no Fernet key."""
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise InvalidVariable(
                f"{source}: key {position} is not a valid key. Generate one with: "
                "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
            ) from None


def load_embedded_keys(folder: Path) -> list[str]:
    """The keys in ``folder``'s key file, which is made (0600) when it is not there yet."""
    path = folder / KEY_FILE
    if not path.exists():
        _create_key_file(path)
    keys = path.read_text().split()
    if not keys:
        raise InvalidVariable(f"The key file {path} is empty. Restore the key from a backup.")
    check_keys(keys, str(path))
    return keys


def derive_key(key: str, purpose: str) -> str:
    """A key for another purpose, from which the first cannot be found."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _create_key_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        Path(draft).unlink()
