"""Plot: forest, timeline and follow-up pictures of what stored queries answer."""

from __future__ import annotations

from .canvas import render
from .forest import BY, forest
from .picture import Picture

__all__ = ["BY", "Picture", "forest", "render"]
