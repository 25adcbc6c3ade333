"""Clients that register themselves (RFC 7591) and look after themselves (RFC 7592), over HTTPS."""

import pytest

from conftest import SETTINGS
from product import Product, made, refused

REGISTER = "/oauth2/register"
METADATA = {"client_name": "ERP", "redirect_uris": ["https://erp.example/cb"]}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, binary):
    """A product where clients register with an initial access token."""
    product = Product(
        tmp_path_factory.mktemp("guarded") / "state", binary, GATEHOUSE_REGISTRATION="token", **SETTINGS
    )
    product.start()
    yield product
    product.stop()


def initial_token(product, **body):
    return made(product.call("POST", "/api/v1/oauth2/registration-tokens", product.admin, json=body), 201)["token"]


def no(answer, status, error):
    """Checks a refusal in the protocol's shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["error"] == error and answer.json()["error_description"]
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="')


def test_it_is_off_unless_set(product):
    metadata = made(product.call("GET", "/.well-known/openid-configuration"), 200)

    assert "registration_endpoint" not in metadata
    refused(product.call("POST", REGISTER, json=METADATA), 404)
    refused(product.call("GET", REGISTER + "/x", "token"), 404)


def test_rfc_7591_from_the_first_token_to_the_last_answer(guarded):
    endpoint = made(guarded.call("GET", "/.well-known/openid-configuration"), 200)["registration_endpoint"]
    assert endpoint == guarded.base + REGISTER
    token = initial_token(guarded, expires_in_days=1)

    client = made(guarded.call("POST", REGISTER, token, json=METADATA), 201)

    assert client["client_secret_expires_at"] == 0 and client["client_id_issued_at"] > 1_700_000_000
    assert client["scope"] == "openid profile email offline_access"
    assert client["registration_client_uri"] == f"{endpoint}/{client['client_id']}"
    no(guarded.call("POST", REGISTER, token, json=METADATA), 401, "invalid_token")
    # It is a client like any other: its secret is good, this grant is not for it.
    answer = guarded.call(
        "POST", "/oauth2/token", data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
    )
    assert answer.status_code == 400 and answer.json()["error"] == "unauthorized_client"
    shown = made(guarded.call("GET", "/api/v1/oauth2/clients/" + client["client_id"], guarded.admin), 200)
    assert shown["name"] == "ERP" and shown["require_pkce"] is False


def test_rfc_7592_read_change_delete(guarded):
    client = made(guarded.call("POST", REGISTER, initial_token(guarded), json=METADATA), 201)
    path = client["registration_client_uri"].removeprefix(guarded.base)
    token = client["registration_access_token"]

    read = made(guarded.call("GET", path, token), 200)
    assert "client_secret" not in read and read["redirect_uris"] == METADATA["redirect_uris"]
    changed = made(guarded.call("PUT", path, token, json={
        **METADATA, "client_id": client["client_id"], "client_name": "CRM",
    }), 200)
    assert changed["client_name"] == "CRM"
    no(guarded.call("GET", path, token), 401, "invalid_token")
    token = changed["registration_access_token"]
    assert guarded.call("DELETE", path, token).status_code == 204
    no(guarded.call("GET", path, token), 401, "invalid_token")
    refused(guarded.call("GET", "/api/v1/oauth2/clients/" + client["client_id"], guarded.admin), 404)


def test_what_is_refused_leaves_the_token_good(guarded):
    token = initial_token(guarded)

    no(guarded.call("POST", REGISTER, json=METADATA), 401, "invalid_token")
    no(guarded.call("POST", REGISTER, token, json={"redirect_uris": ["http://evil.example"]}), 400,
       "invalid_redirect_uri")
    no(guarded.call("POST", REGISTER, token, json={**METADATA, "grant_types": ["password"]}), 400,
       "invalid_client_metadata")
    no(guarded.call("POST", REGISTER, token, data=b"{", headers={"Content-Type": "application/json"}), 400,
       "invalid_client_metadata")
    made(guarded.call("POST", REGISTER, token, json=METADATA), 201)


def test_only_administrators_make_initial_tokens(guarded):
    refused(guarded.call("POST", "/api/v1/oauth2/registration-tokens", json={}), 401)
    person = guarded.member(guarded.organization()["id"], roles=["admin"])
    refused(guarded.call("POST", "/api/v1/oauth2/registration-tokens", person.session, json={}), 403)


def test_the_log_holds_no_token(guarded):
    token = initial_token(guarded)
    client = made(guarded.call("POST", REGISTER, token, json=METADATA), 201)

    log = guarded.log()

    assert token not in log and client["registration_access_token"] not in log and client["client_secret"] not in log
