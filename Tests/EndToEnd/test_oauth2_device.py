"""A device without a browser (RFC 8628): what it asks and shows, and the person who allows it, over HTTPS."""

import re

import pytest

from pages import Browser
from product import ENGINE, PASSWORD, made, refused

CLIENTS = "/api/v1/oauth2/clients"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Device:
    """A public client without a browser."""

    def __init__(self, product, **more):
        self.product = product
        self.id = made(product.call("POST", CLIENTS, product.admin, json={
            "name": "Line terminal", "type": "public", "grant_types": [GRANT, "refresh_token"],
            "scopes": ["openid", "offline_access", "pipelines:read"], **more,
        }), 201)["client_id"]

    def begin(self, **form):
        self.begun = made(self.product.call("POST", "/oauth2/device_authorization", data={
            "client_id": self.id, "scope": "openid offline_access pipelines:read", **form,
        }), 200)
        return self.begun

    def ask(self):
        return self.product.call("POST", "/oauth2/token", data={
            "grant_type": GRANT, "device_code": self.begun["device_code"], "client_id": self.id,
        })

    def told(self):
        answer = self.ask()
        return answer.json()["error"] if answer.status_code == 400 else answer.status_code


@pytest.fixture
def device(product):
    return Device(product)


@pytest.fixture
def browser(product, editor):
    browser = Browser(product)
    browser.sign_in(editor.username)
    return browser


def test_rfc_8628_1_from_the_code_on_the_device_to_its_tokens(product, device, editor):
    metadata = made(product.call("GET", "/.well-known/openid-configuration"), 200)
    assert metadata["device_authorization_endpoint"] == product.base + "/oauth2/device_authorization"
    begun = device.begin()
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", begun["user_code"])
    assert begun["expires_in"] == 600 and begun["interval"] == 5
    assert begun["verification_uri"] == product.base + "/device"
    assert device.told() == "authorization_pending" and device.told() == "slow_down"

    browser = Browser(product)
    browser.open(begun["verification_uri_complete"].removeprefix(product.base))
    assert browser.page.heading == "Sign in"
    browser.send("/login", username=editor.username, password=PASSWORD)
    page = browser.follow()
    assert page.inputs["user_code"]["value"] == begun["user_code"]
    # Nothing is allowed before somebody says so.
    consent = browser.send("/device")
    for words in ["Line terminal", editor.username, "127.0.0.1", "Switch account", "Keep this access"]:
        assert words in consent.text, words
    browser.send("/device/decision", decision="allow")
    assert "go back to your device" in browser.follow().text

    tokens = made(device.ask(), 200)
    assert tokens["scope"] == "openid offline_access pipelines:read" and tokens["refresh_token"] and tokens["id_token"]
    made(product.call("GET", ENGINE + "/pipelines", tokens["access_token"], editor.organization), 200)
    assert device.told() == "invalid_grant"
    # Its person finds it among the consents, and takes it back.
    consents = made(editor.call("GET", "/api/v1/consents"), 200)["data"]
    assert [consent["client_id"] for consent in consents] == [device.id]
    made(editor.call("DELETE", f"/api/v1/consents/{device.id}"), 204)
    refused(product.call("GET", ENGINE + "/pipelines", tokens["access_token"], editor.organization), 401)


def test_rfc_8628_3_5_a_no_is_told(device, browser):
    begun = device.begin()
    browser.open("/device")
    browser.send("/device", user_code=begun["user_code"].lower().replace("-", " "))
    browser.send("/device/decision", decision="deny")

    assert "refused" in browser.follow().text
    assert device.told() == "access_denied"


def test_rfc_8628_5_1_guesses_are_throttled(device, browser):
    good = device.begin()["user_code"]
    browser.open("/device")
    statuses = [browser.send("/device", user_code="BCDF-GHJK").status for _ in range(5)]
    page = browser.send("/device", user_code=good)

    assert statuses == [422] * 5
    assert page.status == 429 and int(page.answer.headers["Retry-After"]) <= 900


def test_a_device_of_one_api_gets_tokens_for_that_api(product, device, browser, organization):
    begun = device.begin(scope="pipelines:read", resource=product.base + ENGINE)
    browser.open("/device")
    browser.send("/device", user_code=begun["user_code"])
    browser.send("/device/decision", decision="allow")

    text = made(device.ask(), 200)["access_token"]

    made(product.call("GET", ENGINE + "/pipelines", text, organization), 200)
    refused(product.call("GET", "/auth/me", text, organization), 401, "invalid_token")


def test_only_clients_of_this_grant_begin(product, device):
    for form, error in [
        ({"client_id": device.id, "scope": "uns:read"}, "invalid_scope"),
        ({"client_id": device.id, "resource": "https://evil.example"}, "invalid_target"),
    ]:
        answer = product.call("POST", "/oauth2/device_authorization", data=form)
        assert answer.status_code == 400 and answer.json()["error"] == error
    unknown = product.call("POST", "/oauth2/device_authorization", data={"client_id": "x"})
    assert unknown.status_code == 401 and unknown.json()["error"] == "invalid_client"
