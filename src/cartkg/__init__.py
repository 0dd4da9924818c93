"""A knowledge graph of CAR T-cell therapy evidence."""

__version__ = "0.1.0"
