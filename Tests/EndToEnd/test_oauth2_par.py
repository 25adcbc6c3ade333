"""Pushed authorization requests (RFC 9126), from the client's first word to its tokens, over HTTPS."""

from urllib.parse import urlencode

import pytest

from pages import Browser
from product import PASSWORD, made
from test_oauth2_authorize import CALLBACK, App, answer


@pytest.fixture
def app(product):
    return App(product)


@pytest.fixture
def browser(product, editor):
    browser = Browser(product)
    browser.sign_in(editor.username)
    return browser


def push(app, auth=True, **changes):
    return app.product.call(
        "POST", "/oauth2/par", data=app.parameters(**changes),
        auth=(app.id, app.client["client_secret"]) if auth else None,
    )


def address(app, uri, **more):
    return "/oauth2/authorize?" + urlencode({"client_id": app.id, "request_uri": uri, **more})


def test_rfc_9126_1_1_from_the_push_to_the_tokens(product, app, browser):
    metadata = made(product.call("GET", "/.well-known/openid-configuration"), 200)
    assert metadata["pushed_authorization_request_endpoint"] == product.base + "/oauth2/par"

    pushed = made(push(app, state="pushed"), 201)
    assert 60 <= pushed["expires_in"] <= 90
    assert pushed["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    consent = browser.open(address(app, pushed["request_uri"], state="other", redirect_uri="https://evil.example"))
    assert "Shop floor" in consent.text
    told = answer(browser.send("/consent", decision="allow"))

    assert told["state"] == "pushed" and told["iss"] == product.base
    body = made(app.show(told["code"]), 200)
    assert body["scope"] == "openid pipelines:read"
    # Used up: a page, and no redirect.
    again = browser.open(address(app, pushed["request_uri"]))
    assert again.status == 400 and "Location" not in again.answer.headers


def test_somebody_who_has_to_sign_in_first_comes_back_to_it(product, app, editor):
    uri = made(push(app, prompt="login"), 201)["request_uri"]
    browser = Browser(product)

    browser.open(address(app, uri))
    assert browser.page.heading == "Sign in"
    browser.send("/login", username=editor.username, password=PASSWORD)
    browser.follow()

    assert "Shop floor" in browser.page.text
    assert "code" in answer(browser.send("/consent", decision="allow"))


def test_it_is_bound_to_its_client(product, app, browser):
    uri = made(push(app), 201)["request_uri"]
    other = App(product)

    page = browser.open(address(other, uri))

    assert page.status == 400 and "Location" not in page.answer.headers
    assert browser.open(address(app, uri)).status == 200


@pytest.mark.parametrize("changes,error", [
    ({"redirect_uri": "https://evil.example"}, "invalid_request"), ({"response_type": "token"}, "unsupported_response_type"),
    ({"scope": "organizations:manage"}, "invalid_scope"), ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"resource": "https://evil.example"}, "invalid_target"), ({"request": "a.b.c"}, "request_not_supported"),
    ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
])
def test_rfc_9126_2_1_the_same_checks_as_for_a_browser(app, changes, error):
    refusal = push(app, **changes)

    assert refusal.status_code == 400 and refusal.json()["error"] == error, refusal.text
    assert refusal.headers["Cache-Control"] == "no-store"


def test_rfc_9126_2_a_confidential_client_has_to_prove_who_it_is(app):
    refusal = push(app, auth=False)

    assert refusal.status_code == 401 and refusal.json()["error"] == "invalid_client"
    assert refusal.headers["WWW-Authenticate"].startswith("Basic")


def test_request_uris_of_others_are_not_fetched(app, browser):
    page = browser.open(address(app, "https://evil.example/request", redirect_uri=CALLBACK, response_type="code"))

    assert answer(page)["error"] == "request_uri_not_supported"
