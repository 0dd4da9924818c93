"""Validate an RO-Crate by roc-validator without the network: its context comes from the package rocrate.

    python crate_check.py FOLDER

It prints each requirement of RO-Crate 1.1 that is not met, required or recommended.
"""

import sys
import tempfile
from pathlib import Path

import requests
import rocrate
from rocrate_validator.models import Severity
from rocrate_validator.services import validate
from rocrate_validator.utils.http import HttpRequester
from urllib3 import HTTPResponse

context = (Path(next(iter(rocrate.__path__))) / "data" / "ro-crate.jsonld").read_bytes()
with tempfile.TemporaryDirectory() as folder:
    kept = Path(folder) / "http"
    # What `rocrate-validator cache warm` would fetch.
    request = requests.Request("GET", "https://w3id.org/ro/crate/1.1/context").prepare()
    raw = HTTPResponse(headers={"Content-Type": "application/ld+json"}, status=200, request_url=request.url)
    answer = requests.adapters.HTTPAdapter().build_response(request, raw)
    answer._content = context
    HttpRequester.initialize_cache(cache_path=str(kept)).session.cache.save_response(answer)
    settings = {
        "rocrate_uri": sys.argv[1],
        "requirement_severity": Severity.RECOMMENDED,
        "offline": True,
        "profile_identifier": "ro-crate-1.1",
        "cache_path": kept,
    }
    found = validate(settings)
for issue in found.get_issues(Severity.RECOMMENDED):
    sys.stdout.write(f"{issue.severity.name}\t{issue.message}\n")
