"""Users and groups through nginx, as a system administrator manages them: first with a browser that has no scripts,
then with Chromium, where scripts add what they may."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from oauth2 import machine
from pages import Browser, weight
from product import ENGINE, PASSWORD, made, refused
from test_oauth2_authorize import App

HOME = "/settings/users"
GROUPS = "/settings/groups"


@pytest.fixture
def root(product):
    """A system administrator."""
    return product.user(system_administrator=True)


@pytest.fixture
def browser(product, root):
    browser = Browser(product)
    browser.sign_in(root["username"])
    return browser


def row(page, words):
    """The words of the one row of a table that has these."""
    rows = [" ".join(re.sub(r"<[^>]+>", " ", one).split())
            for one in re.findall(r"<tr>(.*?)</tr>", page.answer.text, re.DOTALL)]
    found = [one for one in rows if words in one]
    assert len(found) == 1, page.text
    return found[0]


def create(browser, username, **typed):
    """Fills in and sends *Create user*; what the browser is shown then."""
    browser.open(HOME + "/new")
    browser.send(HOME, username=username, **typed)
    return browser.follow()


def link(page, pattern):
    return next(one for one in page.links if re.fullmatch(pattern, one or ""))


def test_a_person_from_creating_to_deleting(product, browser, organization):
    name = f"ada-{secrets.token_hex(4)}"
    page = create(browser, name, email=f"{name}@example.com", display_name="Ada", password=PASSWORD)
    assert page.status == 200 and page.heading == "Ada" and "The user was created." in page.text
    assert PASSWORD not in page.answer.text
    address = link(page, HOME + "/[0-9a-f-]{36}/disable").removesuffix("/disable")
    user = address.rpartition("/")[2]

    words = row(browser.open(f"{HOME}?name={name}@example.com"), name)
    assert "Ada" in words and "Person" in words and "Enabled" in words and "Never" in words

    # What they hold is listed, and ends one by one.
    product.add_member(organization, user, ["editor"])
    theirs = Browser(product)
    theirs.sign_in(name)
    session = made(product.sign_in(name), 200)["tkn"]
    token = made(product.create_token(session, organization), 201)["token"]
    page = browser.open(address)
    assert "1 of 50 active" in page.text and "ERP Data Sync" in page.text
    question = link(page, address + "/tokens/[0-9a-f-]{36}/revoke")
    assert "This cannot be undone." in browser.open(question).text
    made(product.call("GET", ENGINE + "/pipelines", token, organization), 200)
    browser.send(question)
    refused(product.call("GET", ENGINE + "/pipelines", token, organization), 401)
    assert "Revoked" in row(browser.follow(), "ERP Data Sync")
    for _ in range(2):
        question = link(browser.open(address), address + "/sessions/[0-9a-f-]{36}/end")
        browser.open(question)
        browser.send(question)
        assert "The session was ended." in browser.follow().text
    assert theirs.get("/profile").status == 303
    refused(product.call("GET", "/auth/me", session), 401)

    # Disabled, all of it ends; enabled, they can sign in again.
    session = made(product.sign_in(name), 200)["tkn"]
    token = made(product.create_token(session, organization), 201)["token"]
    page = browser.open(address + "/disable")
    assert "Sessions 1" in page.text and "Active tokens 1" in page.text and "at once, and for good" in page.text
    browser.send(address + "/disable")
    assert "Disabled. All that they held has ended." in browser.follow().text
    refused(product.call("GET", ENGINE + "/pipelines", token, organization), 401)
    refused(product.call("GET", "/auth/me", session), 401)
    refused(product.sign_in(name), 401)
    browser.send(address + "/enable")
    assert "Enabled" in browser.follow().text
    session = made(product.sign_in(name), 200)["tkn"]

    assert "This cannot be undone." in browser.open(address + "/delete").text
    browser.send(address + "/delete")
    assert "The user was deleted, with everything of theirs." in browser.follow().text
    refused(product.call("GET", "/auth/me", session), 401)
    assert browser.get(address).status == 404


def test_a_connected_application_is_withdrawn(product, browser, organization):
    person = product.member(organization, roles=["editor"])
    app = App(product, name=f"Shop {secrets.token_hex(3)}")
    theirs = Browser(product)
    theirs.sign_in(person.username)
    tokens = app.tokens(theirs)
    path = ENGINE + "/pipelines"
    made(product.call("GET", path, tokens["access_token"], organization), 200)
    address = f"{HOME}/{person.id}"

    question = link(browser.open(address), address + "/applications/[^/]+/withdraw")
    assert re.search(r"\d tokens? that it holds stops? working at once", browser.open(question).text)
    browser.send(question)

    assert "The application can no longer act for them." in browser.follow().text
    refused(product.call("GET", path, tokens["access_token"], organization), 401)


def test_a_service_user_has_no_password(product, browser, organization):
    name = f"robot-{secrets.token_hex(4)}"
    page = create(browser, name, kind="service", password=PASSWORD)
    assert page.status == 422 and "A service user has no password." in page.text
    assert page.inputs["password"]["aria-invalid"] == "true" and page.inputs["username"]["value"] == name

    browser.send(HOME, password="")

    page = browser.follow()
    assert page.status == 200 and "password" not in page.inputs
    assert "Service" in row(browser.open(f"{HOME}?name={name}"), name)
    robot = made(product.call("GET", f"/api/v1/users/{page.answer.url.rpartition('/')[2].partition('?')[0]}",
                              product.admin), 200)
    assert robot["kind"] == "service"
    product.add_member(organization, robot["id"], ["editor"])
    assert machine(product, robot)["service_user_id"] == robot["id"]


def test_a_user_is_edited(product, browser):
    user = product.user()
    address = f"{HOME}/{user['id']}"
    browser.open(address)
    page = browser.send(address, username="no spaces", email="nowhere")
    assert page.status == 422 and page.inputs["username"]["aria-invalid"] == "true"
    assert page.inputs["email"]["value"] == "nowhere"

    browser.open(address)
    browser.send(address, display_name="שלום", password="another long secret")

    page = browser.follow()
    assert "Saved." in page.text and page.heading == "שלום"
    refused(product.sign_in(user["username"]), 401)
    made(product.sign_in(user["username"], "another long secret"), 200)
    kept = made(product.call("GET", f"/api/v1/users/{user['id']}", product.admin), 200)
    assert kept["email"] == user["email"] and kept["system_administrator"] is False


def test_a_group_from_creating_to_deleting(product, browser, organization):
    ada, eve = product.user(), product.user()
    name = f"Staff {secrets.token_hex(3)}"
    browser.open(GROUPS + "/new")
    page = browser.send(GROUPS, name=name, members=ada["username"], add="members")
    assert page.status == 200 and page.inputs["name"]["value"] == name
    assert [value for field, value in page.form(GROUPS).fields if field == "members"] == [ada["username"], ""]
    page = browser.send(GROUPS, members=[ada["username"], "nobody at all"])
    assert page.status == 422 and "There is no such user." in page.text
    browser.send(GROUPS, members=[ada["username"], ""])

    page = browser.follow()
    assert page.heading == name and "1 member" in page.text
    address = link(page, GROUPS + "/[0-9a-f-]{36}/delete").removesuffix("/delete")
    made(product.call("POST", f"/api/v1/organizations/{organization}/members", product.admin, json={
        "group_id": address.rpartition("/")[2], "roles": ["viewer"]}), 201)

    # Who is put in has what the group gives, and loses it with the group.
    browser.send(address + "/members", member=eve["email"])
    assert "2 members" in browser.follow().text
    session = made(product.sign_in(eve["username"]), 200)["tkn"]
    made(product.call("GET", "/auth/me", session, organization), 200)
    removal = f"{address}/members/{eve['id']}/remove"
    assert "What only the group gives is lost at once" in browser.open(removal).text
    browser.send(removal)
    assert "1 member" in browser.follow().text
    refused(product.call("GET", "/auth/me", session, organization), 403)
    browser.send(address, name=name + " two")
    assert browser.follow().heading == name + " two"

    session = made(product.sign_in(ada["username"]), 200)["tkn"]
    made(product.call("GET", "/auth/me", session, organization), 200)
    assert "Members 1" in browser.open(address + "/delete").text
    browser.send(address + "/delete")
    assert "The group was deleted." in browser.follow().text
    refused(product.call("GET", "/auth/me", session, organization), 403)


def test_names_are_shown_as_they_are(product, browser):
    for name in ['<script>alert("x")</script>', "שלום עולם", "n" * 255]:
        user = product.user(display_name=name)
        assert name in browser.open(f"{HOME}?name={user['username']}").text
        assert browser.open(f"{HOME}/{user['id']}").heading == name
        assert "<script>alert" not in browser.page.answer.text


def test_others_are_refused(product, organization):
    person = product.member(organization, owner=True)
    browser = Browser(product)
    browser.sign_in(person.username)

    for path in (HOME, HOME + "/new", f"{HOME}/{person.id}", GROUPS, GROUPS + "/new"):
        page = browser.get(path)
        assert page.status == 403 and page.heading == "This is not open to you"
    links = browser.open("/profile").links
    assert HOME not in links and GROUPS not in links


def test_pages_are_light(product, browser, organization):
    users = [product.user(display_name=f"{number} " + "long name " * 20) for number in range(25)]
    person = product.member(organization)
    for number in range(12):
        person.token("pipelines:read", "models:read", "uns:read", name=f"{number} " + "long name " * 20)
    group = made(product.call("POST", "/api/v1/groups", product.admin, json={
        "name": f"Light {secrets.token_hex(3)}", "members": [user["id"] for user in users]}), 201)["id"]

    for target in (HOME, HOME + "/new", f"{HOME}/{person.id}", GROUPS, f"{GROUPS}/{group}"):
        page = browser.open(target)
        assert page.status == 200
        assert weight(product, page.answer.text) < 60_000, target
    assert "Older" in browser.open(HOME).text and "More members" in browser.open(f"{GROUPS}/{group}").text


# With scripts


def test_questions_are_dialogs_with_scripts(product, window, root):
    user = product.user()
    here = window()
    page = here.page
    here.sign_in(root["username"], target=f"/login?return_to={HOME}/{user['id']}")

    page.get_by_role("link", name="Disable").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("at once, and for good")
    dialog.get_by_role("button", name="Disable").click()

    expect(page.get_by_role("main")).to_contain_text("Disabled. All that they held has ended.")
    refused(product.sign_in(user["username"]), 401)
