"""A command line → words, by the rules of the splitter that Compose uses (not those of a shell)."""

_SPACES = " \t\r\n"
_ENDS = ";&|<>"


def split(line: str) -> tuple[str, ...]:
    """The words. An unquoted `;`, `&`, `|`, `<` or `>` ends the command. Raises ValueError for an open quote."""
    words: list[str] = []
    word: str | None = None
    quote = ""
    escaped = False
    for character in line:
        if escaped:
            word, escaped = (word or "") + character, False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character in _SPACES and not quote:
            words += [] if word is None else [word]
            word = None
        elif character in "'\"" and quote in ("", character):
            quote = "" if quote else character
            word = word or ""
        elif character in _ENDS and not quote:
            break
        elif character in "()" and not quote:
            raise ValueError("holds a bracket outside quotes")
        else:
            word = (word or "") + character
    if quote or escaped:
        raise ValueError("has a quote that is not closed" if quote else "ends in a backslash")
    return tuple(words if word is None else [*words, word])


def cut_short(line: str) -> bool:
    """Whether an operator of the shell outside quotes ends the command before the line's end."""
    quote = ""
    escaped = False
    for character in line:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character in "'\"" and quote in ("", character):
            quote = "" if quote else character
        elif character in _ENDS and not quote:
            return True
    return False
