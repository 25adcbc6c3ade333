"""The gate: who may pass, what the API behind it is told, and what a no says."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from product import ENGINE, PASSWORD, claims, made, refused


def curl(product, path, *words):
    """curl alone, as a script uses it: status and body."""
    done = subprocess.run(
        ["curl", "--silent", "--cacert", product.state / "tls/certificate.pem", "--write-out", "\n%{http_code}",
         *words, product.base + path],
        capture_output=True, text=True, timeout=30,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body) if body else None


def test_the_first_journey_with_curl_alone(product):
    as_json = ("-H", "Content-Type: application/json")
    status, signed_in = curl(
        product, "/auth/login", *as_json, "-d",
        json.dumps({"username": "admin", "password": product.admin_password}),
    )
    session = ("-H", f"Authorization: Bearer {signed_in['tkn']}")
    _, organizations = curl(product, "/api/v1/organizations", *session)
    organization = next(one["id"] for one in organizations["data"] if one["slug"] == "default")
    in_it = ("-H", f"X-Organization-ID: {organization}")
    made_status, token = curl(
        product, "/api/v1/tokens", *session, *in_it, *as_json, "-d",
        json.dumps({"name": "ERP Data Sync", "scopes": ["pipelines:read"]}),
    )
    bearer = ("-H", f"Authorization: Bearer {token['token']}")

    passed, echoed = curl(product, f"{ENGINE}/pipelines", *bearer, *in_it)
    without, problem = curl(product, f"{ENGINE}/pipelines", *bearer)
    revoked, _ = curl(product, f"/api/v1/tokens/{token['id']}/revoke", *session, "-X", "POST")
    after, refusal = curl(product, f"{ENGINE}/pipelines", *bearer, *in_it)

    assert (status, made_status, passed, without, revoked, after) == (200, 201, 200, 400, 200, 401)
    assert set(echoed) == {"method", "uri", "headers"}
    assert echoed["method"] == "GET" and echoed["uri"] == f"{ENGINE}/pipelines"
    assert echoed["headers"]["x-auth-username"] == "admin"
    assert problem["code"] == "organization_required"
    assert refusal["status"] == 401


def test_a_revoked_token_is_refused_on_the_very_next_request_by_every_worker(product, editor):
    with ThreadPoolExecutor(24) as pool:
        for _ in range(5):
            token = editor.token("pipelines:read")
            warm = list(pool.map(lambda _: editor.gate(token).status_code, range(48)))

            made(editor.call("POST", f"/api/v1/tokens/{token['id']}/revoke"), 200)
            after = list(pool.map(lambda _: editor.gate(token).status_code, range(48)))

            assert set(warm) == {200}
            assert set(after) == {401}


def test_the_upstream_is_told_who_calls(product, editor):
    token = editor.token("pipelines:read", "models:read")

    echoed = made(editor.gate(token, "/pipelines?status=running&x=%2F"), 200)

    headers = echoed["headers"]
    assert echoed["uri"] == f"{ENGINE}/pipelines?status=running&x=%2F"
    assert headers["x-auth-subject"] == editor.id
    assert headers["x-auth-username"] == editor.username
    assert headers["x-auth-organization"] == editor.organization
    assert sorted(headers["x-auth-scopes"].split(" ")) == ["models:read", "pipelines:read"]
    assert headers["x-auth-credential"] == f"personal_access_token:{token['id']}"
    assert "x-auth-client" not in headers
    assert "authorization" not in headers and "cookie" not in headers


def test_a_sign_in_token_opens_what_its_person_may(editor):
    answer = editor.call("GET", f"{ENGINE}/pipelines")

    headers = made(answer, 200)["headers"]
    assert headers["x-auth-credential"].startswith("session:")
    assert "pipelines:write" in headers["x-auth-scopes"].split(" ")


@pytest.mark.parametrize("name", [
    "X-Auth-Subject", "x-auth-username", "X-Auth-Organization", "X-Auth-Scopes", "X-Auth-Credential",
    "X-Auth-Client", "X_Auth_Subject", "X-User", "Remote-User", "X-Forwarded-User", "X-Scopes",
])
def test_what_a_client_says_of_itself_is_not_passed_on(product, editor, name):
    token = editor.token("pipelines:read")

    for path in (f"{ENGINE}/pipelines", "/machhub/records"):
        answer = product.raw(path, ("Authorization", f"Bearer {token['token']}"),
                             ("X-Organization-ID", editor.organization), (name, "evil"), (name, "evil"))
        assert answer.status == 200
        assert "evil" not in answer.body.decode()


# What a route needs

ROWS = [
    ("GET", "/pipelines", "pipelines:read"), ("HEAD", "/pipelines/1", "pipelines:read"),
    ("GET", "/pipelines/1/executions", "pipelines:read"), ("POST", "/pipelines", "pipelines:write"),
    ("PUT", "/pipelines/1", "pipelines:write"), ("PATCH", "/pipelines/1", "pipelines:write"),
    ("DELETE", "/pipelines/1", "pipelines:write"), ("POST", "/pipelines/1/execute", "pipelines:execute"),
    ("POST", "/pipelines/1/test", "pipelines:execute"), ("POST", "/pipelines/1/retry", "pipelines:execute"),
    ("POST", "/pipelines/1/executions/2/retry", "pipelines:execute"),
    ("GET", "/models", "models:read"), ("HEAD", "/models/1/versions", "models:read"),
    ("POST", "/models", "models:write"), ("OPTIONS", "/models", "models:write"),
    ("GET", "/connectors/1", "connectors:read"), ("POST", "/connectors/1/start", "connectors:execute"),
    ("POST", "/connectors/1/stop", "connectors:execute"), ("POST", "/connectors/1/test", "connectors:execute"),
    ("POST", "/connectors/1/functions/read/execute", "connectors:execute"),
    ("PUT", "/connectors/1", "connectors:write"), ("POST", "/connectors/1", "connectors:write"),
    ("GET", "/uns/plant1/line2", "uns:read"), ("POST", "/uns/publish/plant1/line2", "uns:publish"),
    ("PUT", "/uns/plant1/line2", "uns:write"), ("DELETE", "/uns/publish/plant1", "uns:write"),
    ("GET", "/dashboards/1", "dashboards:read"), ("PATCH", "/dashboards/1", "dashboards:write"),
]
SCOPES = [
    "pipelines:read", "pipelines:write", "pipelines:execute", "models:read", "models:write", "connectors:read",
    "connectors:write", "connectors:execute", "uns:read", "uns:write", "uns:publish", "dashboards:read",
    "dashboards:write",
]


@pytest.fixture(scope="module")
def one_token_a_scope(product):
    organization = product.organization()["id"]
    editor = product.member(organization, roles=["editor"])
    return editor, {scope: editor.token(scope, name=scope) for scope in SCOPES}


@pytest.mark.parametrize("method,path,scope", ROWS)
def test_a_route_asks_for_its_scope_and_for_no_other(one_token_a_scope, method, path, scope):
    editor, tokens = one_token_a_scope

    for held, token in tokens.items():
        answer = editor.gate(token, path, method)
        if held == scope:
            assert answer.status_code == 200, (held, answer.text)
        else:
            assert answer.status_code == 403, (held, answer.text)
            challenge = answer.headers["WWW-Authenticate"]
            assert 'error="insufficient_scope"' in challenge and f'scope="{scope}"' in challenge
            if method != "HEAD":
                assert scope in refused(answer, 403)["detail"]


@pytest.mark.parametrize("method,path", [
    ("GET", ""), ("GET", "/nothing"), ("GET", "/pipelinesx"), ("GET", "/PIPELINES"), ("GET", "/Models/1"),
    ("OPTIONS", "/pipelines"), ("PROPFIND", "/pipelines"), ("GETX", "/pipelines"),
])
def test_what_no_row_names_is_refused(one_token_a_scope, method, path):
    editor, tokens = one_token_a_scope

    refused(editor.gate(tokens["pipelines:read"], path, method), 403, "route_not_allowed")


def test_a_method_in_a_header_decides_nothing(one_token_a_scope):
    editor, tokens = one_token_a_scope

    for name in ("X-HTTP-Method-Override", "X-Forwarded-Method", "X-Original-Method", "X-HTTP-Method"):
        answer = editor.gate(tokens["pipelines:read"], "/pipelines", "DELETE", headers={name: "GET"})
        assert answer.status_code == 403
        passed = made(editor.gate(tokens["pipelines:read"], "/pipelines", headers={name: "DELETE"}), 200)
        assert "DELETE" not in json.dumps(passed)


def test_machhub_asks_for_no_scope_but_an_organization(product, one_token_a_scope):
    editor, tokens = one_token_a_scope
    token = tokens["models:read"]["token"]

    assert product.call("PUT", "/machhub/collections/x", token, editor.organization).status_code == 200
    refused(product.call("GET", "/machhub/collections", token), 400, "organization_required")
    refused(product.call("GET", "/machhub/collections", None, editor.organization), 401)


# The organization of a request


def test_the_domain_header_of_machhub_clients_names_the_organization(product, editor):
    slug = made(editor.call("GET", f"/api/v1/organizations/{editor.organization}"), 200)["slug"]
    token = editor.token("pipelines:read")["token"]

    def with_headers(*headers):
        return product.raw(f"{ENGINE}/pipelines", ("Authorization", f"Bearer {token}"), *headers)

    named = with_headers(("Domain", f"domains:{slug}"))
    both = with_headers(("Domain", f"domains:{slug}"), ("X-Organization-ID", editor.organization))
    different = with_headers(("Domain", "domains:default"), ("X-Organization-ID", editor.organization))

    assert named.status == 200 and named.json()["headers"]["x-auth-organization"] == editor.organization
    assert both.status == 200
    assert different.status == 400


@pytest.mark.parametrize("headers", [
    [("X-Organization-ID", "{id}"), ("X-Organization-ID", "{id}")], [("X-Organization-ID", "not-an-id")],
    [("X-Organization-ID", "{id}, {id}")], [("Domain", "default")], [("Domain", "domains:")],
    [("Domain", "domains:default"), ("Domain", "domains:default")], [("X-Organization-ID", "")],
])
def test_an_organization_said_twice_or_badly_is_malformed(product, editor, headers):
    token = editor.token("pipelines:read")["token"]

    answer = product.raw(f"{ENGINE}/pipelines", ("Authorization", f"Bearer {token}"),
                         *[(name, value.format(id=editor.organization)) for name, value in headers])

    assert answer.status == 400, answer.body
    assert answer.header("content-type") == "application/problem+json"


def test_a_foreign_and_an_absent_organization_are_told_alike(product, editor):
    token = editor.token("pipelines:read")["token"]
    foreign = product.organization()["id"]
    absent = "01890a5d-ac96-774b-bcce-b302099a8057"

    problems = [
        refused(product.call("GET", f"{ENGINE}/pipelines", token, organization), 403, "organization_forbidden")
        for organization in (foreign, absent)
    ]

    for problem in problems:
        del problem["request_id"]
        problem.pop("instance", None)
    assert problems[0] == problems[1]


def test_whoever_leaves_an_organization_is_out_at_once_and_stays_out(product, editor):
    token = editor.token("pipelines:read")
    assert editor.gate(token).status_code == 200

    left = product.call("DELETE", f"/api/v1/organizations/{editor.organization}/members/{editor.id}", product.admin)

    assert left.status_code == 204, left.text
    assert editor.gate(token).status_code in (401, 403)
    product.add_member(editor.organization, editor.id, ["editor"])
    assert editor.gate(token).status_code == 401


def test_a_role_taken_away_counts_at_once(product, editor):
    token = editor.token("pipelines:read", "pipelines:write")
    assert editor.gate(token, method="POST").status_code == 200

    path = f"/api/v1/organizations/{editor.organization}/members/{editor.id}"
    made(product.call("PATCH", path, product.admin, json={"roles": ["viewer"]}), 200)

    refused(editor.gate(token, method="POST"), 403)
    assert editor.gate(token).status_code == 200


def test_an_organization_in_maintenance_lets_only_its_managers_in(product, editor):
    token = editor.token("pipelines:read")
    manager = product.member(editor.organization, roles=["admin"])
    path = f"/api/v1/organizations/{editor.organization}"

    def maintain(enabled):
        made(product.call("PATCH", path, product.admin, json={"maintenance": {
            "enabled": enabled, "message": "New pumps until noon", "retry_after": 600,
        }}), 200)

    maintain(True)
    away = editor.gate(token)
    managing = manager.call("GET", f"{ENGINE}/pipelines")
    scoped = manager.gate(manager.token("pipelines:read"))
    maintain(False)
    back = editor.gate(token)

    assert "New pumps until noon" in refused(away, 503, "organization_maintenance")["detail"]
    assert away.headers["Retry-After"] == "600"
    assert managing.status_code == 200
    assert scoped.status_code == 503, "a token without organizations:manage manages nothing"
    assert back.status_code == 200


# More than one credential


def test_a_bearer_alone_decides(product, editor):
    good = editor.token("pipelines:read")["token"]
    organization = ("X-Organization-ID", editor.organization)

    beside = product.raw(f"{ENGINE}/pipelines", ("Authorization", f"Bearer {good}"), organization,
                         ("X-Machhub-Api-Key", "mchx_wrong"), ("Cookie", "__Host-session=wrong"))
    wrong = product.raw(f"{ENGINE}/pipelines", ("Authorization", "Bearer wrong"), organization)

    assert beside.status == 200
    assert wrong.status == 401


@pytest.mark.parametrize("headers,status", [
    ([("X-Machhub-Api-Key", "mchx_wrong")], 401),
    ([("X-API-Key", "mchx_wrong")], 401),
    ([("X-API-Key", "mchx_a"), ("X-API-Key", "mchx_a")], 400),
    ([("X-API-Key", "mchx_a"), ("X-Machhub-Api-Key", "mchx_a")], 400),
    ([("X-API-Key", "")], 401), ([("X-API-Key", "   ")], 401), ([("X-API-Key", "mchx_" + "a" * 7000)], 401),
    ([("Authorization", "Bearer a"), ("Authorization", "Bearer a")], 400),
    ([("Cookie", "__Host-session=a")], 401),
])
def test_other_credentials_in_order(product, editor, headers, status):
    answer = product.raw(f"{ENGINE}/pipelines", ("X-Organization-ID", editor.organization), *headers)

    assert answer.status == status, answer.body
    assert answer.header("content-type") == "application/problem+json"
    assert len(answer.all("www-authenticate")) == (1 if status == 401 else 0)


# nginx and the gate


def test_upgrades_and_other_methods_ask_the_gate(product, editor):
    token = editor.token("models:read", "models:write")["token"]
    organization = ("X-Organization-ID", editor.organization)
    upgrade = [("Connection", "Upgrade, close"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
               ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]

    assert product.raw(f"{ENGINE}/models", organization, *upgrade).status == 401
    assert product.raw(f"{ENGINE}/models", ("Authorization", f"Bearer {token}"), organization, *upgrade).status == 200
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
        assert product.raw(f"{ENGINE}/models", organization, method=method).status == 401
        passed = product.raw(f"{ENGINE}/models", ("Authorization", f"Bearer {token}"), organization, method=method)
        assert passed.status == 200


def test_a_special_client_gets_no_way_around(product):
    for headers in (
        [("User-Agent", "kube-probe/1.30")], [("User-Agent", "GoogleHC/1.0")], [("X-Forwarded-For", "127.0.0.1")],
        [("X-Original-URI", "/healthz")], [("X-Rewrite-URL", "/healthz")], [("X-Forwarded-Uri", "/healthz")],
        [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET")],
    ):
        assert product.raw(f"{ENGINE}/pipelines", *headers).status == 401
        assert product.raw(f"{ENGINE}/pipelines", *headers, method="OPTIONS").status == 401


def test_the_inner_addresses_are_closed(product, editor):
    token = editor.token("pipelines:read")["token"]

    for path in ("/_gatehouse/authorize", "/_gatehouse/problem"):
        assert product.raw(path, ("Authorization", f"Bearer {token}")).status == 404


def test_tokens_of_two_people_never_mix(product, organization):
    people = [product.member(organization, roles=["viewer"]) for _ in range(4)]
    tokens = [(person, person.token("pipelines:read")) for person in people]

    def subject(turn):
        person, token = tokens[turn % len(tokens)]
        headers = made(person.gate(token), 200)["headers"]
        return headers["x-auth-subject"] == person.id and headers["x-auth-username"] == person.username

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(subject, range(400)))


def test_a_token_works_while_its_key_is_retired(product, editor):
    token = editor.token("pipelines:read")
    rotated = product.command("keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr

    later = editor.token("pipelines:read", name="later")
    fresh = made(product.sign_in(editor.username), 200)["tkn"]

    assert editor.gate(token).status_code == 200
    assert editor.gate(later).status_code == 200
    assert claims(fresh, 0)["kid"] != claims(token["token"], 0)["kid"]
    assert product.sign_in(editor.username, PASSWORD).status_code == 200
