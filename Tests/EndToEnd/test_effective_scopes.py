"""What a credential may do is computed in one place: `GET /auth/me` and the gate say the same of it."""

import pytest

from product import made

ANY = "/machhub/anything"


def seen(product, headers, organization):
    """The effective scopes as /auth/me says them, and as the gate tells the API behind it."""
    headers = {**headers, "X-Organization-ID": organization}
    me = made(product.call("GET", "/auth/me", headers=headers), 200)
    passed = made(product.call("GET", ANY, headers=headers), 200)["headers"]
    assert passed["x-auth-subject"] == me["subject"]
    assert passed["x-auth-credential"] == f"{me['credential']['kind']}:{me['credential']['id']}"
    assert passed["x-auth-organization"] == me["organization"]["id"] == organization
    return set(me["scopes"]), set(passed.get("x-auth-scopes", "").split())


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("level", ["none", "basic", "enterprise"])
def test_me_and_the_gate_agree_about_every_kind_of_credential(product, level):
    organization = product.organization()["id"]
    owner = product.member(organization, roles=(), owner=True)
    people = {role: product.member(organization, roles=[role]) for role in ("viewer", "operator", "editor", "admin")}
    people |= {"nothing": product.member(organization, roles=()), "owner": owner}

    def change(to):
        made(owner.call("PATCH", f"/api/v1/organizations/{organization}", json={"rbac_level": to}), 200)

    credentials = {name: bearer(person.session) for name, person in people.items()}
    for name, person in people.items():
        if name != "nothing":
            credentials[f"{name}, scoped"] = bearer(person.token("pipelines:read", "uns:read")["token"])
    key = made(owner.call("POST", "/api/v1/api-keys", json={
        "name": "machine", "expires_in_days": 1, "permissions": ["models:read", "organizations:manage"],
    }), 201)
    credentials["key"] = {"X-Machhub-Api-Key": key["key"]}
    change("none")
    for name, person in people.items():
        credentials[f"{name}, plain"] = bearer(person.token()["token"])
    change(level)

    told = {name: seen(product, headers, organization) for name, headers in credentials.items()}

    for name, (of_me, of_gate) in told.items():
        assert of_me == of_gate, name
    # As the contract has it, so that both being wrong together is noticed.
    assert told["key"][0] == {"models:read", "organizations:manage"}
    assert len(told["owner"][0]) == len(told["owner, plain"][0]) == 15
    everything_but_managing = told["owner"][0] - {"organizations:manage"}
    if level == "none":
        assert told["nothing"][0] == told["viewer, scoped"][0] == everything_but_managing
    else:
        assert told["nothing"][0] == told["nothing, plain"][0] == set()
        assert told["viewer, scoped"][0] == told["owner, scoped"][0] == {"pipelines:read", "uns:read"}
        assert told["viewer"][0] == {scope for scope in told["owner"][0] if scope.endswith(":read")}
        assert told["admin, plain"][0] == told["owner"][0]
