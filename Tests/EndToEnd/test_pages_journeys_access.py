"""Journeys of those who decide what others may do: organizations, roles, groups, users, clients, keys, the audit log. Some
with scripts and some without: what scripts add (dialogs, rows) is the same part everywhere."""

import csv
import json
import secrets

import pytest
from playwright.sync_api import expect

from journeys import Steps, age_sessions, in_a_shell, until_seen
from oauth2 import service_user
from product import ENGINE, made, refused

@pytest.fixture
def admin(product, window):
    """The first administrator, at a window."""
    def new(**options):
        here = window(**options)
        here.sign_in("admin", product.admin_password, target="/")
        return Steps(here)

    return new


@pytest.fixture
def owner(product, window):
    """Somebody who owns an organization, at a window."""
    def new(level="basic", **options):
        place = product.organization(level=level)
        person = product.member(place["id"], owner=True)
        here = window(**options)
        here.sign_in(person.username, target="/")
        steps = Steps(here)
        steps.person, steps.place = person, place
        return steps

    return new


def test_an_api_key_is_made_shown_used_and_revoked(product, owner):
    owner = owner()
    page = owner.page
    owner.go("API Keys")
    owner.link("Create API Key").click()
    owner.field("Name").fill("PLC 7")
    expect(owner.field("Expiration")).to_have_value("90")
    owner.permission("Pipelines", "Read").check()
    owner.button("Create API Key").click()

    key = page.get_by_role("region", name="API key", exact=True).inner_text()
    expect(page.get_by_text(f"X-Machhub-Api-Key: {key}", exact=True)).to_be_visible()
    line = owner.shown_line()
    assert f"X-Machhub-Api-Key: {key}" in line
    owner.link("I have stored it").click()
    expect(page.get_by_text(key)).to_have_count(0)
    expect(owner.row("PLC 7")).to_contain_text("in 90 days")
    assert in_a_shell(product, line)[0] == 200
    until_seen(page, lambda: "Never" not in owner.row("PLC 7").inner_text(), "the use of the key")
    owner.revoke("PLC 7")

    expect(owner.row("PLC 7")).to_contain_text("Revoked")
    assert in_a_shell(product, line)[0] == 401


def test_a_level_is_reviewed_before_it_is_saved(product, owner):
    owner = owner(scripts=False)
    page, place = owner.page, owner.place
    viewer = product.member(place["id"], roles=["viewer"])

    def choose(level):
        owner.go("Organizations", place["name"])
        owner.field(level).check()
        owner.button("Review the change").click()

    choose("None")
    expect(owner.row(viewer.user["display_name"])).to_contain_text("Pipelines")
    owner.link("Cancel").click()
    assert made(owner.person.call("GET", f"/api/v1/organizations/{place['id']}"), 200)["rbac_level"] == "basic"
    choose("None")
    owner.button("Change to None").click()

    expect(page.get_by_role("status").first).to_be_visible()
    assert made(owner.person.call("GET", f"/api/v1/organizations/{place['id']}"), 200)["rbac_level"] == "none"
    owner.security("Somebody")
    owner.link("Create Token").click()
    expect(page.get_by_text("the token can do everything that you can do")).to_be_visible()
    expect(page.get_by_role("group", name="Pipelines")).to_have_count(0)


def test_a_role_of_ones_own_gives_a_part_alone(product, owner, window):
    owner = owner(level="enterprise", scripts=False)
    place = owner.place
    operator = product.member(place["id"], roles=["viewer"])
    owner.go("Organizations", place["name"])
    owner.link("Roles").click()
    owner.link("New role").click()
    owner.field("Name").fill("press")
    owner.permission("Pipelines", "Read").check()
    owner.field("UNS, in part 1").fill("uns:read:plant1/#")
    owner.page.get_by_role("group", name="UNS, in part").get_by_role("button", name="Add another").click()
    expect(owner.permission("Pipelines", "Read")).to_be_checked()
    owner.field("UNS, in part 2").fill("uns:publish:plant1/press/+")
    owner.button("Create role").click()
    expect(owner.row("press")).to_contain_text("plant1/press/+")
    owner.link("Members").click()
    owner.link(operator.username).click()
    owner.field("viewer").uncheck()
    owner.field("press").check()
    owner.button("Save").click()
    expect(owner.row(operator.username)).to_contain_text("press")

    here = window(scripts=False)
    here.sign_in(operator.username, target="/")
    kim = Steps(here)
    kim.security("Somebody")
    kim.link("Create Token").click()
    expect(kim.permission("Models", "Read")).to_be_disabled()
    kim.field("Token Name").fill("press")
    kim.page.get_by_role("group", name="UNS").get_by_label("Read, in part").check()
    kim.button("Create Token").click()
    kim.link("I have stored it").click()

    expect(kim.row("press")).to_contain_text("plant1/#")


def test_a_disabled_users_token_is_refused_at_once(product, admin, organization):
    person = product.member(organization, roles=["editor"])
    token = person.token("pipelines:read")
    made(person.gate(token), 200)
    admin = admin()
    admin.go("Users")
    admin.field("User name or e-mail").fill(person.username)
    admin.button("Find").click()
    admin.row(person.username).get_by_role("link").click()
    expect(admin.row("ERP Data Sync")).to_contain_text("Active")
    admin.link("Disable").click()
    admin.button("Disable").click()

    expect(admin.page.get_by_text("Disabled", exact=True)).to_be_visible()
    refused(person.gate(token), 401)
    refused(product.sign_in(person.username), 401)
    admin.button("Enable").click()
    expect(admin.page.get_by_text("Enabled", exact=True)).to_be_visible()
    made(product.sign_in(person.username), 200)


def test_a_token_of_somebody_else_is_revoked(product, admin, organization):
    person = product.member(organization, roles=["editor"])
    token = person.token("pipelines:read")
    admin = admin()
    admin.go("Users")
    admin.field("User name or e-mail").fill(person.username)
    admin.button("Find").click()
    admin.row(person.username).get_by_role("link").click()

    admin.revoke("ERP Data Sync")

    expect(admin.row("ERP Data Sync")).to_contain_text("Revoked")
    refused(person.gate(token), 401)


def test_a_group_is_a_member(product, admin):
    """Made with two people in it, and added to an organization: both may work there, until one is removed."""
    place = product.organization()
    people = [product.user() for _ in range(2)]
    group = f"Shift {secrets.token_hex(3)}"
    admin = admin()
    admin.go("Groups", "Create group")
    admin.field("Name").fill(group)
    admin.field("User name or e-mail 1").fill(people[0]["username"])
    admin.button("Add another").click()
    expect(admin.field("Name")).to_have_value(group)
    admin.field("User name or e-mail 2").fill(people[1]["email"])
    admin.button("Create group").click()
    expect(admin.page.get_by_text("2 members")).to_be_visible()
    admin.go("Organizations")
    admin.menu(place["name"], "Members")
    admin.link("Add member").click()
    admin.field("Group").check()
    admin.field("User name, e-mail or group").fill(group)
    admin.field("editor").check()
    admin.button("Add member").click()
    expect(admin.row(group)).to_contain_text("editor")

    sessions = [made(product.sign_in(one["username"]), 200)["tkn"] for one in people]
    for session in sessions:
        made(product.call("GET", ENGINE + "/pipelines", session, place["id"]), 200)
    admin.go("Groups", group)
    admin.row(people[0]["username"]).get_by_role("link", name="Remove").click()
    admin.button("Remove").click()
    expect(admin.page.get_by_text("1 member", exact=True)).to_be_visible()
    refused(product.call("GET", ENGINE + "/pipelines", sessions[0], place["id"]), 403)
    made(product.call("GET", ENGINE + "/pipelines", sessions[1], place["id"]), 200)


def test_a_machine_client_from_registering_to_deleting(product, admin, organization):
    robot = service_user(product, organization)
    name = f"Robot {secrets.token_hex(3)}"
    admin = admin(scripts=False)
    page = admin.page
    admin.go("OAuth2 Clients", "Register client", "Machine")
    admin.field("Name").fill(name)
    admin.field("Service user").fill(robot["username"])
    admin.permission("Pipelines", "Read").check()
    admin.button("Register client").click()
    lines = [page.get_by_role("region", name="Get a token").inner_text()]
    admin.link("I have stored it").click()

    def token(number=0):
        status, body = in_a_shell(product, lines[number])
        return json.loads(body)["access_token"] if status == 200 else status

    def gate(access):
        return product.call("GET", ENGINE + "/pipelines", access, organization).status_code

    first = token()
    assert gate(first) == 200

    # A second secret, for which the password is asked once more, and the first one revoked.
    admin.field("Expiration").select_option("90")
    age_sessions(product, "admin")
    admin.button("Add secret").click()
    admin.field("Password").fill(product.admin_password)
    admin.button("Confirm").click()
    expect(admin.field("Expiration")).to_have_value("90")
    admin.button("Add secret").click()
    lines.append(page.get_by_role("region", name="Get a token").inner_text())
    admin.link("I have stored it").click()
    hint = lines[0].split("'")[1][-4:]
    admin.page.get_by_role("row").filter(has_text=hint).get_by_role("link", name="Revoke").click()
    admin.button("Revoke").click()
    assert token(0) == 401 and gate(token(1)) == 200

    # Disabled, everything it gave stops at once.
    admin.link("Disable").click()
    admin.button("Disable").click()
    expect(page.get_by_text("Disabled", exact=True)).to_be_visible()
    assert gate(first) == 401 and token(1) == 401
    admin.button("Enable").click()
    expect(page.get_by_text("Enabled", exact=True)).to_be_visible()
    again = token(1)
    assert gate(again) == 200

    # Deleted by typing its name.
    admin.link("Delete").click()
    admin.field("Name of the client").fill("Something else")
    admin.button("Delete").click()
    expect(admin.field("Name of the client")).to_have_attribute("aria-invalid", "true")
    admin.field("Name of the client").fill(name)
    admin.button("Delete").click()
    expect(page.get_by_role("heading", name="OAuth2 Clients")).to_be_visible()
    expect(page.get_by_text(name)).to_have_count(0)
    assert gate(again) == 401 and token(1) == 401


def test_what_was_done_is_found_and_taken_along(product, admin, organization):
    person = product.member(organization, roles=["editor"])
    token = person.token("pipelines:read", name="=cmd()")
    made(person.call("POST", f"/api/v1/tokens/{token['id']}/revoke"), 200)
    admin = admin()
    page = admin.page
    admin.go("Audit Log")
    page.get_by_label("Person").fill(person.username)
    page.get_by_label("Outcome").select_option("success")
    admin.button("Filter").click()
    expect(page.get_by_text("=cmd()").first).to_be_visible()
    expect(page.get_by_label("Person")).to_have_value(person.username)

    with page.expect_download() as download:
        admin.link("Download CSV").click()

    with open(download.value.path(), newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["actor_name"] for row in rows} == {person.username}
    assert [row["target_name"] for row in rows if row["target_kind"] == "personal_access_token"].count("'=cmd()") == 2


def test_the_switcher_leads_to_another_organization_without_a_new_sign_in(product, owner):
    owner = owner(scripts=False)
    page, first, second = owner.page, owner.place["name"], product.organization()
    # One that stands in front of the one that was used until now.
    made(product.call("PATCH", f"/api/v1/organizations/{second['id']}", product.admin, json={"name": f"A {second['name']}"}), 200)
    product.add_member(second["id"], owner.person.id, [], owner=True)
    current = page.get_by_role("navigation", name="Main").locator("summary")
    owner.go("API Keys")
    expect(current).to_contain_text(first)

    for name in (f"A {second['name']}", first, f"A {second['name']}"):
        current.click()
        owner.button(name).click()
        expect(page.get_by_role("heading", name="API Keys")).to_be_visible()
        expect(current).to_contain_text(name)
    owner.link("Create API Key").click()
    expect(page.get_by_role("main")).to_contain_text(second["name"])

    # The last one used is remembered.
    owner.button("Sign out").click()
    owner.window.sign_in(owner.person.username, target=None)
    expect(current).to_contain_text(second["name"])
