"""Write the golden answers of the stored queries on the invented world; read the difference before committing it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cartkg.build import build
from cartkg.queries.asking import ask
from cartkg.queries.formats import to_csv
from cartkg.queries.stored import stored_queries

TESTS = Path(__file__).resolve().parents[1] / "tests"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        world = build(TESTS / "fixtures" / "world", Path(folder))
        for old in (TESTS / "golden").glob("*.csv"):
            old.unlink()
        for name, query in stored_queries().items():
            if query.topic != "verify":
                (TESTS / "golden" / f"{name}.csv").write_text(to_csv(ask(world, name)), encoding="utf-8")
