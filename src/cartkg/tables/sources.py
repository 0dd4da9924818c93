"""Rows about documents: sources, their parts, the references they list and where those are cited."""

from __future__ import annotations

from typing import Annotated, ClassVar

from .base import Row, Sourced
from .columns import Identifier, Text, Whole, integer, locator, node, prose, row, scoped, subclass, term, text


class Source(Row):
    """A document that was curated."""

    table: ClassVar[str] = "sources"
    rdf_class: ClassVar[str] = "ck:Source"

    kind: Annotated[str, subclass("ck:Source", "What sort of document it is.")]
    title: Annotated[Text, text("dcterms:title", "Title as printed.")]
    authors: Annotated[Text, text("ck:authorsAsPrinted", "Authors as printed.")]
    journal: Annotated[Text | None, text("ck:journal", "Journal, where the document states it.")] = None
    year: Annotated[Whole, integer("ck:year", "Year of publication.")]
    published: Annotated[Text | None, text("ck:publishedOnline", "Date of publication online as printed.")] = None


class Part(Row):
    """A part of a document that a locator can name: a table, box, figure or section."""

    table: ClassVar[str] = "parts"
    rdf_class: ClassVar[str] = "ck:DocumentPart"

    source: Annotated[Identifier, row("ck:partOfSource", "sources", "Document it is a part of.")]
    kind: Annotated[str, subclass("ck:DocumentPart", "What sort of part it is.")]
    position: Annotated[Whole, integer("ck:position", "Order in the document, from 1.")]
    parent: Annotated[str | None, scoped("ck:partOfPart", "parts", "Part that contains it.")] = None


class Reference(Row):
    """An entry of a source's reference list."""

    table: ClassVar[str] = "references"
    rdf_class: ClassVar[str] = "ck:Reference"

    source: Annotated[Identifier, row("ck:listedIn", "sources", "Document whose reference list holds it.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Place in the reference list.")]
    number: Annotated[Whole, integer("ck:referenceNumber", "Number by which the document cites it.")]
    numbering: Annotated[str, term("ck:numbering", "ck:Numbering", "Whether the number is printed or ordinal.")]
    authors: Annotated[Text, text("ck:authorsAsPrinted", "Authors as printed, with et al. where printed.")]
    title: Annotated[Text, text("dcterms:title", "Title as printed.")]
    journal: Annotated[Text | None, text("ck:journal", "Journal or book as printed.")] = None
    volume: Annotated[Text | None, text("ck:volume", "Volume as printed.")] = None
    issue: Annotated[Text | None, text("ck:issue", "Issue or supplement as printed.")] = None
    pages: Annotated[Text | None, text("ck:pages", "Pages or article number as printed.")] = None
    year: Annotated[Whole, integer("ck:year", "Year as printed.")]
    doi: Annotated[Text | None, text("ck:doi", "DOI where the list prints one.")] = None


class Citation(Row):
    """A place in a source that cites references."""

    table: ClassVar[str] = "citations"
    rdf_class: ClassVar[str] = "ck:Citation"

    source: Annotated[Identifier, row("ck:citedIn", "sources", "Document that cites.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Sentence, cell, item or footnote that cites.")]
    references: Annotated[tuple[str, ...], scoped("ck:cites", "references", "Numbers of the references cited.")]


class Discrepancy(Sourced):
    """Two printed things that do not agree, or one that can not be right; flagged, never corrected."""

    table: ClassVar[str] = "discrepancies"
    rdf_class: ClassVar[str] = "ck:Discrepancy"

    kind: Annotated[str, term("ck:discrepancyKind", "ck:DiscrepancyKind", "What sort of disagreement it is.")]
    confidence: Annotated[str, term("ck:confidence", "ck:Confidence", "How sure it is that something is wrong.")]
    left: Annotated[Text, text("ck:leftReading", "What the first place prints.")]
    right: Annotated[Text | None, text("ck:rightReading", "What the other place prints or implies.")] = None
    counterpart: Annotated[tuple[str, ...], locator("ck:counterpart", "The other place.")] = ()
    about: Annotated[tuple[str, ...], node("ck:concerns", "Rows of this graph that it touches.")] = ()
    statement: Annotated[Text, prose("ck:statement", "The disagreement in own words.")]
    representation: Annotated[Text, prose("ck:representation", "What the graph holds in spite of it.")]
    likely_reading: Annotated[Text | None, text("ck:likelyReading", "What was probably meant.")] = None
