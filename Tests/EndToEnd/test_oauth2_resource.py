"""Tokens for one API behind the gate (RFC 8707), and how clients find out what to ask for (RFC 9728)."""

import re

import pytest

from product import ENGINE, claims, made, refused
from test_oauth2_clients import ask, register, token

WELL_KNOWN = "/.well-known/oauth-protected-resource"


@pytest.fixture
def client(product, organization):
    robot = product.user(kind="service", password=None, email=None)
    product.add_member(organization, robot["id"], ["editor"])
    return register(product, robot)


def challenge(answer):
    """The parameters of the one challenge."""
    header = answer.headers["WWW-Authenticate"]
    assert header.startswith("Bearer ") and header.count("Bearer") == 1
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


def test_rfc_9728_5_a_client_finds_everything_from_the_first_no(product, client, organization):
    first = product.call("GET", ENGINE + "/models")
    refused(first, 401, "credential_required")
    address = challenge(first)["resource_metadata"]
    assert address == product.base + WELL_KNOWN + ENGINE

    about = made(product.call("GET", address.removeprefix(product.base)), 200)
    # RFC 9728 3.3: the resource is the one that the address was made of.
    assert about["resource"] == product.base + ENGINE
    assert about["authorization_servers"] == [product.base]
    assert "models:read" in about["scopes_supported"] and "organizations:manage" not in about["scopes_supported"]
    server = made(product.call("GET", "/.well-known/oauth-authorization-server"), 200)
    assert about["resource"] in server["protected_resources"]

    text = token(product, client, resource=about["resource"], scope="models:read")
    assert claims(text)["aud"] == about["resource"]
    made(product.call("GET", ENGINE + "/models", text, organization), 200)


def test_every_401_and_403_of_an_api_names_its_metadata(product, client, editor, organization):
    weak = token(product, client, scope="models:read")
    elsewhere = product.organization()["id"]
    cases = [
        (product.call("GET", ENGINE + "/models", "x.y.z", organization), 401, "invalid_token"),
        (product.call("GET", ENGINE + "/models", headers={"X-API-Key": "mchx_x"}), 401, "invalid_api_key"),
        (product.call("POST", ENGINE + "/models", weak, organization), 403, "insufficient_scope"),
        (product.call("GET", ENGINE + "/nothing", weak, organization), 403, "route_not_allowed"),
        (product.call("GET", ENGINE + "/models", editor.session, elsewhere), 403, "organization_forbidden"),
    ]

    for answer, status, code in cases:
        assert answer.status_code == status and answer.json()["code"] == code, answer.text
        assert challenge(answer)["resource_metadata"] == product.base + WELL_KNOWN + ENGINE
    assert challenge(cases[2][0])["error"] == "insufficient_scope"
    assert challenge(cases[2][0])["scope"] == "models:write"
    other = product.call("GET", "/machhub/x")
    assert challenge(other)["resource_metadata"] == product.base + WELL_KNOWN + "/machhub"
    assert "resource_metadata" not in product.call("GET", "/auth/me").headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["", "/", "/api/v1", "/api/v1/engine/models", "/api/v1/tokens", "/api/v1/engine/"])
def test_what_is_no_api_has_no_metadata(product, path):
    refused(product.call("GET", WELL_KNOWN + path), 404)


def test_rfc_8707_2_another_target_is_refused(product, client):
    engine = product.base + ENGINE

    for resource in ([engine, engine], [engine, product.base + "/machhub"], product.base, engine + "/", "urn:x"):
        answer = ask(product, client, resource=resource)
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_target"


def test_rfc_8707_a_token_for_one_api_is_none_elsewhere(product, client, organization):
    text = token(product, client, resource=product.base + "/machhub")

    made(product.call("GET", "/machhub/x", text, organization), 200)
    for method, path in [
        ("GET", ENGINE + "/models"), ("GET", "/auth/me"), ("GET", "/api/v1/organizations"), ("GET", "/api/v1/tokens"),
        ("GET", "/api/v1/oauth2/clients"), ("GET", "/api/v1/scopes"),
    ]:
        answer = product.call(method, path, text, organization)
        refused(answer, 401, "invalid_token")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
