"""Plot: pictures of what stored queries answer."""

from __future__ import annotations

from .canvas import Drawable, render
from .construct import construct
from .forest import forest
from .hierarchy import hierarchy
from .months import followup, trial
from .observation import observation
from .sheet import Picture
from .timeline import timeline

__all__ = [
    "Drawable", "Picture", "construct", "followup", "forest", "hierarchy", "observation", "render", "timeline", "trial",
]  # fmt: skip
