"""A knowledge graph of CAR T-cell therapy evidence."""

from __future__ import annotations

from .version import __version__

TYPE_CHECKING = False  # that of typing, which takes a while to import
if TYPE_CHECKING:
    from typing import Any

    from .api import KnowledgeGraph, Result, connect, load

__all__ = ["KnowledgeGraph", "Result", "__version__", "connect", "load"]


def __getattr__(name: str) -> Any:
    """Import the Python interface when it is first used, since commands that do not use it start faster."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.api"), name)


def __dir__() -> list[str]:
    return __all__
