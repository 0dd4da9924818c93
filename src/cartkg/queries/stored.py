"""Stored queries: files of SPARQL with a header that says what they answer and which values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import StorageError, UsageError
from ..files import read_yaml
from ..rdf.tokens import ValuesRow, edited, values_rows
from ..resources import QUERIES_DIRECTORY
from .names import suggestion

if TYPE_CHECKING:
    import pyoxigraph as ox  # not at run time: what only lists the questions starts without the engine

_CHECKS = ("audit", "recompute", "verify")
ENDINGS = ("", "_iri", "_asked")
KINDS = ("iri", "enum", "integer", "decimal", "text")
_NUMBERS = {"integer": "integer", "decimal": "number"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value a stored query takes.

    `values` says where known values come from: a table for rows (`products`), a class of the ontology for codes
    (`ck:Outcome`), a column of the query's own answer (`?target`), both (`ck:Outcome ?outcome`), or the values
    themselves. The answer keeps what is `wider` than the value, too. Words that `several` names hold mean all of these.
    People add words that are `untold`, as a pattern; of what it `lacks`, a refusal says so. A value of what stands
    `alone` is none of the words of another parameter.
    """

    name: str
    type: str
    label: str
    default: Any = None
    values: str | tuple[str, ...] = ""
    list: bool = False
    wider: bool = False
    several: bool = False
    untold: str = ""
    lacks: str = ""
    alone: bool = False

    def plain(self, value: str) -> str:
        """A value without the words that no answer tells apart."""
        untold = rf"(?<!\w)({self.untold})(?!\w)[\s,/-]*((and|or|in|of|with)\s)?"
        left = re.sub(untold, "", value, flags=re.IGNORECASE) if self.untold else value
        return value if left == value else left.replace("()", "").strip(" ,-")

    @property
    def schema(self) -> dict[str, Any]:
        """What may be given for it, as JSON Schema says it."""
        kind: dict[str, Any] = {"type": _NUMBERS.get(self.type, "string")}
        if isinstance(self.values, tuple) and self.values:
            kind["enum"] = [*self.values]
        if self.default is not None:
            kind["default"] = self.default
        return {"type": "array", "items": kind} if self.list else kind


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
        lines = [line[2:] for line in self.text.splitlines() if line.startswith("#+")]
        try:
            loaded = read_yaml("\n".join(line.removeprefix(" ") for line in lines))
        except ValueError as error:
            raise UsageError(f"{self.path.name}: its header is not valid YAML: {error}") from error
        return loaded if isinstance(loaded, dict) else {}

    @property
    def internal(self) -> bool:
        """Whether only programs ask it."""
        return "internal" in (self.header.get("tags") or ())

    @property
    def computed(self) -> bool:
        """Whether its answer holds what SPARQL alone does not give; told without reading YAML."""
        return "\n#+ pooled: " in self.text or "\n#+ judged: " in self.text

    @property
    def check(self) -> bool:
        """Whether checks ask it, not readers."""
        return self.topic in _CHECKS

    @property
    def of_studies(self) -> bool:
        """Whether its answer is on studies."""
        return "?study_iri" in self.text

    @property
    def for_readers(self) -> bool:
        """Whether readers ask it."""
        return not (self.internal or self.check)

    @property
    def example(self) -> str:
        """A command that asks it."""
        return f"cartkg query {self.name} {self.header.get('example', '')}".rstrip()

    @property
    def notes(self) -> Mapping[str, str]:
        """What a reader must know of an answer where a parameter is given, by its name."""
        return dict(self.header.get("notes") or {})

    @property
    def note(self) -> str:
        """What a reader must know of every answer; told without reading YAML."""
        return self._line("note").strip('"')

    @property
    def key(self) -> str:
        """The column whose value no two rows share, where its header names it; told without reading YAML."""
        return self._line("key")

    @property
    def if_empty(self) -> str:
        """Why it may find nothing, where no value is to blame."""
        return str(self.header.get("if_empty", ""))

    @property
    def summary(self) -> str:
        """The question it answers."""
        return str(self.header.get("summary", ""))

    @property
    def description(self) -> str:
        """More about the answer."""
        return str(self.header.get("description", "")).strip()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a reader sees first, the most important at the beginning; none where all are alike."""
        return tuple(filter(None, (name.strip() for name in self._line("columns").strip("[]").split(","))))

    @property
    def tags(self) -> str:
        """The words under which it is filed, its topic first."""
        return self._line("tags").strip("[]")

    def _line(self, key: str) -> str:
        """What stands in one line of the header: without YAML, which takes longer to import than an answer."""
        found = re.search(rf"^#\+ {key}: (.*)$", self.text, re.MULTILINE)
        return found[1] if found else ""

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Its parameters by name; UsageError where the header declares one badly."""
        try:
            declared = [Parameter(**_declared(entry)) for entry in self.header.get("params") or ()]
        except (TypeError, AttributeError) as error:
            raise UsageError(f"{self.path.name}: its header declares a parameter badly: {error}") from error
        for parameter in declared:
            if parameter.type not in KINDS:
                raise UsageError(f"{self.path.name}: {parameter.name}: type is one of {', '.join(KINDS)}")
        return {parameter.name: parameter for parameter in declared}

    @property
    def body(self) -> str:
        """The SPARQL without its header."""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith("#+")).strip() + "\n"

    @cached_property
    def rows_of_values(self) -> dict[str, ValuesRow]:
        """The `VALUES` row of each parameter: its variable is the name, or that with `_iri` or `_asked`."""
        rows = {row.name: row for row in reversed(list(values_rows(self.text)))}
        names = {name: [name + ending for ending in ENDINGS if name + ending in rows] for name in self.parameters}
        return {name: rows[found[0]] for name, found in names.items() if found}

    def with_values(self, values: Mapping[str, Sequence[ox.NamedNode | ox.Literal]]) -> str:
        """The text with terms in its `VALUES` rows, and without the clauses of parameters that are left undefined."""
        if values and (missing := sorted(set(values) - set(self.rows_of_values))):
            raise UsageError(f"{self.path.name}: no VALUES row for parameter {', '.join(missing)}")
        terms = {self.rows_of_values[name].name: values[name] for name in values}
        given = {self.rows_of_values[name].clause for name in values}
        edits: list[tuple[int, int, str]] = []
        for row in values_rows(self.text):
            if row.name in terms:
                edits.append((row.start, row.end, f" {' '.join(map(str, terms[row.name]))} "))
            elif row.undefined and row.clause not in given:
                edits.append((*row.clause, ""))
            elif row.undefined:
                edits.append((self.text.rindex("VALUES", 0, row.start), row.end + 1, ""))
        return edited(self.text, edits)


def _declared(entry: str | Mapping[str, Any]) -> dict[str, Any]:
    """What a header says of a parameter; without a type, beside what `queries/parameters.yaml` says of its name."""
    own = {"name": entry} if isinstance(entry, str) else dict(entry)
    if "type" not in own:
        own = {**shared_parameters(QUERIES_DIRECTORY / "parameters.yaml").get(own.get("name", ""), {}), **own}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in own.items()}


@lru_cache(maxsize=8)
def shared_parameters(file: Path) -> dict[str, dict[str, Any]]:
    """The declarations that several queries share, by name of the parameter."""
    try:
        return dict(read_yaml(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise StorageError(f"{file}: is no list of parameters: {error}") from error


def stored_queries() -> dict[str, StoredQuery]:
    """All stored queries by name, in order of topic and name; those that checks ask come last."""
    files = sorted(QUERIES_DIRECTORY.glob("*/*.rq"), key=lambda file: (file.parent.name in _CHECKS, file))
    return {file.stem: _read(file) for file in files}


def stored_query(name: str) -> StoredQuery:
    """The stored query of this name, or the one that answers in its place; UsageError names the nearest ones."""
    return _read(_file(QUERIES_DIRECTORY, name))


def preset(name: str) -> dict[str, Any]:
    """The values with which a query answers in place of one that had this name; none for its own name."""
    query = stored_query(name)
    return {} if query.name == name else dict(query.header.get("aliases", {}).get(name) or {})


def notice(name: str) -> str:
    """What to ask in place of a name that a query had before it was merged into another; empty for its own name."""
    query, given = stored_query(name), "".join(f" -p {pair}" for pair in typed(preset(name)))
    return "" if query.name == name else f"{name} is now asked as: {query.name}{given}"


def typed(values: Mapping[str, object]) -> list[str]:
    """Values of parameters as they are typed, NAME=VALUE, each of several by itself."""
    several = (list, tuple, set, frozenset)
    return [f"{name}={one}" for name, of in values.items() for one in (of if isinstance(of, several) else [of])]


@lru_cache(maxsize=1024)
def _file(directory: Path, name: str) -> Path:
    files = {file.stem: file for file in directory.glob("*/*.rq")}
    if name in files:
        return files[name]
    for file in sorted(files.values()):
        if name in (_read(file).header.get("aliases") or {}):
            return file
    hint = suggestion(name.removesuffix(".rq").rpartition("/")[2], sorted(files)) or "; `cartkg query` lists them"
    raise UsageError(f"no stored query is called {name!r}{hint}")


def _read(file: Path) -> StoredQuery:
    return _query(file, file.read_text(encoding="utf-8"))


# One query for one text: its header and tokens are read once, however often it is asked.
_query = lru_cache(maxsize=1024)(StoredQuery)
