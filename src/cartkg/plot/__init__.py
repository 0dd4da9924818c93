"""Plot: forest, timeline and follow-up pictures of what stored queries answer."""

from __future__ import annotations

from .canvas import render
from .followup import followup
from .forest import BY, forest
from .picture import Picture
from .timeline import timeline

__all__ = ["BY", "Picture", "followup", "forest", "render", "timeline"]
