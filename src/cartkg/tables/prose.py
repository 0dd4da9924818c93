"""Rows about what the text says: claims, factors, strategies and adverse events."""

from __future__ import annotations

from typing import Annotated, ClassVar

from .base import Sourced
from .columns import Identifier, Number, Text, Whole, decimal, integer, prose, row, scoped, subclass, term, text
from .roles import CITED, COUNT, LOWER, OVER, TIMEPOINT, UPPER, VALUE


class Claim(Sourced):
    """A statement in prose, paraphrased, with its figures as printed."""

    table: ClassVar[str] = "claims"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Claim"
    differentia: ClassVar[tuple[str, ...]] = (
        " on the topic “{topic}” that is named “{label}”",
        ", made in {locator} of {source}",
    )
    exhaustive: ClassVar[bool] = True

    topic: Annotated[str, term("ck:topic", "ck:Topic", "What it is about.")]
    statement: Annotated[Text, prose("ck:statement", "The claim in own words.")]
    outcome: Annotated[str | None, term("ck:outcome", "ck:Outcome", "Outcome it speaks of.")] = None
    statistic: Annotated[str | None, term("ck:statistic", "ck:Statistic", "What kind of number it gives.")] = None
    comparator: Annotated[
        str | None, term("ck:comparator", "ck:Comparator", "Sign or hedge before it.", worded="named")
    ] = None
    numerator: Annotated[Whole | None, integer("ck:numerator", "Count as printed.", COUNT)] = None
    denominator: Annotated[Whole | None, integer("ck:denominator", "People counted over, as printed.", OVER)] = None
    value: Annotated[Number | None, decimal("ck:value", "Single value as printed.", VALUE)] = None
    lower: Annotated[Number | None, decimal("ck:lowerBound", "Lower end of a printed range.", LOWER)] = None
    upper: Annotated[Number | None, decimal("ck:upperBound", "Upper end of a printed range.", UPPER)] = None
    unit: Annotated[str | None, term("ck:unit", "ck:Unit", "Unit of the figures.")] = None
    population: Annotated[Text | None, text("ck:population", "Whom it speaks of.")] = None
    diseases: Annotated[tuple[str, ...], row("ck:hasDisease", "diseases", "Diseases it speaks of.")] = ()
    products: Annotated[tuple[str, ...], row("ck:concernsProduct", "products", "Products it speaks of.")] = ()
    timepoint: Annotated[Text | None, text("ck:timepoint", "Time the figure holds for, as printed.", verbatim=True)] = (
        None
    )
    timepoint_value: Annotated[Number | None, decimal("ck:timepointValue", "Number in the time point.", TIMEPOINT)] = (
        None
    )
    timepoint_unit: Annotated[str | None, term("ck:timepointUnit", "ck:TimeUnit", "Unit of the time point.")] = None
    recompute: Annotated[Text | None, text("ck:recomputedBy", "Stored query that recomputes it from the tables.")] = (
        None
    )
    settings: Annotated[
        tuple[str, ...], text("ck:recomputedWith", "Parameters of that query, each written name=value.")
    ] = ()
    missing: Annotated[
        Text | None, prose("ck:missingForRecomputation", "Without a query: what the tables lack for recomputing it.")
    ] = None


class Factor(Sourced):
    """A circumstance the source associates with durable remission."""

    table: ClassVar[str] = "factors"
    rdf_class: ClassVar[str] = "ck:Factor"
    differentia: ClassVar[tuple[str, ...]] = (" that is named “{label}”", " and has the direction “{direction}”")

    group: Annotated[str, subclass("ck:Factor", "Heading of Box 1 it stands under.")]
    direction: Annotated[str, term("ck:direction", "ck:Direction", "Whether it favours remission.")]
    statement: Annotated[Text, prose("ck:statement", "The association in own words.")]


class FactorEvidence(Sourced):
    """References for or against a factor in a malignancy."""

    table: ClassVar[str] = "factor-evidence"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:FactorEvidence"
    differentia: ClassVar[tuple[str, ...]] = (
        " on the factor “{factor}”",
        " that {verdict} it",
        " in {diseases}",
        ", named “{label}”",
    )
    exhaustive: ClassVar[bool] = True

    factor: Annotated[Identifier, row("ck:evidenceFor", "factors", "Factor concerned.", "ck:hasEvidence")]
    verdict: Annotated[str, term("ck:evidenceVerdict", "ck:EvidenceVerdict", "Supporting or contrary.")]
    diseases: Annotated[tuple[str, ...], row("ck:hasDisease", "diseases", "Malignancies it was seen in.")] = ()


class Strategy(Sourced):
    """An investigational way to make remissions last longer."""

    table: ClassVar[str] = "strategies"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Strategy"
    differentia: ClassVar[tuple[str, ...]] = (" that is named “{label}”", " and changes the step “{step}”")

    step: Annotated[str, term("ck:processStep", "ck:ProcessStep", "Step of CAR T cell therapy it changes.")]
    statement: Annotated[Text, prose("ck:statement", "The strategy in own words.")]
    antigens: Annotated[tuple[str, ...], row("ck:targetsAntigen", "antigens", "Antigens concerned.")] = ()
    trials: Annotated[tuple[str, ...], row("ck:testedIn", "trials", "Trials named.")] = ()
    contrary: Annotated[
        tuple[str, ...], scoped("ck:contraryReference", "references", "References with a contrary finding.", CITED)
    ] = ()


class AdverseEvent(Sourced):
    """A harm the source associates with CAR T cell therapy."""

    table: ClassVar[str] = "adverse-events"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:AdverseEvent"
    differentia: ClassVar[tuple[str, ...]] = (" named {label}", " that {source} sees in the {phase} phase")
    exhaustive: ClassVar[bool] = True

    synonyms: Annotated[tuple[str, ...], text("skos:altLabel", "Other names as printed.")] = ()
    phase: Annotated[str, term("ck:eventPhase", "ck:EventPhase", "Acute, long-term, or both.")]
    statement: Annotated[Text, prose("ck:statement", "What the source says of it, in own words.")]
    outcome: Annotated[str | None, term("ck:outcome", "ck:Outcome", "Outcome code that counts it.")] = None
