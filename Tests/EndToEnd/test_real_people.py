"""Programs of others that act for people: libraries, Apache with a browser, an agent of the command line."""

import base64
import hashlib
import re
import secrets
from urllib.parse import urlencode

import pytest
import requests
from apache import Apache
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet
from playwright.sync_api import expect
from requests_oauthlib import OAuth2Session as RequestsOAuth2Session

from conftest import SETTINGS
from oauth2 import register
from oidc_agent import OIDCAgent
from product import ENGINE, Product, claims, made, refused
from servers import free_port, wait_until
from visitor import Visitor

CALLBACK = "https://app.example.com/callback"
SCOPES = ["openid", "profile", "email", "offline_access", "models:read"]


@pytest.fixture(scope="module")
def product(tmp_path_factory, binary):
    """One that tells clients on this machine of a sign-out, and trusts them by the certificate of the run."""
    state = tmp_path_factory.mktemp("telling") / "state"
    product = Product(
        state, binary, GATEHOUSE_BACKCHANNEL_ALLOW_PRIVATE="1", SSL_CERT_FILE=str(state / "tls/certificate.pem"),
        **SETTINGS,
    )
    product.start()
    yield product
    assert product.stop() == 0, product.said()


@pytest.fixture
def visitor(product, editor):
    with Visitor(product, editor.username) as visitor:
        yield visitor


def metadata(product):
    return made(product.call("GET", "/.well-known/openid-configuration"), 200)


def web(product, **fields):
    """A client with a server, registered by an administrator."""
    return register(product, **{"redirect_uris": [CALLBACK], "scopes": SCOPES, **fields})


def trusting(product, session):
    session.trust_env = False
    session.verify = str(product.state / "tls/certificate.pem")
    return session


def authlib(product, client, **more):
    return trusting(product, OAuth2Session(
        client["client_id"], client.get("client_secret"), redirect_uri=CALLBACK,
        token_endpoint_auth_method=client["token_endpoint_auth_method"],
        revocation_endpoint_auth_method=client["token_endpoint_auth_method"],
        code_challenge_method="S256", **more,
    ))


def checked(product, client, id_token, **wanted):
    """The claims of an ID token, verified with an independent library (OpenID Connect Core 3.1.3.7)."""
    keys = KeySet.import_key_set(made(product.call("GET", "/oauth2/jwks"), 200))
    read = jwt.decode(id_token, keys, algorithms=[client["id_token_signed_response_alg"]])
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": product.base}, aud={"essential": True, "value": client["client_id"]},
        sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
        **{name: {"essential": True, "value": value} for name, value in wanted.items()},
    ).validate(read.claims)
    return read.claims


def half_hash(text):
    """OpenID Connect Core 3.1.3.6: the left half of the hash."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


@pytest.mark.parametrize("fields", [
    {}, {"token_endpoint_auth_method": "client_secret_post", "id_token_signed_response_alg": "ES256"},
    {"type": "public"},
], ids=["basic", "post", "public"])
def test_authlib_signs_a_person_in_refreshes_and_revokes(product, editor, visitor, fields):
    client = web(product, **fields)
    endpoints = metadata(product)
    nonce, verifier = secrets.token_urlsafe(16), generate_token(64)
    with authlib(product, client, scope=" ".join(SCOPES)) as session:
        address, state = session.create_authorization_url(
            endpoints["authorization_endpoint"], nonce=nonce, code_verifier=verifier
        )
        landing = visitor.allow(address)
        token = session.fetch_token(
            endpoints["token_endpoint"], authorization_response=landing.address, code_verifier=verifier, state=state
        )
        told = checked(product, client, token["id_token"], nonce=nonce, at_hash=half_hash(token["access_token"]))
        userinfo = session.get(endpoints["userinfo_endpoint"]).json()
        passed = session.get(product.base + ENGINE + "/models", headers={"X-Organization-ID": editor.organization})
        renewed = session.refresh_token(endpoints["token_endpoint"], refresh_token=token["refresh_token"])
        again = session.refresh_token(endpoints["token_endpoint"], refresh_token=renewed["refresh_token"])
        revoked = session.revoke_token(endpoints["revocation_endpoint"], token=again["refresh_token"])

    assert landing.address.startswith(CALLBACK + "?") and landing["iss"] == product.base
    assert token["scope"].split() == SCOPES
    assert told["sub"] == userinfo["sub"] == editor.id and "email" not in told
    assert userinfo["email"] == editor.user["email"] and userinfo["preferred_username"] == editor.username
    assert passed.status_code == 200 and passed.json()["headers"]["x-auth-client"] == client["client_id"]
    assert len({token["refresh_token"], renewed["refresh_token"], again["refresh_token"]}) == 3
    assert revoked.status_code == 200
    refused(product.call("GET", ENGINE + "/models", again["access_token"], editor.organization), 401, "invalid_token")


def test_requests_oauthlib_is_told_which_scope_a_person_gave(product, editor, visitor):
    client = web(product)
    endpoints = metadata(product)
    with trusting(product, RequestsOAuth2Session(
        client["client_id"], redirect_uri=CALLBACK, scope=["openid", "models:read"], pkce="S256"
    )) as session:
        address, _ = session.authorization_url(endpoints["authorization_endpoint"])
        landing = visitor.allow(address)
        token = session.fetch_token(
            endpoints["token_endpoint"], authorization_response=landing.address,
            auth=(client["client_id"], client["client_secret"]),
        )

    assert token["scope"] == ["openid", "models:read"]
    assert checked(product, client, token["id_token"])["sub"] == editor.id


def pkce():
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def code(product, visitor, client, redirect_uri=CALLBACK, **more):
    """A code that the visitor allowed the client, and the verifier that it needs."""
    verifier, challenge = pkce()
    landing = visitor.allow(metadata(product)["authorization_endpoint"] + "?" + urlencode({
        "response_type": "code", "client_id": client["client_id"], "redirect_uri": redirect_uri, "scope": "openid",
        "state": "s", "code_challenge": challenge, "code_challenge_method": "S256", **more,
    }))
    return landing["code"], verifier


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_a_first_try_by_another_method_does_not_burn_the_code(product, visitor, method):
    """As Go's oauth2 does whose AuthStyle is not set: Basic first, without a secret too, and then the body."""
    fields = {"type": "public"} if method == "none" else {"token_endpoint_auth_method": method}
    client = web(product, **fields)
    given, verifier = code(product, visitor, client)
    form = {"grant_type": "authorization_code", "code": given, "redirect_uri": CALLBACK, "code_verifier": verifier}
    proof = (client["client_id"], client.get("client_secret", ""))

    answer = product.call("POST", "/oauth2/token", data=form, auth=proof)
    assert (answer.status_code == 200) == (method == "client_secret_basic")
    if answer.status_code != 200:
        assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
        answer = product.call(
            "POST", "/oauth2/token", data={**form, "client_id": proof[0], "client_secret": proof[1]}
        )

    assert made(answer, 200)["id_token"]


def test_a_native_application_listens_on_any_port(product, visitor):
    """RFC 8252, 7.3"""
    client = web(product, type="public", redirect_uris=["http://127.0.0.1/callback"], scopes=["openid"])
    here = f"http://127.0.0.1:{free_port()}/callback"
    given, verifier = code(product, visitor, client, here)

    token = made(product.call("POST", "/oauth2/token", data={
        "grant_type": "authorization_code", "code": given, "redirect_uri": here, "code_verifier": verifier,
        "client_id": client["client_id"],
    }), 200)

    assert checked(product, client, token["id_token"])["sub"]


@pytest.fixture
def protected(product):
    """Pages that Apache shows to whoever signed in at the product, as a certified relying party does it."""
    apache = Apache(product.state / "tls", ["auth_openidc"], "")
    client = web(
        product, redirect_uris=[apache.base + "/callback"], scopes=["openid", "profile", "email"],
        post_logout_redirect_uris=[apache.base + "/callback"],
        backchannel_logout_uri=apache.base + "/callback?logout=backchannel", backchannel_logout_session_required=True,
    )
    apache.directives = f"""
OIDCProviderMetadataURL {product.base}/.well-known/openid-configuration
OIDCClientID {client["client_id"]}
OIDCClientSecret {client["client_secret"]}
OIDCRedirectURI {apache.base}/callback
OIDCDefaultLoggedOutURL {apache.base}/callback
OIDCCryptoPassphrase {secrets.token_hex(16)}
OIDCCABundlePath {apache.certificate}
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRemoteUserClaim preferred_username
<Location "/">
    AuthType openid-connect
    Require valid-user
</Location>
"""
    yield apache.start()
    apache.stop()


@pytest.fixture
def here(window, protected):
    window = window()
    window.origins.add(protected.base)
    return window


def enter(here, protected, person):
    """Signs in at the product, whom Apache sends there, and allows."""
    here.sign_in(person.username, target=protected.base + "/")
    here.page.get_by_role("button", name="Allow").click()
    expect(here.page).to_have_title("Inside")


def test_mod_auth_openidc_signs_a_person_in_with_chromium(editor, protected, here):
    enter(here, protected, editor)

    expect(here.page).to_have_url(protected.base + "/")
    told = here.open(protected.base + "/").headers
    assert told["x-remote-user"] == editor.username, protected.log()


def test_mod_auth_openidc_signs_a_person_out_here_too(product, editor, protected, here):
    """RP-Initiated Logout 1.0"""
    enter(here, protected, editor)

    here.open(f"{protected.base}/callback?" + urlencode({"logout": protected.base + "/callback"}))

    expect(here.page).to_have_url(re.compile("^" + re.escape(protected.base + "/callback")))
    here.open(protected.base + "/")
    expect(here.page.get_by_label("Password")).to_be_visible()
    assert here.page.url.startswith(product.base + "/login")


def test_mod_auth_openidc_is_told_of_a_sign_out(editor, protected, here):
    """Back-Channel Logout 1.0"""
    enter(here, protected, editor)

    here.open("/oauth2/logout")
    here.page.get_by_role("button", name="Sign out").click()

    def is_out():
        here.open(protected.base + "/")
        return here.page.get_by_label("Password").count()

    wait_until(is_out, "Apache to ask again")


def test_whoever_denies_is_not_let_in_by_mod_auth_openidc(editor, protected, here):
    here.sign_in(editor.username, target=protected.base + "/")
    here.page.get_by_role("button", name="Deny").click()

    expect(here.page).to_have_url(re.compile("^" + re.escape(protected.base) + ".*error=access_denied"))
    assert here.page.title() != "Inside"


@pytest.fixture
def agent(product):
    agent = OIDCAgent(product.state / "tls/certificate.pem")
    yield agent
    agent.close()


def test_oidc_agent_gets_a_code_and_refreshes(product, editor, visitor, agent):
    # It takes no port of those that IANA keeps for private use (RFC 6335, 6), which Linux gives, too.
    port = next(port for port in iter(free_port, None) if port <= 49151)
    here = f"http://localhost:{port}"
    client = web(product, redirect_uris=[here], scopes=["openid", "profile", "offline_access"])
    adding = agent.add(
        product.base, f"--client-id={client['client_id']}", f"--client-secret={client['client_secret']}",
        f"--redirect-uri={here}", "--flow=code",
    )
    landing = visitor.allow(adding.find(r"(https://localhost:\d+/oauth2/authorize\S+)"))
    with requests.Session() as session:
        session.trust_env = False
        arrived = session.get(landing.address, timeout=30)
    adding.finish()

    first, second = agent.token(), agent.token("--force-new")

    assert arrived.status_code == 200 and landing.address.startswith(here)
    assert claims(first)["sub"] == claims(second)["sub"] == editor.id and first != second


def test_oidc_agent_is_allowed_by_a_device_code(product, editor, visitor, agent):
    # It proves itself by Basic always, with an empty secret where it has none, which is no proof here.
    client = web(
        product, scopes=["openid", "profile", "offline_access"], redirect_uris=[],
        grant_types=["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
    )
    adding = agent.add(
        product.base, f"--client-id={client['client_id']}", f"--client-secret={client['client_secret']}",
        "--flow=device",
    )
    user_code = adding.find(r"\b([B-Z]{4}-[B-Z]{4})\b")
    page = visitor.open("/device")
    if page.form(field="password"):
        page = visitor.sign_in(page)
    page = visitor.submit(page, page.form(field="user_code").buttons[0][2], user_code=user_code)
    visitor.submit(page, "Allow")
    adding.finish()

    first, second = agent.token(), agent.token("--force-new")

    assert claims(first)["sub"] == editor.id and first != second
