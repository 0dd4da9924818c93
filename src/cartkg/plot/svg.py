"""SVG text made smaller, and described for those who do not see it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape


def described(svg: str, title: str, description: str) -> str:
    """The SVG with title and description as its first children, where screen readers look."""
    start = svg.index(">", svg.index("<svg")) + 1
    words = f'\n <title id="title">{escape(title)}</title>\n <desc id="description">{escape(description)}</desc>'
    head = svg[: start - 1] + ' role="img" aria-labelledby="title description">'
    return _compact(head + words + svg[start:])


def _compact(svg: str) -> str:
    """The same drawing in half the bytes: short names for letters, their places as attributes, no needless digits."""
    names: dict[str, str] = {}
    svg = re.sub(r'"(#?)(DejaVuSans[\w-]*)"', lambda at: f'"{at[1]}{names.setdefault(at[2], f"g{len(names)}")}"', svg)
    svg = re.sub(r' transform="translate\(([\d.]+) 0\)"/>', lambda at: f' x="{float(at[1]):.0f}"/>', svg)
    svg = re.sub(r"(?<=[ (])-?\d+\.\d{3,}(?= )", lambda at: f"{float(at[0]):.2f}", svg)
    svg = re.sub(r'<g id="(?:text|patch|line2d)_\d+">', "<g>", svg)
    svg = re.sub(r"\n<!--.*?-->", "", re.sub(r" *\n *", "\n", svg))
    return svg.replace("/>\n<use", "/><use")
