import re

TAG_LENGTH = 30
MOST_TAGS = 10
_TAG = re.compile(r"[a-z0-9]+(?:[-.+][a-z0-9]+)*")


class TagError(ValueError):
    """A sentence for the person who typed it."""


def parse_tags(text: str) -> list[str]:
    """Tags from one text with commas or blanks between them: lower case, each once, sorted. Raises TagError."""
    tags = sorted(set(text.lower().replace(",", " ").split()))
    for tag in tags:
        if not _TAG.fullmatch(tag) or len(tag) > TAG_LENGTH:
            raise TagError(
                f"“{tag}” is not a tag: use letters, digits and single '-', '.', '+' between them, at most 30."
            )
    if len(tags) > MOST_TAGS:
        raise TagError(f"At most {MOST_TAGS} tags are allowed, not {len(tags)}.")
    return tags
