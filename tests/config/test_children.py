"""A child that dies is started again, less and less often."""

import subprocess

from config.processes import PAUSES, STEADY, Child


class Starting:
    """Processes that end at once, or never."""

    def __init__(self, command: str = "false") -> None:
        self.command = command
        self.count = 0

    def __call__(self, command: list[str]) -> subprocess.Popen[bytes]:
        self.count += 1
        process = subprocess.Popen([self.command])
        process.wait()
        return process


def test_it_is_started_again_with_longer_pauses() -> None:
    starting = Starting()
    child = Child("worker", [], starting)
    now, pauses = 1e9, []
    for _ in range(len(PAUSES) + 2):
        text = child.look(now)
        pauses.append(text.rpartition("in ")[2])
        assert child.look(now + 0.5) == "", "not before its time"
        now += PAUSES[-1] + 1
        assert child.look(now) == "The worker is started again."
    assert pauses == ["1 s.", "2 s.", "5 s.", "15 s.", "30 s.", "30 s.", "30 s."]
    assert starting.count == len(pauses) + 1


def test_one_that_ran_for_long_is_started_again_soon() -> None:
    child, now = Child("worker", [], Starting()), 1e9
    for _ in range(3):
        child.look(now)
        now += PAUSES[-1]
        child.look(now)
    assert child.look(now + STEADY) == "The worker ended with 1; it is started again in 1 s."


def test_what_has_to_last_is_not_started_again() -> None:
    starting = Starting()
    child = Child("web server", [], starting, lasting=True)
    assert child.look(1e9) == "The web server ended with 1; stopping."
    assert child.is_over
    assert starting.count == 1
