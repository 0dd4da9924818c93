"""The version of software, data and ontology; `CITATION.cff` and the ontology's header are held to it by tests."""

__version__ = "0.2.0"
