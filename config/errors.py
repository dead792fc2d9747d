"""The one refusal that actions raise and pages and commands say."""

from collections.abc import Iterable


class OperationRefused(Exception):
    """What was asked cannot be done now; `sentence` says why, `faults` where, `url` where to look.

    `parts` are the faults as they came, for pages that say their places in words.
    """

    def __init__(self, sentence: str, faults: Iterable[object] = (), url: str = "") -> None:
        self.sentence = sentence
        self.parts = tuple(faults)
        self.faults = tuple(map(str, self.parts))
        self.url = url
        super().__init__(sentence)
