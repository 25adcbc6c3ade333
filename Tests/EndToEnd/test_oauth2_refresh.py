"""Refresh tokens of clients, from the code to the end of the family, over HTTPS and through the gate."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pages import Browser
from product import ENGINE, PASSWORD, made, refused
from test_oauth2_authorize import App

OFFLINE = "openid offline_access pipelines:read models:read"


@pytest.fixture
def app(product):
    return App(product)


@pytest.fixture
def person(product, editor):
    return signed_in(product, editor)


def signed_in(product, somebody):
    browser = Browser(product)
    browser.sign_in(somebody.username)
    browser.person = somebody
    return browser


def refresh(app, token, **more):
    secret = app.client.get("client_secret")
    form = {"grant_type": "refresh_token", "refresh_token": token, **more}
    if not secret:
        form["client_id"] = app.id
    return app.product.call("POST", "/oauth2/token", data=form, auth=(app.id, secret) if secret else None)


def ended(app, token):
    """Checks that the refresh token is worth nothing."""
    answer = refresh(app, token)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant", answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return True


def gate(person, tokens, path="/pipelines"):
    return person.product.call("GET", ENGINE + path, tokens["access_token"], person.organization)


def test_rfc_6749_6_a_client_renews_what_it_has(app, person):
    first = app.tokens(person, scope=OFFLINE)

    answer = refresh(app, first["refresh_token"], scope="models:read")
    second = made(answer, 200)
    third = made(refresh(app, second["refresh_token"]), 200)

    assert answer.headers["Cache-Control"] == "no-store"
    assert second["scope"] == "models:read" and third["scope"] == OFFLINE
    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert gate(person.person, second, "/models").status_code == 200
    refused(gate(person.person, second), 403, "insufficient_scope")
    assert gate(person.person, third).status_code == 200
    wider = refresh(app, third["refresh_token"], scope="pipelines:write")
    assert wider.status_code == 400 and wider.json()["error"] == "invalid_scope"


def test_wire_a_lost_answer_is_given_again_and_reuse_ends_the_family_at_the_gate(app, person):
    first = app.tokens(person, scope=OFFLINE)
    second = made(refresh(app, first["refresh_token"]), 200)

    again = made(refresh(app, first["refresh_token"]), 200)
    assert again["refresh_token"] == second["refresh_token"]
    third = made(refresh(app, again["refresh_token"]), 200)
    for tokens in (first, second, again, third):
        assert gate(person.person, tokens).status_code == 200

    assert ended(app, first["refresh_token"])
    for tokens in (first, second, again, third):
        refused(gate(person.person, tokens), 401, "invalid_token")
    assert ended(app, third["refresh_token"])


def test_wire_twenty_tabs_at_once_get_one_successor(app, person):
    first = app.tokens(person, scope=OFFLINE)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: refresh(app, first["refresh_token"]), range(20)))

    tokens = [made(answer, 200) for answer in answers]
    successors = {one["refresh_token"] for one in tokens}
    assert len(successors) == 1
    assert made(refresh(app, successors.pop()), 200)


def test_rfc_9700_2_2_2_a_public_client_rotates_too(product, person):
    app = App(product, type="public")
    other = App(product, type="public")
    first = app.tokens(person, scope=OFFLINE)

    assert ended(other, first["refresh_token"])
    second = made(refresh(app, first["refresh_token"]), 200)

    assert second["refresh_token"] != first["refresh_token"]


def test_wire_what_is_not_offline_ends_with_the_browser_session(app, product, person):
    bound = app.tokens(person, scope="openid pipelines:read")
    offline = app.tokens(person, scope=OFFLINE)
    assert gate(person.person, bound).status_code == gate(person.person, offline).status_code == 200

    person.open("/profile")
    person.send("/logout")

    refused(gate(person.person, bound), 401, "invalid_token")
    assert ended(app, bound["refresh_token"])
    assert gate(person.person, offline).status_code == 200
    assert made(refresh(app, offline["refresh_token"]), 200)


def test_another_password_ends_what_other_sessions_gave(app, product, person):
    offline = app.tokens(person, scope=OFFLINE)

    made(person.person.call("PUT", "/api/v1/users/me/password", json={
        "current_password": PASSWORD, "new_password": "seven herons over the weir",
    }), 204)

    assert ended(app, offline["refresh_token"])
    refused(gate(person.person, offline), 401, "invalid_token")


def test_a_disabled_user_is_not_renewed_nor_when_enabled_again(app, product, person):
    offline = app.tokens(person, scope=OFFLINE)
    user = f"/api/v1/users/{person.person.id}"

    made(product.call("PATCH", user, product.admin, json={"disabled": True}), 200)
    assert ended(app, offline["refresh_token"])
    made(product.call("PATCH", user, product.admin, json={"disabled": False}), 200)

    assert ended(app, offline["refresh_token"])
    refused(gate(person.person, offline), 401, "invalid_token")


def test_rfc_7009_2_1_a_refresh_token_that_is_given_back_takes_all_along(app, product, person):
    tokens = app.tokens(person, scope=OFFLINE)
    assert gate(person.person, tokens).status_code == 200

    answer = product.call(
        "POST", "/oauth2/revoke", data={"token": tokens["refresh_token"], "token_type_hint": "access_token"},
        auth=(app.id, app.client["client_secret"]),
    )

    assert answer.status_code == 200
    refused(gate(person.person, tokens), 401, "invalid_token")
    assert ended(app, tokens["refresh_token"])


def test_reuse_shows_after_a_restart_as_well(own_product):
    organization = own_product.organization()["id"]
    app = App(own_product)
    person = signed_in(own_product, own_product.member(organization, roles=["editor"]))
    first = app.tokens(person, scope=OFFLINE)
    second = made(refresh(app, first["refresh_token"]), 200)
    third = made(refresh(app, second["refresh_token"]), 200)

    assert own_product.stop() == 0
    own_product.start()

    assert gate(person.person, third).status_code == 200
    assert ended(app, first["refresh_token"])
    refused(gate(person.person, third), 401, "invalid_token")
