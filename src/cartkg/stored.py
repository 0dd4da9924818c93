"""Stored queries: files of SPARQL with a header that says what they answer and which values they take."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .resources import queries_directory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyoxigraph as ox

_TOKEN = re.compile(
    r"""(?P<skip>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|\#[^\n]*)
        |\bVALUES\s*[?$](?P<name>\w+)\s*\{""",
    re.VERBOSE | re.IGNORECASE,
)
_ITEM = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^\s{}"<]+)""")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value a stored query takes."""

    name: str
    type: str
    default: Any
    label: str
    vocabulary: str = ""


@dataclass(frozen=True)
class StoredQuery:
    """One query file."""

    path: Path
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """Name by which it is asked for."""
        return self.path.stem

    @property
    def topic(self) -> str:
        """Folder it stands in."""
        return self.path.parent.name

    @cached_property
    def header(self) -> dict[str, Any]:
        """The YAML of its `#+` lines."""
        import yaml

        lines = [line[2:] for line in self.text.splitlines() if line.startswith("#+")]
        try:
            loaded = yaml.safe_load("\n".join(line.removeprefix(" ") for line in lines))
        except yaml.YAMLError as error:
            raise UsageError(f"{self.path.name}: its header is not valid YAML: {error}") from error
        return loaded if isinstance(loaded, dict) else {}

    @property
    def summary(self) -> str:
        """The question it answers."""
        return str(self.header.get("summary", ""))

    @property
    def description(self) -> str:
        """More about the answer."""
        return str(self.header.get("description", "")).strip()

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Its parameters by name."""
        declared = [Parameter(**entry) for entry in self.header.get("params") or ()]
        return {parameter.name: parameter for parameter in declared}

    def with_values(self, values: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
        """The text with the terms of its `VALUES` rows replaced; the query's structure can not change."""
        pieces: list[str] = []
        position = 0
        missing = set(values)
        for token in _TOKEN.finditer(self.text):
            name = token["name"]
            if name not in values or token.start() < position:
                continue
            end = _closing_brace(self.text, token.end())
            pieces.extend((self.text[position : token.end()], f" {values[name]} "))
            position = end
            missing.discard(name)
        if missing:
            raise UsageError(f"{self.path.name}: no VALUES row for parameter {', '.join(sorted(missing))}")
        return "".join([*pieces, self.text[position:]])


def _closing_brace(text: str, position: int) -> int:
    while item := _ITEM.match(text, position):
        position = item.end()
    return text.index("}", position)


def stored_queries() -> dict[str, StoredQuery]:
    """All stored queries by name, in order of topic and name."""
    files = sorted(queries_directory().glob("*/*.rq"))
    return {file.stem: StoredQuery(file, file.read_text(encoding="utf-8")) for file in files}


def stored_query(name: str) -> StoredQuery:
    """The stored query of this name; UsageError names the nearest ones."""
    found = sorted(queries_directory().glob(f"*/{name}.rq")) if re.fullmatch(r"[a-z0-9-]+", name) else []
    if not found:
        import difflib

        known = sorted(file.stem for file in queries_directory().glob("*/*.rq"))
        near = difflib.get_close_matches(name, known, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`cartkg query` lists them"
        raise UsageError(f"no stored query is called {name!r}; {hint}")
    return StoredQuery(found[0], found[0].read_text(encoding="utf-8"))
