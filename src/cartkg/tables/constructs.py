"""Rows about what is infused: antigens, receptor domains, vectors, constructs and products."""

from __future__ import annotations

from typing import Annotated, ClassVar

from .base import Sourced
from .columns import Count, Identifier, Statement, Text, Whole, integer, prose, row, subclass, term, text
from .roles import COPIES


class Antigen(Sourced):
    """A molecule on the target cell that a receptor binds."""

    table: ClassVar[str] = "antigens"
    rdf_class: ClassVar[str] = "ck:Antigen"
    differentia: ClassVar[tuple[str, ...]] = (" named {label}", ", in full {name}")

    name: Annotated[Text | None, text("skos:altLabel", "Name in full, where the source gives it.")] = None


class Vector(Sourced):
    """What delivers the CAR gene: a type of virus, or another carrier."""

    table: ClassVar[str] = "vectors"
    rdf_class: ClassVar[str] = "ck:GeneTransferVector"
    differentia: ClassVar[tuple[str, ...]] = (" named {label}",)

    kind: Annotated[str, subclass("ck:GeneTransferVector", "Which class of vector it is.")]
    code: Annotated[Text, text("skos:notation", "Code that answers show for it.")]


class Domain(Sourced):
    """A part of the receptor protein."""

    table: ClassVar[str] = "domains"
    rdf_class: ClassVar[str] = "ck:ReceptorDomain"
    differentia: ClassVar[tuple[str, ...]] = (
        " named {label}",
        ", from {protein}",
        ", of {species}",
        ", which recognises {antigen}",
    )

    kind: Annotated[str, subclass("ck:ReceptorDomain", "Which sort of domain it is.")]
    protein: Annotated[Text | None, text("ck:derivedFromProtein", "Protein it derives from, as printed.")] = None
    format: Annotated[str | None, term("ck:binderFormat", "ck:BinderFormat", "Format of a binder.")] = None
    species: Annotated[str | None, term("ck:speciesOrigin", "ck:SpeciesOrigin", "Species it comes from.")] = None
    clone: Annotated[Text | None, text("ck:clone", "Antibody clone or hybridoma as printed.")] = None
    antigen: Annotated[Identifier | None, row("ck:bindsAntigen", "antigens", "Antigen a binder recognises.")] = None


class Construct(Sourced):
    """A CAR design: a receptor protein, not the cells that carry it."""

    table: ClassVar[str] = "constructs"
    rdf_class: ClassVar[str] = "ck:CAR"
    differentia: ClassVar[tuple[str, ...]] = (" named {label}", ", directed at {antigens}", ", delivered by a {vector}")
    derived: ClassVar[tuple[Count, ...]] = (Count("ck:targetCount", "antigens"),)

    synonyms: Annotated[tuple[str, ...], text("skos:altLabel", "Other names as printed.")] = ()
    antigens: Annotated[tuple[str, ...], row("ck:targetsAntigen", "antigens", "Antigens it targets.")] = ()
    vector: Annotated[Identifier | None, row("ck:hasVector", "vectors", "Vector that delivers it.")] = None
    costimulatory_domains: Annotated[
        Whole | None,
        integer("ck:costimulatoryDomainCount", "How many co-stimulatory domains the source gives it."),
    ] = None


class Placement(Sourced):
    """Which domain stands at which position of which construct."""

    table: ClassVar[str] = "placements"
    rdf_class: ClassVar[str] = "ck:DomainPlacement"
    differentia: ClassVar[tuple[str, ...]] = (" of {domain} at the {position} of {car}",)

    car: Annotated[
        Identifier, row("ck:placementIn", "constructs", "Construct it is a part of.", inverse="ck:hasPlacement")
    ]
    position: Annotated[str, term("ck:domainPosition", "ck:DomainPosition", "Position in the receptor.")]
    domain: Annotated[Identifier, row("ck:placedDomain", "domains", "Domain that stands there.")]
    copies: Annotated[Whole | None, integer("ck:copies", "How many copies, where stated.", COPIES)] = None


class Equivalence(Sourced):
    """A stated or inferred relation between two constructs that the source names separately."""

    table: ClassVar[str] = "equivalences"
    rdf_class: ClassVar[str] = "ck:ConstructRelation"
    differentia: ClassVar[tuple[str, ...]] = (" of the kind “{relation}” from {subject} to {object}",)
    derived: ClassVar[tuple[Statement, ...]] = (Statement("subject", "relation", "object"),)

    relation: Annotated[str, term("ck:relationKind", "ck:RelationKind", "Same CAR, or developed into.")]
    subject: Annotated[Identifier, row("ck:relationSubject", "constructs", "Construct the statement is about.")]
    object: Annotated[Identifier, row("ck:relationObject", "constructs", "Construct it is related to.")]


class Product(Sourced):
    """A named preparation of CAR T cells, approved or not."""

    table: ClassVar[str] = "products"
    rdf_class: ClassVar[str] = "ck:CARTCellProduct"
    differentia: ClassVar[tuple[str, ...]] = (" named {label}", " whose cells express {car}")

    synonyms: Annotated[tuple[str, ...], text("skos:altLabel", "Other names as printed.")] = ()
    car: Annotated[
        Identifier, row("ck:expressesConstruct", "constructs", "CAR its cells express.", inverse="ck:expressedBy")
    ]
    cell_source: Annotated[str | None, term("ck:cellSource", "ck:CellSource", "Whose T cells are used.")] = None
    composition: Annotated[Text | None, prose("ck:cellComposition", "Stated composition of the T cells.")] = None
    manufacturing: Annotated[Text | None, prose("ck:manufacturingNote", "Stated feature of its manufacture.")] = None


class Disease(Sourced):
    """A disease or histology as the source names it."""

    table: ClassVar[str] = "diseases"
    rdf_class: ClassVar[str] = "ck:Disease"
    differentia: ClassVar[tuple[str, ...]] = (
        " named {label}",
        ", in full {name}",
        ", counted under {broader}",
        ", joining {joins}",
    )

    name: Annotated[Text | None, text("skos:altLabel", "Name in full, where the source expands it.")] = None
    group: Annotated[str | None, subclass("ck:Disease", "Malignancy group it belongs to.")] = None
    broader: Annotated[tuple[str, ...], row("ck:broaderDisease", "diseases", "Wider disease, where stated.")] = ()
    joins: Annotated[
        tuple[str, ...], row("ck:joinsDisease", "diseases", "Diseases that a joint name counts together.")
    ] = ()


class Indication(Sourced):
    """An approved use of a product in a disease."""

    table: ClassVar[str] = "indications"
    rdf_class: ClassVar[str] = "ck:Indication"
    differentia: ClassVar[tuple[str, ...]] = (
        " of {product} for {disease}",
        " in {age_group}",
        ", granted by the {authority}",
    )

    product: Annotated[Identifier, row("ck:indicationOf", "products", "Product approved.", inverse="ck:hasIndication")]
    disease: Annotated[Identifier, row("ck:approvedFor", "diseases", "Disease it is approved for.")]
    age_group: Annotated[str | None, term("ck:ageGroup", "ck:AgeGroup", "Age group, where stated.")] = None
    authority: Annotated[str, term("ck:authority", "ck:RegulatoryAuthority", "Who approved it.")]
