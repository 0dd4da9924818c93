"""Rows about documents: sources, their parts, the references they list and where those are cited."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from .base import Row, Sourced
from .columns import (
    Identifier,
    Statement,
    Text,
    Whole,
    integer,
    locator,
    node,
    prose,
    row,
    scoped,
    subclass,
    term,
    text,
)
from .roles import CITES, MARK, ORDINAL, YEAR


class Source(Row):
    """A document that was curated."""

    table: ClassVar[str] = "sources"
    rdf_class: ClassVar[str] = "ck:Source"
    differentia: ClassVar[tuple[str, ...]] = (" of {year} with the title “{title}”",)

    kind: Annotated[str, subclass("ck:Source", "What sort of document it is.")]
    title: Annotated[Text, text("dcterms:title", "Title as printed.")]
    authors: Annotated[Text, text("ck:authorsAsPrinted", "Authors as printed.")]
    journal: Annotated[Text | None, text("ck:journal", "Journal, where the document states it.")] = None
    year: Annotated[Whole, integer("ck:year", "Year of publication.")]
    published: Annotated[Text | None, text("ck:publishedOnline", "Date of publication online as printed.")] = None
    row_ids: Annotated[
        Literal["scoped", "bare"],
        text("ck:rowIds", "Whether ids of rows of this document begin with its id: scoped or bare."),
    ] = "scoped"


class Part(Row):
    """A part of a document that a locator can name: a table, box, figure or section."""

    table: ClassVar[str] = "parts"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:DocumentPart"
    differentia: ClassVar[tuple[str, ...]] = (" of {source} named {label}",)

    source: Annotated[Identifier, row("ck:partOfSource", "sources", "Document it is a part of.")]
    kind: Annotated[str, subclass("ck:DocumentPart", "What sort of part it is.")]
    position: Annotated[Whole, integer("ck:position", "Order in the document, from 1.")]
    heading: Annotated[
        Text | None, text("ck:headingAsPrinted", "Heading as printed, by which a copy of the text announces it.")
    ] = None
    parent: Annotated[str | None, scoped("ck:partOfPart", "parts", "Part that contains it.")] = None


class Header(Row):
    """The heading of a table column."""

    table: ClassVar[str] = "headers"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:ColumnHeader"
    differentia: ClassVar[tuple[str, ...]] = (" that reads “{printed}” in {locator} of {source}",)

    source: Annotated[Identifier, row("ck:headerOf", "sources", "Document that prints it.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "The cell of the header line.")]
    printed: Annotated[Text, text("ck:headerAsPrinted", "Heading as printed, without its marks.", verbatim=True)]


class Footnote(Row):
    """A footnote of a table; its letter means nothing outside that table."""

    table: ClassVar[str] = "footnotes"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Footnote"
    differentia: ClassVar[tuple[str, ...]] = (" with the letter {mark} that stands in {locator} of {source}",)

    source: Annotated[Identifier, row("ck:footnoteOf", "sources", "Document that prints it.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Place of the footnote itself.")]
    mark: Annotated[Text, text("ck:footnoteLetter", "Letter that marks it.", MARK)]
    marked: Annotated[tuple[str, ...], locator("ck:markedAt", "Cells and headers that carry the letter.")] = ()
    statement: Annotated[Text, prose("ck:statement", "What it says, in own words.")]


class Reference(Row):
    """An entry of a source's reference list."""

    table: ClassVar[str] = "references"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Reference"
    differentia: ClassVar[tuple[str, ...]] = (" with the number {number} in the list of {source}", ", titled “{title}”")

    source: Annotated[Identifier, row("ck:listedIn", "sources", "Document whose reference list holds it.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Place in the reference list.")]
    number: Annotated[Whole, integer("ck:referenceNumber", "Number by which the document cites it.", ORDINAL)]
    numbering: Annotated[str, term("ck:numbering", "ck:Numbering", "Whether the number is printed or ordinal.")]
    authors: Annotated[
        Text, text("ck:authorsAsPrinted", "Authors as printed, with et al. where printed.", verbatim=True)
    ]
    title: Annotated[Text, text("dcterms:title", "Title as printed.", verbatim=True)]
    journal: Annotated[Text | None, text("ck:journal", "Journal or book as printed.", verbatim=True)] = None
    volume: Annotated[Text | None, text("ck:volume", "Volume as printed.", verbatim=True)] = None
    issue: Annotated[Text | None, text("ck:issue", "Issue or supplement as printed.", verbatim=True)] = None
    pages: Annotated[Text | None, text("ck:pages", "Pages or article number as printed.", verbatim=True)] = None
    year: Annotated[Whole, integer("ck:year", "Year as printed.", YEAR)]
    doi: Annotated[Text | None, text("ck:doi", "DOI where the list prints one.", verbatim=True)] = None


class Citation(Row):
    """A place in a source that cites references."""

    table: ClassVar[str] = "citations"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Citation"
    differentia: ClassVar[tuple[str, ...]] = (" of {references} in {source}", ", named “{label}”")

    source: Annotated[Identifier, row("ck:citedIn", "sources", "Document that cites.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Sentence, cell, item or footnote that cites.")]
    references: Annotated[tuple[str, ...], scoped("ck:cites", "references", "Numbers of the references cited.", CITES)]


class Link(Sourced):
    """Two reports, by the references that list them, of which a patient or a trial may be counted twice."""

    table: ClassVar[str] = "links"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:ReportLink"
    differentia: ClassVar[tuple[str, ...]] = (" of the kind “{relation}” from {subject} to {object}",)
    derived: ClassVar[tuple[Statement, ...]] = (Statement("subject", "relation", "object"),)

    relation: Annotated[str, term("ck:linkKind", "ck:LinkKind", "How the two are related.")]
    subject: Annotated[str, scoped("ck:linkSubject", "references", "Report that the statement is about.", across=True)]
    object: Annotated[
        str,
        scoped(
            "ck:linkObject",
            "references",
            "Earlier report, or the other one.",
            across=True,
        ),
    ]


class Omission(Row):
    """Figures that a source prints and that no row carries, with the reason why."""

    table: ClassVar[str] = "omissions"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Omission"
    differentia: ClassVar[tuple[str, ...]] = (
        " of {printed} in {locator} of {source}",
        ", which is left out as a {reason}",
    )

    source: Annotated[Identifier, row("ck:omittedFrom", "sources", "Document that prints them.")]
    locator: Annotated[tuple[str, ...], locator("ck:locator", "Where it prints them.")]
    printed: Annotated[tuple[str, ...], text("ck:omitted", "The figures as printed, one entry each time.")]
    reason: Annotated[str, term("ck:omissionReason", "ck:OmissionReason", "Why no row carries them.")]
    note: Annotated[Text | None, prose("skos:editorialNote", "Curator's remark in own words.")] = None


class Discrepancy(Sourced):
    """Two printed things that do not agree, or one that can not be right; flagged, never corrected."""

    table: ClassVar[str] = "discrepancies"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Discrepancy"
    differentia: ClassVar[tuple[str, ...]] = (
        " of the kind “{kind}” that is named “{label}”",
        ", read in {locator} of {source}",
    )

    kind: Annotated[str, term("ck:discrepancyKind", "ck:DiscrepancyKind", "What sort of disagreement it is.")]
    confidence: Annotated[str, term("ck:confidence", "ck:Confidence", "How sure it is that something is wrong.")]
    left: Annotated[Text, text("ck:leftReading", "What the first place prints.")]
    right: Annotated[Text | None, text("ck:rightReading", "What the other place prints or implies.")] = None
    counterpart: Annotated[tuple[str, ...], locator("ck:counterpart", "The other place.")] = ()
    about: Annotated[tuple[str, ...], node("ck:concerns", "Rows of this graph that it touches.")] = ()
    statement: Annotated[Text, prose("ck:statement", "The disagreement in own words.")]
    representation: Annotated[Text, prose("ck:representation", "What the graph holds in spite of it.")]
    likely_reading: Annotated[Text | None, text("ck:likelyReading", "What was probably meant.")] = None
