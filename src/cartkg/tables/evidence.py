"""Rows about trials and what they found: trials, studies, cohorts, follow-up and observations."""

from __future__ import annotations

from typing import Annotated, ClassVar

from .base import Sourced
from .columns import Identifier, Months, Number, Text, Whole, decimal, integer, prose, row, scoped, subclass, term, text
from .roles import (
    CITED,
    COUNT,
    LOWER,
    MEDIAN_AGE,
    OLDEST,
    OVER,
    PEOPLE,
    PERCENT,
    TIMEPOINT,
    UPPER,
    VALUE,
    YEAR,
    YOUNGEST,
)


class Trial(Sourced):
    """A trial programme, which several reports may describe."""

    table: ClassVar[str] = "trials"
    rdf_class: ClassVar[str] = "ck:Trial"
    differentia: ClassVar[tuple[str, ...]] = (" named {label}", ", registered as {registration}")

    registration: Annotated[
        Text | None, text("ck:registrationNumber", "Registry number as printed.", verbatim=True)
    ] = None


class Study(Sourced):
    """One report of a trial or series."""

    table: ClassVar[str] = "studies"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Study"
    differentia: ClassVar[tuple[str, ...]] = (
        " with {author} as first author",
        ", of {year}",
        ", on {product}",
        ", listed as {report}",
    )

    author: Annotated[Text, text("ck:firstAuthor", "First author as the source names the study.", verbatim=True)]
    year: Annotated[Whole | None, integer("ck:year", "Year the source gives the study.", YEAR)] = None
    report: Annotated[str, scoped("ck:reportedIn", "references", "Number of the reference the source gives it.", CITED)]
    trial: Annotated[Identifier | None, row("ck:reportOf", "trials", "Programme it reports.", "ck:hasReport")] = None
    trial_basis: Annotated[str | None, term("ck:trialBasis", "ck:Basis", "How the programme is known.")] = None
    product: Annotated[
        Identifier, row("ck:evaluatesProduct", "products", "Product given.", "ck:evaluatedIn", worded="named")
    ]
    phase: Annotated[str | None, term("ck:phase", "ck:TrialPhase", "Phase as printed.", worded="named")] = None
    centres: Annotated[
        str | None, term("ck:centreSetting", "ck:CentreSetting", "Single-centre or multicentre.", worded="named")
    ] = None
    design: Annotated[str | None, term("ck:studyDesign", "ck:StudyDesign", "Design, where stated.")] = None


class Cohort(Sourced):
    """A group of people whose number a denominator can name."""

    table: ClassVar[str] = "cohorts"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Cohort"
    differentia: ClassVar[tuple[str, ...]] = (" of {study}", ", described as “{population}” and named “{label}”")

    study: Annotated[Identifier, row("ck:cohortOf", "studies", "Report it belongs to.", "ck:hasCohort")]
    kind: Annotated[str, subclass("ck:Cohort", "What makes the group.")]
    parent: Annotated[Identifier | None, row("ck:subsetOf", "cohorts", "Group it is a part of.")] = None
    population: Annotated[Text, text("ck:population", "Who they are, as the source says.")]
    diseases: Annotated[tuple[str, ...], row("ck:hasDisease", "diseases", "Diseases of its members.")] = ()
    diseases_printed: Annotated[
        Text | None, text("ck:diseasesAsPrinted", "Diseases as printed.", verbatim=True, nearby=True)
    ] = None
    age_group: Annotated[str | None, term("ck:ageGroup", "ck:AgeGroup", "Age group, where stated.", worded="named")] = (
        None
    )
    age_minimum: Annotated[Whole | None, integer("ck:ageMinimum", "Youngest member, years.", YOUNGEST)] = None
    age_maximum: Annotated[Whole | None, integer("ck:ageMaximum", "Oldest member, years.", OLDEST)] = None
    age_median: Annotated[Whole | None, integer("ck:ageMedian", "Median age, years.", MEDIAN_AGE)] = None
    n: Annotated[Whole | None, integer("ck:size", "How many people.", PEOPLE)] = None
    n_basis: Annotated[str | None, term("ck:sizeBasis", "ck:Basis", "Whether the number is printed or inferred.")] = (
        None
    )


class Measured(Sourced):
    """What follow-up times and outcomes have in common: a status, and a value with bounds and unit."""

    derived: ClassVar[tuple[Months, ...]] = (Months("ck:valueInMonths", "value", "unit"),)

    statistic: Annotated[str, term("ck:statistic", "ck:Statistic", "What kind of number it is.")]
    status: Annotated[
        str, term("ck:status", "ck:ReportingStatus", "Reported, or why there is no value.", worded="reason")
    ]
    value: Annotated[Number | None, decimal("ck:value", "Value as printed.", VALUE)] = None
    unit: Annotated[str | None, term("ck:unit", "ck:TimeUnit", "Unit as printed, of value and bounds.")] = None
    lower: Annotated[Number | None, decimal("ck:lowerBound", "Lower bound as printed.", LOWER)] = None
    upper: Annotated[Number | None, decimal("ck:upperBound", "Upper bound as printed.", UPPER)] = None
    interval: Annotated[
        str | None, term("ck:intervalKind", "ck:IntervalKind", "What the bounds are.", worded="named")
    ] = None
    printed: Annotated[Text, text("ck:asPrinted", "The figure as printed, without its sentence.", verbatim=True)]


class FollowUp(Measured):
    """How long a cohort was followed."""

    table: ClassVar[str] = "follow-ups"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:FollowUp"
    differentia: ClassVar[tuple[str, ...]] = (
        " of {cohort}",
        ", with the statistic “{statistic}”",
        ", printed in {locator} of {source}",
    )

    cohort: Annotated[Identifier, row("ck:followUpOf", "cohorts", "Group followed.", "ck:hasFollowUp")]
    minimum: Annotated[
        Number | None, decimal("ck:minimumFollowUp", "Least follow-up stated for all, in unit.", VALUE)
    ] = None


class Observation(Measured):
    """One reported result."""

    table: ClassVar[str] = "observations"
    of_one_source: ClassVar[bool] = True
    rdf_class: ClassVar[str] = "ck:Observation"
    differentia: ClassVar[tuple[str, ...]] = (
        " of {outcome} in {cohort}",
        " at {timepoint}",
        ", with the statistic “{statistic}”",
        ", printed as “{printed}” in {locator} of {source}",
    )
    derived: ClassVar[tuple[Months, ...]] = (
        *Measured.derived,
        Months("ck:timepointInMonths", "timepoint_value", "timepoint_unit"),
    )

    cohort: Annotated[Identifier, row("ck:ofCohort", "cohorts", "Group it was measured in.", "ck:hasObservation")]
    outcome: Annotated[str, term("ck:outcome", "ck:Outcome", "What was measured.", worded="heading")]
    numerator: Annotated[Whole | None, integer("ck:numerator", "Count of people or events, as printed.", COUNT)] = None
    denominator: Annotated[Whole | None, integer("ck:denominator", "People counted over, as printed.", OVER)] = None
    percent: Annotated[Number | None, decimal("ck:percent", "Percentage as printed.", PERCENT)] = None
    upper_status: Annotated[str | None, term("ck:upperStatus", "ck:ReportingStatus", "Why no upper bound.")] = None
    comparator: Annotated[
        str | None, term("ck:comparator", "ck:Comparator", "Sign before the figure.", worded="named")
    ] = None
    timepoint: Annotated[Text | None, text("ck:timepoint", "Time the figure holds for, as printed.", verbatim=True)] = (
        None
    )
    timepoint_value: Annotated[Number | None, decimal("ck:timepointValue", "Number in the time point.", TIMEPOINT)] = (
        None
    )
    timepoint_unit: Annotated[str | None, term("ck:timepointUnit", "ck:TimeUnit", "Unit of the time point.")] = None
    counted: Annotated[Text | None, prose("ck:counted", "What is counted, where it is not people.")] = None
    censoring: Annotated[str | None, term("ck:censoring", "ck:Censoring", "Stated censoring rule.")] = None
    definition: Annotated[Text | None, prose("ck:outcomeDefinition", "Stated definition of the event.")] = None
