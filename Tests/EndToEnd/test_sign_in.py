"""Sign-in, refresh and sign-out (the `/auth` calls)."""

import statistics
import time
import uuid

import pytest

from product import PASSWORD, claims, encoded, made, refused


@pytest.fixture
def person(product, organization):
    return product.member(organization)


def me(product, credential, organization=None):
    return product.call("GET", "/auth/me", credential, organization)


def test_a_person_signs_in_and_is_told_who_they_are(product, person):
    answer = product.sign_in(person.username)

    signed_in = made(answer, 200)
    body = claims(signed_in["tkn"])
    told = made(me(product, signed_in["tkn"], person.organization), 200)
    assert signed_in["success"] is True
    assert signed_in["expires_in"] == 86400
    assert "refresh_token" not in signed_in
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(body) >= {"iss", "aud", "sub", "iat", "exp", "jti", "token_use", "preferred_username"}
    assert body["iss"] == product.base
    assert body["sub"] == person.id
    assert body["token_use"] == "session"
    assert body["exp"] - body["iat"] == 86400
    assert body["preferred_username"] == person.username
    assert all(domain.startswith("domains:") for domain in body["domains"]) and len(body["domains"]) == 1
    assert claims(signed_in["tkn"], 0)["alg"] == "ES256" and claims(signed_in["tkn"], 0)["kid"]
    assert told["subject"] == person.id and told["username"] == person.username
    assert told["credential"]["kind"] == "session"
    assert told["organization"]["id"] == person.organization
    assert "pipelines:read" in told["scopes"]


def test_without_an_organization_there_are_no_scopes(product, person):
    told = made(me(product, person.session), 200)

    assert told["organization"] is None
    assert told["scopes"] == []


def test_the_e_mail_address_signs_in_as_well(product, person):
    assert product.sign_in(person.user["email"]).status_code == 200
    assert product.sign_in(person.user["email"].upper()).status_code == 200
    assert product.sign_in(person.username.upper()).status_code == 200


def test_a_wrong_password_and_an_unknown_name_are_told_alike(product, person):
    wrong = product.sign_in(person.username, "not the password")
    unknown = product.sign_in(f"nobody-{uuid.uuid4().hex[:8]}", "not the password")

    bodies = []
    for answer in (wrong, unknown):
        body = answer.json()
        assert answer.status_code == 401
        assert body["success"] is False and body["code"] == "invalid_credentials"
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="')
        assert "error" not in answer.headers["WWW-Authenticate"]
        assert "Set-Cookie" not in answer.headers
        bodies.append({key: value for key, value in body.items() if key not in ("request_id", "instance")})
    assert bodies[0] == bodies[1]
    assert set(wrong.headers) == set(unknown.headers)
    assert len(wrong.content) == len(unknown.content)


def test_a_wrong_password_and_an_unknown_name_take_the_same_time(product, person):
    others = [product.user()["username"] for _ in range(4)]

    def seconds(username):
        begin = time.perf_counter()
        product.sign_in(username, "not the password")
        return time.perf_counter() - begin

    known, unknown = [], []
    for turn in range(16):
        known.append(seconds(others[turn % 4]))
        unknown.append(seconds(f"nobody-{uuid.uuid4().hex[:8]}"))

    # A missing hash would be a tenth of it; the noise of a busy machine is less than this.
    assert 0.6 < statistics.median(known) / statistics.median(unknown) < 1.67


def test_wrong_tries_are_throttled_by_the_twentieth(product, person):
    statuses = []
    for spelling in range(20):
        name = person.username.upper() if spelling % 2 else person.username
        last = product.sign_in(name, f"wrong {spelling}")
        statuses.append(last.status_code)
        if last.status_code == 429:
            break

    assert statuses[:4] == [401] * 4
    assert statuses[-1] == 429
    assert last.json()["success"] is False
    assert 0 < int(last.headers["Retry-After"]) <= 900
    assert me(product, person.session).status_code == 200, "whoever is signed in stays so"


@pytest.mark.parametrize("body,status", [
    (b'{"username": "a", "password": "b", "password": "c"}', 400),
    (b'{"username": "a", "password"', 400),
    (b'[]', None),
    (b'', 400),
    (b'{"username": "a", "password": "b", "more": 1}', 422),
    (b'{"username": "a"}', 422),
    (b'{"username": 1, "password": true}', 422),
    (b'\xff\xfe', 400),
    (b'{"username": "\\ud800", "password": "b"}', None),
    (b'{"a":' * 5000 + b'1' + b'}' * 5000, 400),
])
def test_a_malformed_body_is_refused(product, body, status):
    answer = product.call("POST", "/auth/login", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == status if status else answer.status_code in (400, 422), answer.text
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


def test_bad_fields_are_all_named_at_once(product):
    problem = product.call("POST", "/auth/login", json={"more": 1}).json()

    assert {error["field"] for error in problem["errors"]} >= {"username", "password", "more"}


def test_other_media_types_methods_and_sizes_are_refused(product):
    refused(product.call("POST", "/auth/me", product.admin, json={}), 405)
    wrong_type = product.call("POST", "/auth/login", data="username=a&password=b",
                              headers={"Content-Type": "application/x-www-form-urlencoded"})
    wrong_method = product.call("GET", "/auth/login")
    large = product.call("POST", "/auth/login", data=b'{"username": "' + b"a" * 65536 + b'"}',
                         headers={"Content-Type": "application/json"})

    assert wrong_type.status_code == 415
    assert wrong_method.status_code == 405 and wrong_method.headers["Allow"] == "POST"
    assert large.status_code == 413


def test_a_refresh_token_is_used_once(product, person):
    first = made(product.sign_in(person.username, refresh=True), 200)

    second = made(product.call("POST", "/auth/refresh", json={"refresh_token": first["refresh_token"]}), 200)
    third = made(product.call("POST", "/auth/refresh", json={"refresh_token": second["refresh_token"]}), 200)
    replayed = product.call("POST", "/auth/refresh", json={"refresh_token": first["refresh_token"]})

    assert second["refresh_token"] != first["refresh_token"]
    assert replayed.status_code == 401
    for signed_in in (first, second, third):
        assert me(product, signed_in["tkn"]).status_code == 401, "a replay ends the session"
    last = product.call("POST", "/auth/refresh", json={"refresh_token": third["refresh_token"]})
    assert last.status_code == 401
    assert me(product, person.session).status_code == 200, "and that session alone"


def test_signing_out_ends_the_session_and_its_refresh_token(product, person):
    signed_in = made(product.sign_in(person.username, refresh=True), 200)

    out = product.call("POST", "/auth/logout", signed_in["tkn"])

    assert out.status_code == 204
    refused(me(product, signed_in["tkn"]), 401)
    refreshed = product.call("POST", "/auth/refresh", json={"refresh_token": signed_in["refresh_token"]})
    assert refreshed.status_code == 401
    assert me(product, person.session).status_code == 200


def test_a_disabled_person_is_out_at_once_and_starts_afresh(product, person):
    token = person.token("pipelines:read")
    made(product.call("PATCH", f"/api/v1/users/{person.id}", product.admin, json={"disabled": True}), 200)

    refused(me(product, person.session), 401)
    refused(person.gate(token), 401)
    wrong = product.sign_in(person.username)
    made(product.call("PATCH", f"/api/v1/users/{person.id}", product.admin, json={"disabled": False}), 200)
    refused(me(product, person.session), 401)
    refused(person.gate(token), 401)
    assert wrong.status_code == 401 and wrong.json()["code"] == "invalid_credentials"
    assert product.sign_in(person.username).status_code == 200


# Bearers that are not ours


def tampered(token):
    header, body, signature = token.split(".")
    values = claims(token)
    last = "A" if signature[0] != "A" else "B"
    yield "alg none", f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{body}."
    yield "alg None, signature kept", f"{encoded({'alg': 'None'})}.{body}.{signature}"
    yield "alg HS256", f"{encoded({**claims(token, 0), 'alg': 'HS256'})}.{body}.{signature}"
    yield "another kid", f"{encoded({**claims(token, 0), 'kid': '../../dev/null'})}.{body}.{signature}"
    yield "a jwk in the header", f"{encoded({**claims(token, 0), 'jwk': {'kty': 'oct', 'k': ''}})}.{body}.{signature}"
    yield "crit", f"{encoded({**claims(token, 0), 'crit': ['b64'], 'b64': False})}.{body}.{signature}"
    yield "another subject", f"{header}.{encoded({**values, 'sub': str(uuid.uuid4())})}.{signature}"
    yield "a later end", f"{header}.{encoded({**values, 'exp': values['exp'] + 1})}.{signature}"
    yield "another signature", f"{header}.{body}.{last}{signature[1:]}"
    yield "a signature of zeros", f"{header}.{body}.{encoded(bytes(64))}"
    yield "no signature", f"{header}.{body}."
    yield "two parts", f"{header}.{body}"
    yield "four parts", f"{token}.{signature}"
    yield "a padded part", f"{header}.{body}.{signature}=="
    yield "one more character", token + "A"
    yield "one character less", token[:-1]
    yield "dots", "." * 10000
    yield "nothing known", "mchx_0"


def test_a_bearer_that_is_not_ours_is_refused_everywhere(product, person):
    token = person.token("pipelines:read")["token"]
    assert me(product, token).status_code == 200

    for text, bearer in tampered(token):
        answers = [
            me(product, bearer),
            product.call("GET", "/api/v1/engine/pipelines", bearer, person.organization),
        ]
        for answer in answers:
            assert answer.status_code in ((400, 401, 431) if text == "dots" else (401,)), text
            if answer.status_code == 401:
                assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"], text


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Basic YTpi", "bearer", "Token x", "Bearer a b"])
def test_an_authorization_that_is_no_bearer_opens_nothing(product, value):
    answer = product.call("GET", "/auth/me", headers={"Authorization": value})

    assert answer.status_code in (400, 401)


def test_a_bearer_in_another_place_opens_nothing(product, person):
    token = person.token("pipelines:read")["token"]

    for options in (
        {"params": {"access_token": token}}, {"cookies": {"token": token}}, {"headers": {"X-API-Key": token}},
        {"auth": (person.username, token)}, {"auth": (person.username, PASSWORD)},
    ):
        assert product.call("GET", "/auth/me", **options).status_code == 401


def test_without_a_credential_there_is_no_error_in_the_challenge(product):
    for path in ("/auth/me", "/api/v1/engine/pipelines", "/api/v1/tokens"):
        problem = product.call("GET", path)
        refused(problem, 401)
        assert "error" not in problem.headers["WWW-Authenticate"]
