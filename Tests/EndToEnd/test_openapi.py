"""The API's own description: a valid document, and one that what is really answered agrees with."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from product import made

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance," \
    "response_schema_conformance"

# What would end the run itself, and not for want of a rule.
EXCLUDED = {
    "signOut": "ends the session that asks",
    "endOtherSessions": "is asked in the stateful phase for what other cases still use",
    "endSession": "may name the session that asks",
    "changePassword": "wrong tries close the account for a while",
    "deleteOrganization": "may name the organization that all calls name",
    "updateOrganization": "may put that organization in another state for all that follow",
}


@pytest.fixture(scope="module")
def document(own_product):
    return made(own_product.call("GET", "/api/v1/openapi.json"), 200)


def test_the_document_is_proper_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_what_is_excluded_is_there(document):
    named = {one["operationId"] for item in document["paths"].values() for one in item.values()}
    assert set(EXCLUDED) <= named


def test_whatever_is_sent_the_answer_is_as_described(own_product, document, tmp_path):
    """Schemathesis makes requests of the document, proper ones and others; the same ones each time."""
    organization = own_product.organization("enterprise")["id"]
    # From a file: a document that it fetched itself it would not ask for again.
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(document))
    command = [
        Path(sys.executable).parent / "schemathesis", "run", description, "--url", own_product.base,
        "--tls-verify", own_product.state / "tls/certificate.pem",
        "--header", f"Authorization: Bearer {own_product.admin}",
        "--header", f"X-Organization-ID: {organization}",
        "--checks", CHECKS, "--max-examples", "10", "--seed", "1", "--generation-deterministic",
        "--phases", "examples,coverage,fuzzing,stateful", "--max-time", "40",
        "--continue-on-failure", "--no-color", "--warnings", "off",
    ]
    for name in EXCLUDED:
        command += ["--exclude-operation-id", name]

    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "NO_PROXY": "*"}, text=True, timeout=150,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )

    assert done.returncode == 0, done.stdout
    tested = re.search(r"^ +Tested: (\d+)$", done.stdout, re.MULTILINE)
    operations = sum(len(item) for item in document["paths"].values())
    assert tested and int(tested[1]) == operations - len(EXCLUDED), done.stdout
    # The credential was good to the end, so what was answered was more than refusals.
    made(own_product.call("GET", "/auth/me", own_product.admin, organization), 200)
