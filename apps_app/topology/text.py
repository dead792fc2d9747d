"""How wide a text will be, and what of it fits.

The browser's font is not known here, so widths are those of the widest usual sans-serif fonts: text
may end a little early, never outside its box.
"""

from typing import Literal
from unicodedata import combining, east_asian_width

_HUNDREDTHS = {
    30: "iljI'",
    36: " ,.-/:;\\|ft",
    42: "()[]!rJ",
    50: '*`"',
    54: "scz?",
    58: "kvxy_L",
    62: "aeohnFTpqdbug{}",
    65: "0123456789$",
    68: "AEKPSVYX",
    72: "BCRZU",
    76: "HN",
    79: "DGOQ&",
    84: "#+<=>^~w",
    99: "mMW%@",
}
_WIDTH = {letter: width / 100 for width, letters in _HUNDREDTHS.items() for letter in letters}
_OTHER, _WIDE, _BOLD = 0.8, 1.05, 1.15
ELLIPSIS = "…"
SEPARATORS = "-_./: "

Cut = Literal["start", "middle", "end"]


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """An upper estimate, in pixels, of `text` set in `size` pixels."""
    return sum(map(_advance, text)) * size * (_BOLD if bold else 1)


def _advance(letter: str) -> float:
    if letter in _WIDTH:
        return _WIDTH[letter]
    if combining(letter):
        return 0
    return _WIDE if east_asian_width(letter) in "WF" else _OTHER


def fit(text: str, width: float, size: float, *, bold: bool = False, cut: Cut = "end") -> str:
    """`text`, or as much of it as fits into `width` pixels, with an ellipsis where it was cut."""
    if measure(text, size, bold=bold) <= width:
        return text
    fewest, most = 0, len(text)
    while fewest < most:
        number = (fewest + most + 1) // 2
        if measure(_shortened(text, number, cut), size, bold=bold) <= width:
            fewest = number
        else:
            most = number - 1
    return _shortened(text, fewest, cut)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """`text` in one line, or in two, broken behind a separator, if it does not fit into one."""
    if measure(text, size, bold=bold) <= width:
        return (text,)
    breaks = [at for at in range(2, len(text)) if text[at - 1] in SEPARATORS]
    heads = {at: measure(text[:at], size, bold=bold) for at in breaks}
    fitting = [at for at in breaks if heads[at] <= width]
    if not fitting:
        return (fit(text, width, size, bold=bold, cut="middle"),)
    tails = {at: measure(text[at:], size, bold=bold) for at in fitting}
    complete = [at for at in fitting if tails[at] <= width]
    at = min(complete, key=lambda at: abs(heads[at] - tails[at])) if complete else fitting[-1]
    return text[:at].rstrip(), fit(text[at:], width, size, bold=bold, cut="middle")


def _shortened(text: str, number: int, cut: Cut) -> str:
    tail = {"start": number, "middle": number // 2, "end": 0}[cut]
    return text[: number - tail].rstrip() + ELLIPSIS + text[len(text) - tail :].lstrip()
