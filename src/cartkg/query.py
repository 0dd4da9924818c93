"""Ask: a stored question, or one's own SPARQL in a process that can be stopped."""

from __future__ import annotations

from .asking import ask, text_of

__all__ = ["ask", "text_of"]
