"""The authorization code flow, from the address that a client makes to the APIs behind the gate, over HTTPS."""

import base64
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from pages import Browser
from product import ENGINE, PASSWORD, claims, made, refused

CLIENTS = "/api/v1/oauth2/clients"
CALLBACK = "https://app.example/callback"


class App:
    """A client that sends people here, and what it remembers of a request."""

    def __init__(self, product, **more):
        self.product = product
        self.client = made(product.call("POST", CLIENTS, product.admin, json={
            "name": "Shop floor", "redirect_uris": [CALLBACK],
            "scopes": ["openid", "profile", "email", "offline_access", "pipelines:read", "models:read"], **more,
        }), 201)
        self.id = self.client["client_id"]
        self.verifier = secrets.token_urlsafe(32)

    def parameters(self, **changes):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        fields = {
            "response_type": "code", "client_id": self.id, "redirect_uri": self.client["redirect_uris"][0],
            "scope": "openid pipelines:read", "state": "xyz", "code_challenge": challenge,
            "code_challenge_method": "S256", **changes,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def address(self, **changes):
        return "/oauth2/authorize?" + urlencode(self.parameters(**changes), doseq=True)

    def show(self, code, **changes):
        """Shows the code at the token endpoint."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.client["redirect_uris"][0],
            "code_verifier": self.verifier, **changes,
        }
        secret = self.client.get("client_secret")
        if not secret:
            form["client_id"] = self.id
        return self.product.call(
            "POST", "/oauth2/token", data={name: value for name, value in form.items() if value is not None},
            auth=(self.id, secret) if secret else None,
        )

    def tokens(self, browser, **changes):
        return made(self.show(self.code(browser, **changes)), 200)

    def code(self, browser, **changes):
        return answer(allow(browser, self.address(**changes)))["code"]


def allow(browser, address):
    """Opens the address, and allows where that is asked."""
    page = browser.open(address)
    return browser.send("/consent", decision="allow") if page.status == 200 else page


def answer(page, at=CALLBACK):
    """What the client is told."""
    location = page.answer.headers.get("Location")
    assert page.status == 303 and location, f"{page.status} {page.text}"
    assert location.startswith(at), location
    pairs = parse_qsl(urlsplit(location).query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.fixture
def app(product):
    return App(product)


@pytest.fixture
def person(product, editor):
    """Somebody with a browser that is signed in."""
    browser = Browser(product)
    browser.sign_in(editor.username)
    browser.person = editor
    return browser


def test_rfc_6749_4_1_a_journey_from_the_client_and_back(product, app, editor):
    metadata = made(product.call("GET", "/.well-known/openid-configuration"), 200)
    browser = Browser(product)

    browser.open(app.address(nonce="n-0S6", login_hint=editor.username, scope="openid email pipelines:read"))
    assert browser.page.heading == "Sign in" and browser.page.inputs["username"]["value"] == editor.username
    browser.send("/login", username=editor.username, password=PASSWORD)
    consent = browser.follow()
    for words in ["Shop floor", "app.example", editor.username, "Switch account", "View pipelines and execution history"]:
        assert words in consent.text
    told = answer(browser.send("/consent", decision="allow"))
    assert set(told) == {"code", "state", "iss"} and told["state"] == "xyz"
    assert told["iss"] == metadata["issuer"] == product.base
    tokens = app.show(told["code"])

    body = made(tokens, 200)
    assert tokens.headers["Cache-Control"] == "no-store" and body["scope"] == "openid email pipelines:read"
    assert set(body) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    keys = KeySet.import_key_set(made(product.call("GET", "/oauth2/jwks"), 200))
    read = jwt.decode(body["id_token"], keys, algorithms=["RS256"]).claims
    assert read["aud"] == app.id and read["sub"] == editor.id and read["nonce"] == "n-0S6"
    half = hashlib.sha256(body["access_token"].encode()).digest()[:16]
    assert read["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    told = made(product.call("GET", "/oauth2/userinfo", body["access_token"]), 200)
    assert told == {"sub": editor.id, "email": editor.user["email"], "email_verified": False}
    product_call = product.call("GET", ENGINE + "/pipelines", body["access_token"], editor.organization)
    assert made(product_call, 200)["headers"]["x-auth-client"] == app.id
    problem = refused(
        product.call("GET", ENGINE + "/models", body["access_token"], editor.organization), 403, "insufficient_scope"
    )
    assert "models:read" in problem["detail"]
    # Neither is taken for the other.
    refused(product.call("GET", ENGINE + "/pipelines", body["id_token"], editor.organization), 401, "invalid_token")


def test_rfc_8414_discovery_says_what_is_there(product):
    told = made(product.call("GET", "/.well-known/openid-configuration"), 200)

    assert told["authorization_endpoint"] == product.base + "/oauth2/authorize"
    assert told["userinfo_endpoint"] == product.base + "/oauth2/userinfo"
    assert told["response_types_supported"] == ["code"] and told["subject_types_supported"] == ["public"]
    assert told["response_modes_supported"] == ["query", "form_post"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["claims_parameter_supported"] is True and told["request_parameter_supported"] is False
    assert set(told["id_token_signing_alg_values_supported"]) == {"RS256", "ES256"}
    assert set(told["prompt_values_supported"]) == {"none", "login", "consent", "select_account"}
    assert {"sub", "email", "name", "auth_time"} <= set(told["claims_supported"])
    assert "authorization_code" in told["grant_types_supported"] and "openid" in told["scopes_supported"]


@pytest.mark.parametrize("changes", [
    {"client_id": None}, {"client_id": "nobody"}, {"client_id": "' OR 1=1 -- "}, {"redirect_uri": None},
    {"redirect_uri": "https://evil.example/"}, {"redirect_uri": CALLBACK + "/"}, {"redirect_uri": CALLBACK + "?x=1"},
    {"redirect_uri": CALLBACK.replace("app", "APP")}, {"redirect_uri": "https://app.example@evil.example/callback"},
    {"redirect_uri": "https://app.example/x/../callback"}, {"redirect_uri": CALLBACK + "\n"},
    {"redirect_uri": [CALLBACK, CALLBACK]}, {"redirect_uri": CALLBACK + "\x00"},
    {"redirect_uri": "https://evil.example/", "prompt": "none"}, {"state": "s" * 4097},
], ids=str)
def test_rfc_6749_4_1_2_1_without_a_safe_address_there_is_a_page(app, person, changes):
    page = person.get(app.address(**changes))

    assert page.status == 400 and "Location" not in page.answer.headers
    assert page.answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in page.answer.headers["Content-Security-Policy"]
    assert "evil" not in page.answer.text


@pytest.mark.parametrize("changes, code", [
    ({"response_type": None}, "invalid_request"), ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"), ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": "organizations:read"}, "invalid_scope"), ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"), ({"code_challenge": "a" * 42}, "invalid_request"),
    ({"code_challenge": "a" * 129}, "invalid_request"), ({"request": "a.b.c"}, "request_not_supported"),
    ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"), ({"prompt": "none login"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"), ({"claims": "{"}, "invalid_request"),
    ({"resource": "https://evil.example/"}, "invalid_target"), ({"scope": ["openid", "openid"]}, "invalid_request"),
    ({"id_token_hint": "a.b.c"}, "invalid_request"),
], ids=str)
def test_rfc_6749_4_1_2_1_other_faults_are_told_to_the_client_after_sign_in(product, app, person, changes, code):
    told = answer(person.get(app.address(**changes)))

    assert told["error"] == code and told["state"] == "xyz" and told["iss"] == product.base
    stranger = Browser(product).get(app.address(**changes))
    assert stranger.answer.headers["Location"].startswith("/login?return_to=/oauth2/authorize")
    if "prompt" not in changes:
        assert answer(Browser(product).get(app.address(**{**changes, "prompt": "none"})))["error"] == code


def test_no_is_an_answer_too(product, app, person):
    person.open(app.address())

    told = answer(person.send("/consent", decision="deny"))

    assert told["error"] == "access_denied" and told["state"] == "xyz" and told["iss"] == product.base


@pytest.mark.parametrize("state", [
    " a+b%20c ", "\x00", "é\u0065\u0301😀", "<script>\"'&", "\r\nX-Evil: y", "a=b&code=evil", "s" * 2048,
], ids=ascii)
def test_rfc_6749_4_1_2_the_state_comes_back_as_it_was(app, person, state):
    told = answer(allow(person, app.address(state=state)))

    assert told["state"] == state and told["code"].startswith("gac_")
    assert "X-Evil" not in person.page.answer.headers


def test_consent_is_remembered_and_asked_again_for_more(app, person):
    app.code(person)
    assert answer(person.open(app.address(prompt="none")))["code"]
    assert answer(person.open(app.address(prompt="none", scope="openid email")))["error"] == "consent_required"
    page = person.open(app.address(scope="openid email"))
    assert "See your e-mail address email New" in page.text and "Know who you are openid New" not in page.text
    person.send("/consent", decision="allow")
    assert answer(person.open(app.address(scope="openid email pipelines:read")))["code"]
    for prompt in ["consent", "select_account"]:
        assert person.open(app.address(prompt=prompt)).heading.startswith("Allow")


def test_rfc_8252_programs_on_the_device_are_asked_for_each_time(product, person):
    native = App(product, type="public", redirect_uris=["http://127.0.0.1/cb"])
    port = "http://127.0.0.1:49152/cb"

    for _ in range(2):
        assert person.open(native.address(redirect_uri=port)).status == 200
        told = answer(person.send("/consent", decision="allow"), at=port)
    assert answer(person.open(native.address(redirect_uri=port, prompt="none")), at=port)["error"] == "consent_required"
    # RFC 6749 4.1.3: the one of the request, port included.
    assert made(native.show(told["code"], redirect_uri=port), 200)["scope"] == "openid pipelines:read"


def test_prompt_login_wants_the_password_once_more(product, app, person):
    app.code(person)

    page = person.open(app.address(prompt="login"))
    assert page.heading == "Sign in" and person.person.username in page.text
    person.send("/login", username=person.person.username, password="wrong")
    assert person.page.status == 422
    person.send("/login", username=person.person.username, password=PASSWORD)
    told = answer(person.follow())

    read = claims(made(app.show(told["code"]), 200)["id_token"])
    assert read["iat"] - read["auth_time"] < 30
    assert answer(person.open(app.address(prompt="none", max_age="0")))["error"] == "login_required"
    assert answer(person.open(app.address(max_age="600")))["code"]


def test_form_post_carries_the_answer_in_a_form(app, person):
    page = allow(person, app.address(response_mode="form_post", state="\"<&>'"))

    form = page.form(CALLBACK)
    told = dict(form.fields)
    assert page.status == 200 and told["state"] == "\"<&>'" and made(app.show(told["code"]), 200)
    policy = page.answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://app.example" in policy and "unsafe" not in policy
    script = person.get("/public/js/form-post.js")
    assert script.status == 200 and "javascript" in script.answer.headers["Content-Type"]


def test_core_3_1_2_1_the_request_may_come_as_a_form_of_another_site(product, app, person):
    elsewhere = product.client().post(
        product.base + "/oauth2/authorize", data=app.parameters(), headers={"Origin": "https://app.example"},
        allow_redirects=False,
    )

    assert elsewhere.status_code == 303
    assert answer(allow(person, elsewhere.headers["Location"]))["code"]


def test_rfc_6749_4_1_2_a_code_works_once_and_its_second_use_ends_what_it_gave(product, app, person):
    code = app.code(person)
    first = made(app.show(code), 200)
    organization = person.person.organization
    made(product.call("GET", ENGINE + "/pipelines", first["access_token"], organization), 200)

    second = app.show(code)

    assert second.status_code == 400 and second.json()["error"] == "invalid_grant"
    for _ in range(20):
        refused(product.call("GET", ENGINE + "/pipelines", first["access_token"], organization), 401, "invalid_token")


def test_rfc_6749_10_5_of_twenty_who_show_a_code_one_is_given_tokens(app, person):
    code = app.code(person)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: app.show(code), range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}


@pytest.mark.parametrize("changes", [
    {"code_verifier": "a" * 43}, {"code_verifier": None}, {"redirect_uri": None}, {"redirect_uri": CALLBACK + "/"},
], ids=str)
def test_rfc_7636_4_6_who_shows_a_code_wrongly_burns_it(app, person, changes):
    code = app.code(person)

    wrong, right = app.show(code, **changes), app.show(code)

    assert wrong.status_code == right.status_code == 400
    assert wrong.json()["error"] == right.json()["error"] == "invalid_grant"


def test_another_client_burns_a_code_and_a_failed_authentication_does_not(product, app, person):
    other = App(product)
    code = app.code(person)
    assert other.show(code, code_verifier=app.verifier).json()["error"] == "invalid_grant"
    assert app.show(code).json()["error"] == "invalid_grant"

    # Go's oauth2 tries the header first, and then the body.
    post = App(product, token_endpoint_auth_method="client_secret_post")
    code = post.code(person)
    first = post.show(code)
    assert first.status_code == 401 and first.headers["WWW-Authenticate"].startswith("Basic ")
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": post.verifier,
        "client_id": post.id, "client_secret": post.client["client_secret"],
    }
    made(product.call("POST", "/oauth2/token", data=form), 200)


def test_withdrawn_consent_ends_what_it_gave_at_once(product, app, person):
    tokens, editor = app.tokens(person), person.person
    made(product.call("GET", ENGINE + "/pipelines", tokens["access_token"], editor.organization), 200)
    listed = made(editor.call("GET", "/api/v1/consents"), 200)["data"]
    assert [one["client_id"] for one in listed] == [app.id] and listed[0]["client_name"] == "Shop floor"
    assert listed[0]["scopes"] == ["openid", "pipelines:read"] and listed[0]["granted_at"] <= listed[0]["last_used_at"]

    made(editor.call("DELETE", f"/api/v1/consents/{app.id}"), 204)

    for _ in range(20):
        refused(
            product.call("GET", ENGINE + "/pipelines", tokens["access_token"], editor.organization), 401, "invalid_token"
        )
    refused(product.call("GET", "/oauth2/userinfo", tokens["access_token"]), 401, "invalid_token")
    refused(editor.call("DELETE", f"/api/v1/consents/{app.id}"), 404)
    assert person.open(app.address()).status == 200


def test_signing_out_ends_the_tokens_of_the_browser_but_not_those_that_outlive_it(product, app, person):
    bound = app.tokens(person)["access_token"]
    offline = app.tokens(person, scope="openid offline_access")["access_token"]

    person.open("/profile")
    person.send("/logout")

    refused(product.call("GET", "/oauth2/userinfo", bound), 401, "invalid_token")
    assert made(product.call("GET", "/oauth2/userinfo", offline), 200)["sub"] == person.person.id


def test_a_client_of_one_organization_acts_there_alone(product, person):
    inside, outside = person.person.organization, product.organization()["id"]
    app, foreign = App(product, organization_id=inside), App(product, organization_id=outside)

    assert answer(person.open(foreign.address()))["error"] == "access_denied"
    token = app.tokens(person)["access_token"]
    made(product.call("GET", ENGINE + "/pipelines", token), 200)
    refused(product.call("GET", ENGINE + "/pipelines", token, outside), 403, "organization_forbidden")


def test_a_disabled_client_is_a_page_and_its_codes_are_over(product, app, person):
    code = app.code(person)
    path = f"{CLIENTS}/{app.id}"

    made(product.call("PATCH", path, product.admin, json={"status": "disabled"}), 200)
    assert person.get(app.address()).status == 400
    assert app.show(code).status_code == 401
    made(product.call("PATCH", path, product.admin, json={"status": "enabled"}), 200)
    assert app.show(code).json()["error"] == "invalid_grant"
    # Consents stay.
    assert answer(person.open(app.address()))["code"]


def test_rfc_6750_userinfo_takes_the_token_in_a_header_or_a_form(product, app, person, editor):
    token = app.tokens(person)["access_token"]

    made(product.call("POST", "/oauth2/userinfo", data={"access_token": token}), 200)
    assert product.call("POST", "/oauth2/userinfo", token, data={"access_token": token}).status_code == 400
    bare = product.call("GET", f"/oauth2/userinfo?access_token={token}")
    assert bare.status_code == 401 and "error" not in bare.headers["WWW-Authenticate"]
    for bearer in [editor.session, editor.token("pipelines:read")["token"]]:
        answer = product.call("GET", "/oauth2/userinfo", bearer)
        assert answer.status_code == 403 and 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_nothing_secret_reaches_the_log(product, app, person):
    code = app.code(person)
    tokens = made(app.show(code), 200)

    log = product.log()

    for secret in [code, tokens["access_token"], tokens["id_token"], tokens["refresh_token"], app.verifier]:
        assert secret not in log
