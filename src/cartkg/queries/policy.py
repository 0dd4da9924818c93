"""What a caller's own SPARQL may not do, and what in it is surely a mistake: told by its tokens, before it is run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from ..errors import UsageError
from ..rdf.tokens import Token, tokens
from ..rdf.vocabulary import PREFIXES, Vocabulary, shorten
from ..tables.schema import curated_tables
from .names import suggestion

_LONGEST = 65_536
_DEEPEST = 50
_MOST_PATTERNS = 400
_MOST_REFUSALS = 20
_SHOWN = 20
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_AGGREGATES = ("AVG", "SUM", "MIN", "MAX")
_OF_UNITS = "ck:value"
_TOLD = 10  # of the terms that are none
_UNITS = {"ck:unit", "ck:unitAsPrinted"}
_RATES = {"ck:percent": "rates", "ck:denominator": "denominators"}
_BASES = {"ck:denominatorBasis", "ck:ofCohort"}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def check(text: str, name: str, graphs: Collection[str] | None = None) -> str:
    """Refuse what reaches elsewhere, changes data or brings an engine down; the form of the query if it may run.

    `graphs` are the named graphs that `FROM` may name; None leaves that to the endpoint that is asked.
    UsageError lists every refusal with line and column. The text is read twice, with and without its
    codepoint escapes, because engines undo these before they look for keywords (SPARQL 1.1, section 19.2).
    """
    if len(text) > _LONGEST:
        raise UsageError(f"{name}: the query is {len(text)} characters long; at most {_LONGEST} are read")
    refused = dict.fromkeys(_refusals(text, graphs))
    if not refused and (written := _ESCAPE.sub(_character, text)) != text:
        refused = dict.fromkeys(_refusals(written, graphs))
    if refused:
        raise UsageError("\n".join(f"{name}{refusal}" for refusal in refused))
    return form(text)


def form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE: what stands behind the prologue; UsageError for anything else."""
    stream = tokens(text)
    word = next(stream, None)
    while word is not None and (word.is_word("PREFIX") or word.is_word("BASE")):
        # What follows is a name and an IRI, or an IRI.
        if word.is_word("PREFIX"):
            next(stream, None)
        next(stream, None)
        word = next(stream, None)
    found = word.text.upper() if word is not None and word.kind == "word" else ""
    if found not in _FORMS:
        this = f"is {found or 'none of them'}" if found or word is None else f"begins with {word.text[:_SHOWN]!a}"
        raise UsageError(f"only {', '.join(sorted(_FORMS))} are answered, and this {this}")
    return found


def projected(text: str) -> frozenset[str] | None:
    """The variables that a query selects; None where they are all that it has."""
    names: set[str] = set()
    stream, depth, renames = tokens(text), 0, False
    for token in stream:
        if token.is_word("SELECT"):
            break
    for token in stream:
        if token.text in {"*", "{"} and depth == 0:
            return None if token.text == "*" else frozenset(names)
        if token.is_word("WHERE") or token.is_word("FROM"):
            break
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and (depth == 0 or renames):
            names.add(token.text[1:])
        renames = token.is_word("AS")
    return frozenset(names)


def continued(text: str, rows: int) -> str:
    """The query for the first row behind so many; empty where the text says by itself how many it wants."""
    behind: list[str] = []
    for token in tokens(text):
        behind = [] if token.text == "}" else [*behind, token.text.upper()] if token.kind == "word" else behind
    return "" if {"LIMIT", "OFFSET", "VALUES"} & {*behind} else f"{text}\nOFFSET {rows} LIMIT 1"


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004


def _refusals(text: str, graphs: Collection[str] | None) -> Iterator[str]:
    read = list(tokens(text))
    found = [*_reaching(read, graphs), *_undeclared(read)]
    for token, refusal in sorted(found, key=lambda pair: pair[0].start)[:_MOST_REFUSALS]:
        line = text.count("\n", 0, token.start) + 1
        yield f":{line}:{token.start - text.rfind(chr(10), 0, token.start)}: {refusal}"
    depth = deepest = 0
    for token in read:
        if token.kind == "mark":
            depth += 1 if token.text in "{([" else -1
            deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        yield f": brackets are nested {deepest} deep; at most {_DEEPEST} are read"
    if sum(token.text in {".", ";"} for token in read) > _MOST_PATTERNS:
        yield f": more than {_MOST_PATTERNS} triple patterns are not planned"
    try:
        form(text)
    except UsageError as error:
        yield f": {error}"


def _reaching(read: list[Token], graphs: Collection[str] | None) -> Iterator[tuple[Token, str]]:
    """What asks another endpoint or another graph."""
    prefixes = {
        name.text.removesuffix(":"): iri.text[1:-1]
        for word, name, iri in zip(read, read[1:], read[2:], strict=False)
        if word.is_word("PREFIX")
    }
    named: set[tuple[str, str]] = set()
    for previous, token in pairwise(read):
        # An engine may read the keyword at the end or the beginning of another word, as in trueSERVICE.
        if previous.kind == "word" and "SERVICE" in previous.text.upper():
            yield previous, "SERVICE asks another endpoint, which cartkg does not do; ask that one by itself"
        from_ = previous.is_word("FROM") or (previous.is_word("NAMED") and token.kind in {"iri", "name"})
        if from_ and not token.is_word("NAMED") and graphs is not None:
            prefix, _, local = token.text.partition(":")
            graph = prefixes.get(prefix, "") + local if token.kind == "name" else token.text[1:-1]
            again = (previous.text.upper(), graph)
            if graph not in graphs:
                known = ", ".join(f"<{graph}>" for graph in sorted(graphs))
                yield token, f"FROM {token.text} is not in the graph; there are: {known}"
            elif again in named:
                yield token, f"FROM {token.text} stands twice, and its triples would count twice; write it once"
            named.add(again)


def _undeclared(read: list[Token]) -> Iterator[tuple[Token, str]]:
    """Prefixes that are used without having been declared, each once."""
    known = {"_"}
    for previous, token in pairwise([Token("start", "", 0), *read]):
        prefix, colon, _ = token.text.partition(":")
        if token.kind == "name" and colon and prefix not in known:
            known.add(prefix)
            if not previous.is_word("PREFIX"):
                iri = PREFIXES.get(prefix, "its IRI")
                yield token, f"prefix {prefix}: is not declared; write PREFIX {prefix}: <{iri}> at the top"


def unknown_terms(text: str) -> list[str]:
    """What is written in our own namespace but is no term of the ontology: a misspelling, which finds nothing."""
    written = {name for name in _names(list(tokens(text))) if name.startswith("ck:") and name != "ck:"}
    if not written:
        return []
    known = {shorten(iri) for iri in Vocabulary.load().declared}
    return [
        f"{name} is no term of the ontology{suggestion(name, known, 1)}" for name in sorted(written - known)[:_TOLD]
    ]


def doubts(text: str) -> list[str]:
    """What gives another answer than it seems to: mixed units, rates over different people, texts without language."""
    read = list(tokens(text))
    names = set(_names(read))
    return list(dict.fromkeys((*_mixed(read, names), *_untagged(read, text))))


def _mixed(read: list[Token], names: set[str]) -> Iterator[str]:
    """Aggregates of numbers that are not alike."""
    for place, token in enumerate(read):
        if not any(token.is_word(word) for word in _AGGREGATES):
            continue
        variable = next((one.text for one in read[place + 1 : place + 5] if one.kind == "variable"), "")
        bound = _binding(read, variable)
        if bound == _OF_UNITS and not names & _UNITS:
            yield (f"{token.text.upper()}({variable}) mixes days, months and years: ck:value is in the unit as "
                   "printed; take ck:valueInMonths, or one ck:unit")  # fmt: skip
        if bound in _RATES and token.is_word("AVG") and not names & _BASES:
            yield (f"AVG({variable}) takes {_RATES[bound]} of different groups together: responders, all treated and "
                   "others; keep one ck:denominatorBasis of ck:ofCohort, or ask pooled-proportions")  # fmt: skip


def _untagged(read: list[Token], text: str) -> Iterator[str]:
    """Texts that are compared with a property whose texts have a language."""
    tagged = {column.predicate for table in curated_tables().values() for column in table.columns.values()
              if column.kind == "prose"}  # fmt: skip
    for place, token in enumerate(read):
        before = read[place - 1] if place else token
        if token.kind != "text" or text.startswith("@", token.end):
            continue
        compared = before.text == "=" and read[place - 2].text != "!"
        names = {before.text, _binding(read, read[place - 2].text) if compared else ""}
        for name in sorted(names & tagged):
            yield f"{name} {token.text} finds nothing, since its texts are English: write {token.text}@en, or STR(…)"


def _binding(read: list[Token], variable: str) -> str:
    """The property that binds a variable first."""
    for place, token in enumerate(read):
        if place and token.text == variable and read[place - 1].kind in {"name", "iri"}:
            return _name(read[place - 1])
    return ""


def _names(read: list[Token]) -> list[str]:
    return [_name(token) for token in read if token.kind in {"name", "iri"}]


def _name(token: Token) -> str:
    """A name or IRI as a CURIE of our own prefixes."""
    return shorten(token.text[1:-1]) if token.kind == "iri" and PREFIXES["ck"] in token.text else token.text
