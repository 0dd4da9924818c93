"""Validate KGX tables by kgx against Biolink, both from their packages and without the network.

    python kgx_check.py NODES EDGES PREFIXES

It prints each complaint with the number of what it is about. PREFIXES are those of our own, beside Biolink's.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import biolink_model
import bmt
import linkml_runtime

nodes, edges, own = map(Path, sys.argv[1:])
model = Path(next(iter(biolink_model.__path__)))
local = Path(tempfile.mkdtemp())
shutil.copy(Path(linkml_runtime.__file__).parent / "linkml_model" / "model" / "schema" / "types.yaml", local)
for file in (model / "schema").glob("*.yaml"):
    text = file.read_text(encoding="utf-8").replace("- linkml:types", "- types")
    (local / file.name).write_text(text, encoding="utf-8")
# What kgx and bmt would fetch while they are imported.
bmt.Toolkit.__init__.__defaults__ = (str(local / "biolink_model.yaml"), {"predicate mappings": []})
import kgx.config  # noqa: E402

prefixes = json.loads((model / "prefixmaps" / "biolink_model_prefix_map.json").read_text(encoding="utf-8"))
prefixes |= json.loads(own.read_text(encoding="utf-8"))
kgx.config.jsonld_context_map.update(dict.fromkeys(("biolink", "monarch_context", "obo_context"), prefixes))
from kgx.transformer import Transformer  # noqa: E402
from kgx.validator import Validator  # noqa: E402

validator = Validator()
Transformer(stream=True).transform(
    {"filename": [str(nodes), str(edges)], "format": "tsv"},
    {"filename": str(local / "none"), "format": "null"},
    inspector=validator,
)
shutil.rmtree(local)
for level, kinds in validator.errors.items():
    for kind, messages in kinds.items():
        for message, about in messages.items():
            sys.stdout.write(f"{level}\t{kind}\t{len(about)}\t{message}\t{min(map(str, about))}\n")
