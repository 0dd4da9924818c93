"""Curated tables: one row class per table, which is at once schema, mapping and data dictionary."""

from __future__ import annotations

from .base import Row
from .constructs import Antigen, Construct, Disease, Domain, Equivalence, Indication, Placement, Product, Vector
from .evidence import Cohort, FollowUp, Observation, Study, Trial
from .prose import AdverseEvent, Claim, Factor, FactorEvidence, Strategy
from .sources import Citation, Discrepancy, Footnote, Header, Link, Omission, Part, Reference, Source
from .terms import Term

TABLES: dict[str, type[Row]] = {
    model.table: model
    for model in (
        Source, Part, Header, Footnote, Reference, Citation, Link, Term,
        Antigen, Vector, Domain, Construct, Placement, Equivalence, Product, Disease, Indication,
        Trial, Study, Cohort, FollowUp, Observation,
        Claim, Factor, FactorEvidence, Strategy, AdverseEvent, Discrepancy, Omission,
    )
}  # fmt: skip
