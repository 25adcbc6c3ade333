"""OAuth2 clients that act as their service user, from registration to revocation, over HTTPS."""

import secrets
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from product import ENGINE, claims, made, refused

CLIENTS = "/api/v1/oauth2/clients"


@pytest.fixture
def robot(product, organization):
    """A service user that edits in the organization."""
    user = product.user(kind="service", password=None, email=None)
    product.add_member(organization, user["id"], ["editor"])
    return user


@pytest.fixture
def client(product, robot):
    return register(product, robot)


def register(product, robot, **more):
    return made(product.call("POST", CLIENTS, product.admin, json={
        "name": "ERP", "grant_types": ["client_credentials"], "scopes": ["pipelines:read", "models:read"],
        "service_user_id": robot["id"], **more,
    }), 201)


def ask(product, client, **form):
    return product.call(
        "POST", "/oauth2/token", data={"grant_type": "client_credentials", **form},
        auth=(client["client_id"], client["client_secret"]),
    )


def token(product, client, **form):
    return made(ask(product, client, **form), 200)["access_token"]


def introspect(product, client, text):
    return made(product.call(
        "POST", "/oauth2/introspect", data={"token": text}, auth=(client["client_id"], client["client_secret"]),
    ), 200)


def test_rfc_9068_an_access_token_is_what_an_independent_library_expects(product, client, robot):
    answer = ask(product, client, scope="models:read")
    body = made(answer, 200)
    metadata = made(product.call("GET", "/.well-known/oauth-authorization-server"), 200)
    keys = KeySet.import_key_set(made(product.call("GET", "/oauth2/jwks"), 200))

    read = jwt.decode(body["access_token"], keys, algorithms=["ES256", "RS256"])
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": metadata["issuer"]}, aud={"essential": True, "value": metadata["issuer"]},
        sub={"essential": True, "value": robot["id"]}, exp={"essential": True}, iat={"essential": True},
        jti={"essential": True}, client_id={"essential": True, "value": client["client_id"]},
        scope={"essential": True, "value": "models:read"},
    ).validate(read.claims)

    assert read.header["typ"] == "at+jwt"
    assert read.claims["exp"] - read.claims["iat"] == body["expires_in"] == 3600
    assert body["token_type"] == "Bearer" and body["scope"] == "models:read" and "refresh_token" not in body
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_opens_the_gate_as_the_service_user(product, client, robot, organization):
    text = token(product, client)

    answer = product.call("GET", ENGINE + "/models", text, organization)

    told = made(answer, 200)["headers"]
    assert told["x-auth-subject"] == robot["id"] and told["x-auth-client"] == client["client_id"]
    assert told["x-auth-credential"] == "access:" + claims(text)["jti"]
    assert sorted(told["x-auth-scopes"].split()) == ["models:read", "pipelines:read"]
    refused(product.call("POST", ENGINE + "/models", text, organization), 403, "insufficient_scope")
    refused(product.call("GET", ENGINE + "/models", text), 400, "organization_required")


def test_a_client_with_an_organization_needs_no_header(product, robot, organization):
    bound = register(product, robot, organization_id=organization)
    elsewhere = product.organization()["id"]
    product.add_member(elsewhere, robot["id"], ["editor"])
    text = token(product, bound)

    told = made(product.call("GET", ENGINE + "/models", text), 200)["headers"]
    me = made(product.call("GET", "/auth/me", text), 200)

    assert told["x-auth-organization"] == organization
    assert me["credential"]["kind"] == "access" and me["organization"]["id"] == organization
    refused(product.call("GET", ENGINE + "/models", text, elsewhere), 403, "organization_forbidden")


@pytest.mark.parametrize("how", ["disable", "revoke", "service user", "delete"])
def test_what_is_taken_away_counts_at_once(product, robot, organization, how):
    client = register(product, robot)
    text = token(product, client)
    made(product.call("GET", ENGINE + "/models", text, organization), 200)
    path = f"{CLIENTS}/{client['client_id']}"

    if how == "disable":
        made(product.call("PATCH", path, product.admin, json={"status": "disabled"}), 200)
    elif how == "revoke":
        answer = product.call(
            "POST", "/oauth2/revoke", data={"token": text}, auth=(client["client_id"], client["client_secret"])
        )
        assert answer.status_code == 200
    elif how == "service user":
        other = product.user(kind="service", password=None, email=None)
        made(product.call("PATCH", path, product.admin, json={"service_user_id": other["id"]}), 200)
    else:
        made(product.call("DELETE", path, product.admin), 204)

    for _ in range(20):
        refused(product.call("GET", ENGINE + "/models", text, organization), 401, "invalid_token")
    if how == "disable":
        made(product.call("PATCH", path, product.admin, json={"status": "enabled"}), 200)
        refused(product.call("GET", ENGINE + "/models", text, organization), 401, "invalid_token")
        made(product.call("GET", ENGINE + "/models", token(product, client), organization), 200)


def test_rfc_7523_a_signed_assertion_works_once(product, robot):
    key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
    client = register(
        product, robot, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]}
    )
    assert "client_secret" not in client
    assertion = jwt.encode({"alg": "ES256", "kid": "one"}, {
        "iss": client["client_id"], "sub": client["client_id"], "aud": product.base, "jti": secrets.token_hex(8),
        "iat": int(time.time()), "exp": int(time.time()) + 60,
    }, key)
    form = {
        "grant_type": "client_credentials", "client_assertion": assertion,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }

    first = product.call("POST", "/oauth2/token", data=form)
    second = product.call("POST", "/oauth2/token", data=form)

    made(first, 200)
    assert second.status_code == 401 and second.json()["error"] == "invalid_client"
    assert second.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_introspection_tells_of_live_tokens_alone(product, client, robot, editor):
    text = token(product, client)
    personal = editor.token("pipelines:read")

    told = introspect(product, client, text)

    assert told["active"] is True and told["sub"] == robot["id"] and told["client_id"] == client["client_id"]
    assert told["scope"] == "pipelines:read models:read" and told["jti"] == claims(text)["jti"]
    assert introspect(product, client, personal["token"])["active"] is True
    assert product.call("POST", "/oauth2/revoke", data={"token": personal["token"]}).status_code == 200
    assert introspect(product, client, personal["token"]) == {"active": False}
    assert introspect(product, client, product.admin) == {"active": False}


def test_the_use_of_a_client_and_its_secret_is_noted(product, client):
    token(product, client)

    deadline = time.monotonic() + 10
    while True:
        shown = made(product.call("GET", f"{CLIENTS}/{client['client_id']}", product.admin), 200)
        if shown["last_used_at"] or time.monotonic() > deadline:
            break
        time.sleep(0.2)

    assert shown["last_used_at"] and shown["secrets"][0]["last_used_at"] == shown["last_used_at"]
