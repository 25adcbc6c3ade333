"""Sign-out that clients ask for, and that they are told of, over HTTPS."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from conftest import SETTINGS
from pages import Browser
from product import ENGINE, Product, claims, made, refused
from servers import wait_until
from test_oauth2_authorize import App
from test_oauth2_refresh import ended

TARGET = "https://app.example/signed-out"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Receiver:
    """A client's endpoint for logout tokens; answers with the given statuses, the last of them for ever."""

    def __init__(self, *statuses):
        receiver = self
        self.requests, self.statuses = [], list(statuses or [200])

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.requests.append((self.path, self.headers, parse_qs(body), time.monotonic()))
                position = min(len(receiver.requests), len(receiver.statuses)) - 1
                self.send_response(receiver.statuses[position])
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_port}/logout?from=gatehouse"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def tokens(self, count=1, seconds=30):
        wait_until(lambda: len(self.requests) >= count, f"{count} logout tokens", seconds)
        return [form["logout_token"][0] for _, _, form, _ in self.requests]


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory, binary):
    """A product whose back-channel logout may go to this machine."""
    product = Product(
        tmp_path_factory.mktemp("outgoing") / "state", binary, **SETTINGS, GATEHOUSE_BACKCHANNEL_ALLOW_PRIVATE="1"
    )
    product.start()
    yield product
    assert product.stop() == 0, product.said()


@pytest.fixture(scope="module")
def plant(outgoing):
    return outgoing.organization()["id"]


def person(product, organization):
    """Somebody with a browser that is signed in."""
    browser = Browser(product)
    browser.person = product.member(organization, roles=["editor"])
    browser.sign_in(browser.person.username)
    return browser


def address(**fields):
    return "/oauth2/logout?" + urlencode(fields)


def is_signed_in(browser):
    return browser.get("/profile").status == 200


def verified(product, text, app, algorithm="RS256"):
    """The claims of a logout token, as an independent library reads them."""
    keys = KeySet.import_key_set(made(product.call("GET", "/oauth2/jwks"), 200))
    read = jwt.decode(text, keys, algorithms=[algorithm])
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": product.base}, aud={"essential": True, "value": app.id},
        iat={"essential": True}, exp={"essential": True}, jti={"essential": True}, sub={"essential": True},
    ).validate(read.claims)
    assert read.header["typ"] == "logout+jwt" and read.claims["events"] == {EVENT: {}}
    assert "nonce" not in read.claims and read.claims["exp"] - read.claims["iat"] <= 120
    return read.claims


# RP-Initiated Logout


def test_rp_initiated_logout_2_a_client_signs_its_person_out(product, organization):
    app = App(product, post_logout_redirect_uris=[TARGET])
    browser = person(product, organization)
    tokens = app.tokens(browser)
    metadata = made(product.call("GET", "/.well-known/openid-configuration"), 200)
    assert metadata["end_session_endpoint"] == product.base + "/oauth2/logout"

    page = browser.get(address(
        id_token_hint=tokens["id_token"], post_logout_redirect_uri=TARGET, state="a&b", client_id=app.id
    ))

    assert page.status == 303
    location = page.answer.headers["Location"]
    assert location.startswith(TARGET + "?") and dict(parse_qsl(urlsplit(location).query)) == {"state": "a&b"}
    assert not is_signed_in(browser)
    refused(product.call("GET", ENGINE + "/pipelines", tokens["access_token"], browser.person.organization), 401)
    assert ended(app, tokens["refresh_token"])


def test_rp_initiated_logout_2_a_form_of_the_client_does_the_same(product, organization):
    app = App(product, post_logout_redirect_uris=[TARGET])
    browser = person(product, organization)
    tokens = app.tokens(browser)

    # A form of another site brings no cookies.
    cross = Browser(product)
    page = cross.ask("POST", "/oauth2/logout", data={
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": TARGET,
    }, headers={"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"})

    assert page.status == 303 and is_signed_in(browser)
    assert browser.get(page.answer.headers["Location"]).answer.headers["Location"] == TARGET
    assert not is_signed_in(browser)


def test_rp_initiated_logout_2_who_did_not_ask_is_asked(product, organization):
    app = App(product, post_logout_redirect_uris=[TARGET])
    browser = person(product, organization)
    other = person(product, organization)
    foreign = app.tokens(other)["id_token"]

    for fields in ({}, {"client_id": app.id}, {"id_token_hint": foreign}):
        page = browser.get(address(**fields))
        assert page.status == 200 and page.heading == "Sign out?" and is_signed_in(browser)

    browser.get(address(id_token_hint=foreign, post_logout_redirect_uri=TARGET, state="s"))
    page = browser.send("/oauth2/logout")
    assert page.status == 303 and page.answer.headers["Location"] == TARGET + "?state=s"
    assert not is_signed_in(browser) and is_signed_in(other)


def test_rp_initiated_logout_3_1_and_security_108_what_is_refused(product, organization):
    app = App(product, post_logout_redirect_uris=[TARGET])
    stranger = App(product, post_logout_redirect_uris=["https://other.example/out"])
    browser = person(product, organization)
    tokens = app.tokens(browser)
    hint = tokens["id_token"]
    header, body, signature = hint.split(".")

    for fields in (
        {"id_token_hint": tokens["access_token"]}, {"id_token_hint": browser.person.session},
        {"id_token_hint": f"eyJhbGciOiJub25lIn0.{body}."}, {"id_token_hint": f"{header}.{body}.{signature[:-4]}AAAA"},
        {"id_token_hint": hint, "client_id": stranger.id},
        {"id_token_hint": hint, "post_logout_redirect_uri": "https://other.example/out"},
        {"id_token_hint": hint, "post_logout_redirect_uri": TARGET + "?x"},
        {"id_token_hint": hint, "post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": TARGET},
    ):
        page = browser.get(address(**fields))
        assert page.status == 400 and "Location" not in page.answer.headers, fields
        assert is_signed_in(browser), fields


# Back-Channel Logout


def test_back_channel_logout_2_5_the_client_is_told_of_a_sign_out(outgoing, plant):
    with Receiver() as receiver:
        app = App(outgoing, backchannel_logout_uri=receiver.uri, backchannel_logout_session_required=True)
        browser = person(outgoing, plant)
        id_token = claims(app.tokens(browser)["id_token"])
        app.tokens(browser)

        browser.get(address(id_token_hint=app.tokens(browser)["id_token"]))

        told = verified(outgoing, receiver.tokens()[0], app)
        assert told["sub"] == browser.person.id and told["sid"] == id_token["sid"]
        path, headers, form, _ = receiver.requests[0]
        assert path == "/logout?from=gatehouse" and set(form) == {"logout_token"}
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        refused(
            outgoing.call("GET", ENGINE + "/pipelines", form["logout_token"][0], plant), 401, "invalid_token"
        )


@pytest.mark.parametrize("how", ["page", "api", "sessions", "disabled", "deleted"])
def test_back_channel_logout_2_3_every_end_of_a_session_is_told(outgoing, plant, how):
    with Receiver(204) as receiver:
        app = App(outgoing, backchannel_logout_uri=receiver.uri, id_token_signed_response_alg="ES256")
        browser = person(outgoing, plant)
        sid = claims(app.tokens(browser)["id_token"])["sid"]
        user = f"/api/v1/users/{browser.person.id}"

        match how:
            case "page":
                browser.open("/profile")
                browser.send("/logout")
            case "api":
                made(browser.person.call("DELETE", f"/api/v1/sessions/{sid}"), 204)
            case "sessions":
                assert browser.person.call("DELETE", "/api/v1/sessions").status_code in (200, 204)
            case "disabled":
                made(outgoing.call("PATCH", user, outgoing.admin, json={"disabled": True}), 200)
            case "deleted":
                made(outgoing.call("DELETE", user, outgoing.admin), 204)

        assert verified(outgoing, receiver.tokens()[0], app, "ES256")["sid"] == sid


def test_back_channel_logout_2_5_a_client_that_fails_is_told_again_and_no_redirect_is_followed(outgoing, plant):
    with Receiver(302, 200) as receiver:
        app = App(outgoing, backchannel_logout_uri=receiver.uri)
        browser = person(outgoing, plant)
        app.tokens(browser)

        browser.get(address(id_token_hint=app.tokens(browser)["id_token"]))

        first, second = receiver.tokens(2)
        assert [path for path, *_ in receiver.requests] == ["/logout?from=gatehouse"] * 2
        assert receiver.requests[1][3] - receiver.requests[0][3] > 5
        assert claims(first)["jti"] != claims(second)["jti"]


def test_security_109_private_addresses_are_not_asked_unless_allowed(product, organization):
    with Receiver() as receiver:
        browser = person(product, organization)
        port = receiver.server.server_port
        apps = [
            App(product, backchannel_logout_uri=uri) for uri in (
                receiver.uri, f"https://127.0.0.1:{port}/", f"https://localhost:{port}/", f"https://127.1:{port}/",
                f"https://[::ffff:127.0.0.1]:{port}/",
            )
        ]
        for app in apps:
            app.tokens(browser)
        before = product.log().count("A client could not be told of a logout.")

        browser.open("/profile")
        browser.send("/logout")

        wait_until(
            lambda: product.log().count("A client could not be told of a logout.") >= before + len(apps),
            "the refusals in the log",
        )
        assert receiver.requests == []
