"""What the people of a registry record have: those of the trial, and those of each of its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..rdf.vocabulary import grouped
from ..tables.schema import LIST_SEPARATOR
from .codes import Codes, slug
from .known import Known
from .overlay import Rows

NEW, EVERY = "new", "all"  # a disease of its own; all diseases of the trial
_KIND = "condition"
_PLACE = "conditions"


def diseases_of(conditions: Sequence[str], rows: Rows, known: Known, codes: Codes) -> dict[str, str]:
    """The disease that is confirmed for each condition, or nothing yet; those of its own become rows.

    A disease of its own of another record of the folder may be named by its id. None is made twice.
    """
    others = _new_elsewhere(rows.source, codes)
    own = _ids(rows.source, conditions)
    found = {}
    for printed in conditions:
        other = others.get(printed, "")
        proposed = known.called("diseases", printed) or other
        allowed = (*known.ids("diseases"), *others.values(), NEW)
        disease = codes.ask(rows.source, _KIND, printed, allowed, proposed)
        if disease == NEW and other:
            codes.refuse(rows.source, _KIND, printed, f"{printed!r} is new in another record too", other)
        if disease == NEW:
            disease = own[printed]
            rows.add("diseases", disease, label=printed, locator=_PLACE, basis="stated")
        found[printed] = disease
    return found


def diseases_in(
    group: str, detail: str, found: Mapping[str, str], source: str, known: Known, codes: Codes
) -> dict[str, list[str]]:
    """Which conditions the people of a group have: all, unless there are several; then as it is confirmed."""
    every = dict.fromkeys(filter(None, found.values()))
    if len({disease or printed for printed, disease in found.items()}) < 2:  # noqa: PLR2004 one is everybody's
        return {"printed": list(found), "diseases": list(every)}
    named = known.named("diseases", group)
    proposed = named if named in every else EVERY
    code = codes.ask(source, "diseases", group, (*every, EVERY), proposed, detail, listed=True)
    if code == EVERY:
        return {"printed": list(found), "diseases": list(every)}
    chosen = set(filter(None, code.split(LIST_SEPARATOR)))
    return {"printed": [one for one, disease in found.items() if disease in chosen],
            "diseases": [one for one in every if one in chosen]}  # fmt: skip


def _new_elsewhere(source: str, codes: Codes) -> dict[str, str]:
    """The diseases of their own that other records of the folder have, by the words for them."""
    asked = grouped((other, printed) for other, kind, printed in codes.confirmed if kind == _KIND and other != source)
    return {printed: name for other, conditions in asked.items() for printed, name in _ids(other, conditions).items()
            if codes.confirmed[other, _KIND, printed][1] == NEW}  # fmt: skip


def _ids(source: str, conditions: Iterable[str]) -> dict[str, str]:
    """The id of each condition as a disease of its own; where their words differ in signs only, by number."""
    alike: Counter[str] = Counter()
    found = {}
    for printed in dict.fromkeys(conditions):
        name = f"{source}.{slug(printed)}"
        alike[name] += 1
        found[printed] = f"{name}.{alike[name]}" if alike[name] > 1 else name
    return found
