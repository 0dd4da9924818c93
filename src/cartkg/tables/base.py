"""The base of every row model: frozen, closed, identified; and the provenance that most rows carry."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict

from .columns import Count, Identifier, Months, Statement, Text, locator, prose, row, scoped, term
from .roles import CITED


class Row(BaseModel):
    """A row of a curated table; the class says what its columns mean.

    `differentia`: phrases that follow the label of the row's class in its definition. `{column}` stands for the words
    of that column; a phrase with an empty column is left out. `optional`: a data folder may do without the table.
    `of_one_source`: its rows hold for their document only, so that their ids begin with its id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    table: ClassVar[str]
    rdf_class: ClassVar[str]
    derived: ClassVar[tuple[Months | Count | Statement, ...]] = ()
    differentia: ClassVar[tuple[str, ...]]
    optional: ClassVar[bool] = False
    of_one_source: ClassVar[bool] = False

    id: Identifier
    label: Annotated[Text, prose("rdfs:label", "Short name shown to people.")]


class Sourced(Row):
    """A row whose statement was read somewhere: where, on whose authority, and how.

    `exhaustive`: together the rows of the table carry every reference that a place of theirs cites.
    """

    exhaustive: ClassVar[bool] = False

    source: Annotated[Identifier, row("prov:wasQuotedFrom", "sources", "Document the statement was read in.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Where the source prints it.")]
    references: Annotated[
        tuple[str, ...],
        scoped("prov:hadPrimarySource", "references", "Numbers of the references cited there for it.", CITED),
    ] = ()
    basis: Annotated[str, term("ck:basis", "ck:Basis", "Whether it is stated, inferred or external.")]
    premises: Annotated[
        tuple[str, ...], locator("ck:premise", "For an inferred row: the places it is inferred from.")
    ] = ()
    note: Annotated[Text | None, prose("skos:editorialNote", "Curator's remark in own words.")] = None
