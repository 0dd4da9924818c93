"""Refresh what is vendored from npm, or fetch what only tests use: files named in a table, each with its hash.

`python scripts/vendor.py` fetches the versions in the table and fails where a file is not the one that is listed;
with `--update` it takes the newest version of each package and writes the table anew.
`python scripts/vendor.py tests/vendor.tsv build/vendor` does the same for another table and folder.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src" / "cartkg" / "serve" / "vendor"


def packed(package: str, version: str) -> tuple[str, dict[str, bytes]]:
    """The version and the files of a package."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--json", "--pack-destination", folder, f"{package}@{version}"]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        (one,) = said.values() if isinstance(said, dict) else said
        content = next(Path(folder).iterdir()).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        members = {member.name.partition("/")[2]: archive.extractfile(member) for member in archive if member.isfile()}
        return one["version"], {name: file.read() for name, file in members.items() if file}


def main() -> int:
    """Fetch, check and write all files of a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path, default=VENDOR / "files.tsv")
    parser.add_argument("folder", nargs="?", type=Path, default=VENDOR)
    parser.add_argument("--update", action="store_true", help="take the newest versions")
    given = parser.parse_args()
    with given.table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    packages = {row["package"]: row["version"] for row in rows}
    found = {name: packed(name, "latest" if given.update else version) for name, version in packages.items()}
    wrong = 0
    for row in rows:
        version, files = found[row["package"]]
        content = files[row["file"]]
        actual = hashlib.sha256(content).hexdigest()
        if given.update:
            row |= {"version": version, "sha256": actual}
        elif actual != row["sha256"]:
            print(f"{row['package']}/{row['file']}: is {actual}, not {row['sha256']}", file=sys.stderr)
            wrong = 1
            continue
        path = given.folder / row["package"] / row["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{row['package']} {version}: {row['file']}")
    if given.update:
        with given.table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
