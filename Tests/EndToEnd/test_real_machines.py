"""Client libraries and resource servers of others, with programs that act by themselves."""

import pytest
import requests
from apache import Apache
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as RequestsOAuth2Session

from oauth2 import machine, service_user
from product import ENGINE, made, refused


@pytest.fixture
def robot(product, organization):
    return service_user(product, organization)


@pytest.fixture
def client(product, robot):
    return machine(product, robot)


def trusting(product, session):
    session.trust_env = False
    session.verify = str(product.state / "tls/certificate.pem")
    return session


def metadata(product):
    return made(product.call("GET", "/.well-known/oauth-authorization-server"), 200)


def authlib(product, client, method="client_secret_basic", **more):
    return trusting(product, OAuth2Session(
        client["client_id"], client.get("client_secret"), token_endpoint_auth_method=method,
        token_endpoint=metadata(product)["token_endpoint"],
        revocation_endpoint_auth_method=method, **more,
    ))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_gets_uses_introspects_and_revokes_a_token(product, robot, organization, method):
    client = machine(product, robot, token_endpoint_auth_method=method)
    endpoints = metadata(product)
    with authlib(product, client, method, scope="pipelines:read") as session:
        token = session.fetch_token(endpoints["token_endpoint"], grant_type="client_credentials")
        passed = session.get(product.base + ENGINE + "/pipelines", headers={"X-Organization-ID": organization})
        told = session.introspect_token(endpoints["introspection_endpoint"], token=token["access_token"]).json()
        revoked = session.revoke_token(endpoints["revocation_endpoint"], token=token["access_token"])
        after = session.introspect_token(endpoints["introspection_endpoint"], token=token["access_token"]).json()

    assert token["scope"] == "pipelines:read" and token["expires_in"] == 3600
    assert passed.status_code == 200 and passed.json()["headers"]["x-auth-subject"] == robot["id"]
    assert told["active"] is True and told["sub"] == robot["id"]
    assert revoked.status_code == 200 and after == {"active": False}
    refused(product.call("GET", ENGINE + "/pipelines", token["access_token"], organization), 401, "invalid_token")


def test_authlib_proves_itself_with_its_key(product, robot):
    key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
    client = machine(
        product, robot, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]}
    )
    endpoint = metadata(product)["token_endpoint"]
    with authlib(product, {**client, "client_secret": key}, "private_key_jwt") as session:
        session.register_client_auth_method(PrivateKeyJWT(endpoint, headers={"kid": "one"}, alg="ES256"))

        first = session.fetch_token(endpoint, grant_type="client_credentials")
        second = session.fetch_token(endpoint, grant_type="client_credentials")

    assert first["access_token"] != second["access_token"]


def test_requests_oauthlib_is_told_which_scope_it_got(product, client, organization):
    with trusting(product, RequestsOAuth2Session(
        client=BackendApplicationClient(client["client_id"], scope=["pipelines:read"])
    )) as session:
        token = session.fetch_token(
            metadata(product)["token_endpoint"], auth=(client["client_id"], client["client_secret"]),
        )
        passed = session.get(product.base + ENGINE + "/pipelines", headers={"X-Organization-ID": organization})

    assert token["scope"] == ["pipelines:read"]
    assert passed.status_code == 200


def test_requests_oauthlib_notices_an_unknown_scope_that_was_left_out(product, client):
    with trusting(product, RequestsOAuth2Session(
        client=BackendApplicationClient(client["client_id"], scope=["models:read", "no-such-thing"])
    )) as session, pytest.raises(Warning, match="models:read") as changed:
        session.fetch_token(
            metadata(product)["token_endpoint"], auth=(client["client_id"], client["client_secret"]),
        )

    assert changed.value.new_scope == ["models:read"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_client_that_tries_basic_and_then_the_body_gets_its_token(product, robot, method):
    """As Go's oauth2 does whose AuthStyle is not set."""
    client = machine(product, robot, token_endpoint_auth_method=method)
    form = {"grant_type": "client_credentials"}
    proof = (client["client_id"], client["client_secret"])

    first = product.call("POST", "/oauth2/token", data=form, auth=proof)
    second = product.call("POST", "/oauth2/token", data={
        **form, "client_id": client["client_id"], "client_secret": client["client_secret"],
    })

    assert (first.status_code, second.status_code) == (
        (200, 401) if method == "client_secret_basic" else (401, 200)
    )


@pytest.fixture
def guarded(product, robot):
    """Pages that Apache shows to whoever has a token that Gatehouse says is good."""
    client = machine(product, robot)
    apache = Apache(product.state / "tls", ["oauth2"], f"""
<Location "/">
    AuthType oauth2
    OAuth2TokenVerify introspect {product.base}/oauth2/introspect introspect.ssl_verify=false&introspect.auth=client_secret_basic&client_id={client["client_id"]}&client_secret={client["client_secret"]}&expiry=1
    OAuth2TargetPass prefix=X-Claim-&remote_user_claim=sub
    Require oauth2_claim scope:models:read
</Location>
""")
    yield apache.start()
    apache.stop()


def ask(product, apache, token):
    with requests.Session() as session:
        trusting(product, session)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return session.get(apache.base + "/", headers=headers, timeout=30)


def test_mod_oauth2_lets_in_whose_token_is_introspected_as_good(product, robot, client, editor, guarded):
    token = made(product.call(
        "POST", "/oauth2/token", data={"grant_type": "client_credentials", "scope": "models:read"},
        auth=(client["client_id"], client["client_secret"]),
    ), 200)["access_token"]
    personal = editor.token("models:read")["token"]

    good, of_a_person = ask(product, guarded, token), ask(product, guarded, personal)
    none, wrong = ask(product, guarded, None), ask(product, guarded, token[:-3] + "AAA")

    assert good.status_code == 200 and good.headers["X-Remote-User"] == robot["id"], guarded.log()
    assert of_a_person.status_code == 200 and of_a_person.headers["X-Remote-User"] == editor.id
    assert none.status_code == 401 and wrong.status_code == 401


def test_mod_oauth2_keeps_out_what_was_revoked(product, client, guarded):
    auth = (client["client_id"], client["client_secret"])
    token = made(product.call(
        "POST", "/oauth2/token", data={"grant_type": "client_credentials"}, auth=auth,
    ), 200)["access_token"]

    assert product.call("POST", "/oauth2/revoke", data={"token": token}, auth=auth).status_code == 200

    assert ask(product, guarded, token).status_code == 401
