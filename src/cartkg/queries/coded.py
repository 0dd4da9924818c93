"""What people's words stand for among the codes that a parameter takes: by code, name, kind, thing, or a part."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from .codes import codes_of, codes_of_kind, names_of_codes
from .meanings import UNSTATED, Meanings
from .names import MEANT, ONE_OF, bare, did_you_mean, folded, holds, singulars, suggestion, the_only, unplural
from .stored import Parameter, StoredQuery

_SHOWN = 40
_FEW = 8  # codes that words may mean together
_LEAST = 4  # letters of a word that may be taken as a part of a code's name


def codes_called(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> list[str]:
    """The codes that a value names; none for what may mean less than the caller does."""
    source, value = meanings.source, unplural(value)
    if parameter.default is not None and value.casefold() == str(parameter.default).casefold():
        return [str(parameter.default)]
    codes, names = codes_of(source, query, parameter), names_of_codes(source, parameter)
    for same in (str.casefold, folded):
        if len(found := [code for code in codes if same(code) == same(value)]) == 1 and folded(value):
            own = tuple(f"{name}{mark}" for name, code in names if code == found[0] for mark in (" ", ","))
            named = {code for name, code in names if name.startswith(own)}
            meanings.beside(parameter, found[0], codes, named)
            return found
    # A name that other codes hold too, such as complete response, might leave out what the caller means.
    code, others = the_only(value, names)
    if code and not others:
        meanings.tell(f"{parameter.name}: {value} is taken for {code}")
        return [code]
    kind = [one for one in codes_of_kind(source, parameter, value) if one in codes]
    if not code and parameter.list and kind and len(kind) < len({*codes} - {UNSTATED}):
        meanings.tell(f"{parameter.name}: {value} is taken for each of {', '.join(kind)}")
        return kind
    return []


def codes_meant(meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> list[str]:
    """The codes that a value stands for, also by a part of a name; UsageError for none."""
    if found := codes_called(meanings, query, parameter, value):
        return found
    value = unplural(value)
    codes, names = codes_of(meanings.source, query, parameter), names_of_codes(meanings.source, parameter)
    code, others = the_only(value, names)
    written = (value, f"{parameter.name} {value}")
    if not code and (meant := _code_of_thing(meanings, codes, written) or _only_part(codes, value, meanings)):
        meanings.tell(f"{parameter.name}: {value} is taken for {meant}")
        meanings.beside(parameter, meant, codes, ())
        return [meant]
    wanted = {*singulars(value).split()}
    each = [
        one
        for one in (code, *others)
        if any(thing == one and wanted <= {*singulars(name).split()} for name, thing in names)
    ]
    if parameter.list and 1 < len(each) <= _FEW and {*each} <= {*codes} and parameter.plain(value) == value:
        meanings.tell(f"{parameter.name}: {value} is taken for each of {', '.join(each)}")
        return each
    if code:
        near = did_you_mean([code, *others])
    elif others and not suggestion(value, codes).startswith(MEANT):
        near = did_you_mean(others)
    else:
        more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
        near = suggestion(value, codes) or f"{ONE_OF}: {', '.join(codes[:_SHOWN])}{more}"
    raise UsageError(f"{parameter.name}: there is no {value!r}{near}")


def _code_of_thing(meanings: Meanings, codes: Sequence[str], written: Sequence[str]) -> str:
    """The one code that is, or stands in, a name of what is called so: a gene has the code of its antigen or domain."""
    plain = [one for one in map(bare, written) if one not in written]
    names = [*plain, *(name for one in (*written, *plain) for name in meanings.named(one))]
    for same in (lambda name, code: folded(name) == folded(code), holds):
        found = {code for code in codes for name in names if same(name, code)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _only_part(codes: Sequence[str], value: str, meanings: Meanings) -> str:
    """The only code that holds these words, or another name of what is called so."""
    names = [name for name in {value, bare(value), *meanings.named(value)} if len(folded(name)) >= _LEAST]
    found = {code for code in codes for name in names if holds(code, name)}
    return found.pop() if len(found) == 1 else ""
