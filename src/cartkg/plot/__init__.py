"""Plot: pictures of what stored queries answer."""

from __future__ import annotations

from .construct import construct
from .drawing import Drawable, render
from .followup import followup
from .forest import BY, forest
from .hierarchy import hierarchy
from .observation import observation
from .picture import Picture
from .timeline import timeline
from .trial import trial

__all__ = [
    "BY", "Drawable", "Picture", "construct", "followup", "forest", "hierarchy", "observation", "render", "timeline",
    "trial",
]  # fmt: skip
