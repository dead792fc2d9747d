"""The one refusal that actions raise and pages and commands say."""

from collections.abc import Iterable


class Refused(Exception):
    """What was asked cannot be done now; `sentence` says why, `faults` where, `url` where to look."""

    def __init__(self, sentence: str, faults: Iterable[object] = (), url: str = "") -> None:
        self.sentence = sentence
        self.faults = tuple(map(str, faults))
        self.url = url
        super().__init__(sentence)
