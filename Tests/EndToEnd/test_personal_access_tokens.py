"""Personal access tokens, to the limits of the reference."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from product import PASSWORD, claims, made, refused


def time_of(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text), text
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def listed(person):
    return made(person.call("GET", "/api/v1/tokens"), 200)["data"]


def test_a_token_is_made_shown_once_used_and_listed(product, editor):
    answer = product.create_token(editor.session, editor.organization, ["pipelines:read", "models:read"])

    token = made(answer, 201)
    body = claims(token["token"])
    shown = made(editor.call("GET", f"/api/v1/tokens/{token['id']}"), 200)
    assert set(token) >= {"id", "name", "scopes", "organization_id", "created_at", "last_used_at", "expires_at",
                          "status", "revoked_at", "token"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert sorted(token["scopes"]) == ["models:read", "pipelines:read"]
    assert token["organization_id"] == editor.organization
    assert token["status"] == "active" and token["revoked_at"] is None and token["last_used_at"] is None
    assert body["token_use"] == "personal_access_token" and body["sub"] == editor.id
    assert sorted(body["scope"].split()) == ["models:read", "pipelines:read"]
    assert "token" not in shown
    assert shown == {key: value for key, value in token.items() if key != "token"}
    assert [one["id"] for one in listed(editor)] == [token["id"]]
    assert all("token" not in one for one in listed(editor))


@pytest.mark.parametrize("days", [None, 30, 90, 180, 365])
def test_the_four_lifetimes_and_ninety_days_when_none_is_said(editor, days):
    token = editor.token("pipelines:read", **({"expires_in_days": days} if days else {}))

    lived = time_of(token["expires_at"]) - time_of(token["created_at"])
    assert abs(lived - timedelta(days=days or 90)) < timedelta(seconds=2)
    assert abs(time_of(token["created_at"]) - datetime.now(timezone.utc)) < timedelta(seconds=30)
    assert claims(token["token"])["exp"] == int(time_of(token["expires_at"]).timestamp())


@pytest.mark.parametrize("field,value", [
    ("expires_in_days", 0), ("expires_in_days", 1), ("expires_in_days", 91), ("expires_in_days", -30),
    ("expires_in_days", 366), ("expires_in_days", "90"), ("expires_in_days", 90.5), ("expires_in_days", 2**64),
    ("name", ""), ("name", "   "), ("name", "a" * 256), ("name", "a\u0000b"), ("name", "a\nb"), ("name", 7),
    ("scopes", []), ("scopes", ["no:such"]), ("scopes", "pipelines:read"), ("scopes", [1]),
    ("scopes", ["organizations:manage"]), ("all_organizations", "yes"), ("owner", True), ("id", "1"),
])
def test_a_field_that_is_wrong_is_named(product, editor, field, value):
    body = {"name": "ERP", "scopes": ["pipelines:read"], field: value}

    answer = product.call("POST", "/api/v1/tokens", editor.session, editor.organization, json=body)

    problem = refused(answer, 422)
    assert any(error["field"].startswith(field) for error in problem["errors"]), problem
    assert listed(editor) == []


def test_every_wrong_field_is_named_at_once(product, editor):
    answer = product.call("POST", "/api/v1/tokens", editor.session, editor.organization,
                          json={"name": "", "expires_in_days": 1, "scopes": [], "more": 1})

    named = {error["field"] for error in refused(answer, 422)["errors"]}
    assert named >= {"name", "expires_in_days", "scopes", "more"}


@pytest.mark.parametrize("name", ["a" * 255, "é" * 255, "🦦" * 255, "  trimmed  ", "<b>'\";--"])
def test_a_name_of_255_characters_of_any_kind_is_taken(editor, name):
    assert editor.token("pipelines:read", name=name)["name"] == name.strip()


def test_a_scope_that_is_not_held_is_named(product, organization):
    viewer = product.member(organization, roles=["viewer"])

    answer = product.create_token(viewer.session, organization, ["pipelines:read", "pipelines:execute"])

    problem = refused(answer, 422)
    assert [error["code"] for error in problem["errors"]] == ["scope_not_held"]
    assert "pipelines:execute" in str(problem["errors"])


def test_without_an_organization_no_token_is_made(product, editor):
    answer = product.create_token(editor.session, None)

    refused(answer, 400, "organization_required")


def test_the_fifty_first_active_token_is_refused(product, editor):
    with ThreadPoolExecutor(8) as pool:
        made_ones = list(pool.map(lambda n: editor.token("pipelines:read", name=f"token {n}"), range(50)))

    refused(product.create_token(editor.session, editor.organization), 409, "token_limit_reached")
    made(editor.call("POST", f"/api/v1/tokens/{made_ones[0]['id']}/revoke"), 200)
    editor.token("pipelines:read", name="instead")
    refused(product.create_token(editor.session, editor.organization), 409, "token_limit_reached")


def test_no_race_makes_a_fifty_first(product, editor):
    for n in range(45):
        editor.token("pipelines:read", name=f"token {n}")

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(
            lambda _: product.create_token(editor.session, editor.organization).status_code, range(20)
        ))

    assert sorted(statuses) == [201] * 5 + [409] * 15
    assert len([one for one in made(editor.call("GET", "/api/v1/tokens?limit=200"), 200)["data"]
                if one["status"] == "active"]) == 50


def test_a_token_never_makes_sees_or_revokes_tokens(product, editor):
    token = editor.token("pipelines:read")

    for method, path, body in [
        ("POST", "/api/v1/tokens", {"name": "another", "scopes": ["pipelines:read"]}),
        ("GET", "/api/v1/tokens", None), ("GET", f"/api/v1/tokens/{token['id']}", None),
        ("POST", f"/api/v1/tokens/{token['id']}/revoke", None),
    ]:
        answer = product.call(method, path, token["token"], editor.organization, json=body)
        refused(answer, 403, "interactive_session_required")
    assert editor.gate(token).status_code == 200


def test_revoking_is_immediate_final_and_said_again(editor):
    token = editor.token("pipelines:read")
    assert editor.gate(token).status_code == 200

    first = made(editor.call("POST", f"/api/v1/tokens/{token['id']}/revoke"), 200)
    refusal = editor.gate(token)
    second = made(editor.call("POST", f"/api/v1/tokens/{token['id']}/revoke"), 200)

    refused(refusal, 401)
    assert 'error="invalid_token"' in refusal.headers["WWW-Authenticate"]
    assert first["status"] == "revoked" and time_of(first["revoked_at"])
    assert second["revoked_at"] == first["revoked_at"]
    assert [one["status"] for one in listed(editor)] == ["revoked"]


def test_another_persons_token_is_not_there(product, editor):
    other = product.member(editor.organization, roles=["admin"], owner=True)
    token = editor.token("pipelines:read")

    refused(other.call("GET", f"/api/v1/tokens/{token['id']}"), 404)
    refused(other.call("POST", f"/api/v1/tokens/{token['id']}/revoke"), 404)
    assert listed(other) == []
    assert editor.gate(token).status_code == 200


@pytest.mark.parametrize("id", ["0", "not-an-id", "../tokens", "%2e%2e%2ftokens", "%27%20OR%201=1", "0" * 300])
def test_an_id_that_is_none_is_not_there(product, editor, id):
    answer = product.raw(f"/api/v1/tokens/{id}", ("Authorization", f"Bearer {editor.session}"))

    assert answer.status in (400, 404), answer.body


def test_where_the_level_is_none_a_token_has_no_scopes(product):
    organization = product.organization(level="none")["id"]
    member = product.member(organization, roles=[])

    refused(product.create_token(member.session, organization, ["pipelines:read"]), 422)
    token = member.token()

    assert token["scopes"] is None
    assert "scope" not in claims(token["token"])
    for method, path in [("GET", "/pipelines"), ("DELETE", "/models/1"), ("POST", "/uns/publish/plant1/temperature")]:
        assert member.gate(token, path, method).status_code == 200


def test_a_token_of_one_organization_is_refused_in_another(product, editor):
    other = product.organization()["id"]
    product.add_member(other, editor.id, ["editor"])
    token = editor.token("pipelines:read")

    answer = product.call("GET", "/api/v1/engine/pipelines", token["token"], other)

    refused(answer, 403, "organization_forbidden")


def test_a_token_for_all_organizations_covers_one_joined_later(product, editor):
    token = editor.token("pipelines:read", "pipelines:write", all_organizations=True)
    later = product.organization()["id"]

    before = product.call("GET", "/api/v1/engine/pipelines", token["token"], later)
    product.add_member(later, editor.id, ["viewer"])
    reading = product.call("GET", "/api/v1/engine/pipelines", token["token"], later)
    writing = product.call("POST", "/api/v1/engine/pipelines", token["token"], later)

    assert token["organization_id"] is None
    refused(before, 403, "organization_forbidden")
    assert reading.status_code == 200
    refused(writing, 403)


def test_last_use_is_seen_soon(editor):
    from servers import wait_until

    token = editor.token("pipelines:read")
    assert editor.gate(token).status_code == 200

    def last_use():
        return made(editor.call("GET", f"/api/v1/tokens/{token['id']}"), 200)["last_used_at"]

    wait_until(last_use, "the last use to be seen", 8)
    assert abs(time_of(last_use()) - datetime.now(timezone.utc)) < timedelta(seconds=20)


def test_the_list_is_paged(editor):
    ids = {editor.token("pipelines:read", name=f"token {n}")["id"] for n in range(7)}

    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = made(editor.call("GET", f"/api/v1/tokens?limit=3{cursor and '&cursor=' + cursor}"), 200)
        seen += [one["id"] for one in page["data"]]
        cursor, pages = page["next_cursor"], pages + 1

    assert pages == 3 and len(seen) == 7 and set(seen) == ids
    for query in ("limit=0", "limit=201", "limit=x", "cursor=x", "cursor=' OR 1=1"):
        refused(editor.call("GET", f"/api/v1/tokens?{query}"), 422)


def test_a_password_change_leaves_tokens_alone(product, editor):
    token = editor.token("pipelines:read")

    changed = editor.call("PUT", "/api/v1/users/me/password", json={
        "current_password": PASSWORD, "new_password": "eleven herons on a roof",
    })

    if changed.status_code != 404:
        assert changed.status_code in (200, 204), changed.text
        assert editor.gate(token).status_code == 200
