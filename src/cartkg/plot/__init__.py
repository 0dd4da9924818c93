"""Plot: pictures of what stored queries answer."""

from __future__ import annotations

from .canvas import render
from .followup import followup
from .forest import forest
from .sheet import Picture
from .timeline import timeline

__all__ = ["Picture", "followup", "forest", "render", "timeline"]
