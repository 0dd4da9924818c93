"""How the data set is cited: title, version and date, read from the one file that says so."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import StorageError
from ..resources import document


@dataclass(frozen=True, slots=True)
class Citation:
    """What CITATION.cff says about the data set itself."""

    title: str
    abstract: str
    version: str
    released: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]

    @classmethod
    def read(cls) -> Citation:
        """Read the file; StorageError if it is damaged."""
        import yaml

        path = document("CITATION.cff")
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls(
                content["title"],
                content["abstract"],
                str(content["version"]),
                str(content["date-released"]),
                tuple(author["name"] for author in content["authors"]),
                tuple(content["keywords"]),
            )
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise StorageError(f"{path}: can not be read: {error}") from error
