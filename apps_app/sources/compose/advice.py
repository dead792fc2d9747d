"""What to do about a file or a value that an import lacks, as it can be done where it was begun."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """Each is the beginning of a sentence. `give`: while the import is refused; `file`, `folder`: once it is done."""

    give: str
    file: str
    folder: str
    value: str

    def missing(self, path: str) -> str:
        """For something that is mounted and was not given; what has no ending is taken for a folder."""
        return self.file if "." in path.rpartition("/")[2].lstrip(".") else self.folder


BY_COMMAND = Advice(
    give="put it beside the Compose file",
    file="Import again with it beside the Compose file",
    folder="Import again from the folder that holds it",
    value="Give {name} a value in the .env file, or under Settings",
)
ON_PAGE = Advice(
    give="add it under “Files it refers to”",
    file="Import again, and add it under “Files it refers to”",
    folder="A browser sends no folders: import by command from the folder that holds it",
    value="Give {name} a value under Settings",
)
