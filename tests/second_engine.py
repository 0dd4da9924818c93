"""Judge RDF by SHACL shapes with rudof, which shares no code with ours; run in `.venv-checks` as a command.

    python second_engine.py SHAPES DATA [DATA …]

It prints one JSON list per file of data: focus node, path, component, value and shape of each result.
"""

import json
import re
import sys

from pyrudof import RDFFormat, Rudof, RudofConfig, ShaclFormat

FORMATS = {"ttl": RDFFormat.Turtle, "nt": RDFFormat.NTriples, "rdf": RDFFormat.RdfXml}


def text(term: object) -> str:
    """The bare text of a term, which rudof writes as Turtle does."""
    found = re.fullmatch(r'"(.*)"(@[\w-]+|\^\^\S+)?', str(term or ""), re.DOTALL)
    return found[1] if found else str(term or "")


rudof = Rudof(RudofConfig())
rudof.read_shacl(sys.argv[1], ShaclFormat.Turtle)
for name in sys.argv[2:]:
    rudof.read_data(name, FORMATS[name.rpartition(".")[2]], merge=False)
    found = {
        (str(one.focus_node), str(one.path or ""), one.constraint_component, text(one.value), one.source_shape)
        for one in rudof.validate_shacl()
    }
    sys.stdout.write(json.dumps(sorted(found)) + "\n")
