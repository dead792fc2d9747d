"""Room on the engine's disk, where that can be known: on this very machine."""

import shutil
from collections.abc import Iterator

from apps_app.drivers.docker.engine import Engine
from apps_app.drivers.docker.reach import is_local

NEEDED = 64 * 1024**2
COMFORTABLE = 1024**3


def free(engine: Engine) -> int | None:
    """Bytes that are free where the engine keeps images and volumes; None where that cannot be known from here."""
    if not is_local(engine):
        return None
    try:
        return shutil.disk_usage(engine.info().root).free
    except OSError:
        return None


def objection(engine: Engine) -> Iterator[str]:
    """Without some room not even a container can be made."""
    room = free(engine)
    if room is not None and room < NEEDED:
        yield f"the engine's disk is full ({megabytes(room)} free); make room"


def warning(engine: Engine) -> Iterator[str]:
    room = free(engine)
    if room is not None and NEEDED <= room < COMFORTABLE:
        yield f"the engine's disk has little room left: {megabytes(room)} free"


def too_little(image: str, needed: int, room: int) -> str:
    return (
        f"the image {image} needs more than {megabytes(needed)}, and the engine has {megabytes(room)} free; make room"
    )


def megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
