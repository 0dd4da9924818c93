"""Faults put on purpose: a few in every run, many with `make harden`, which sets CARTKG_HARDEN."""

from __future__ import annotations

import os
import random
from pathlib import Path

MANY = int(os.environ.get("CARTKG_HARDEN", "1"))
SEED = int(os.environ.get("CARTKG_SEED", "7"))


def lots_of(seed: int) -> random.Random:
    """What draws lots, the same for the same seed."""
    return random.Random(seed)  # noqa: S311


def tell(figure: str) -> None:
    """Add a figure to the file that CARTKG_FIGURES names."""
    if file := os.environ.get("CARTKG_FIGURES"):
        with Path(file).open("a", encoding="utf-8") as figures:
            figures.write(f"{figure}\n")
