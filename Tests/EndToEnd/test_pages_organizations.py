"""Organizations and API keys through nginx, as people manage them: first with a browser that has no scripts, then with
Chromium, where scripts add what they may. What the pages give is used by real requests."""

import re
import secrets
import shlex
import subprocess

import pytest
from playwright.sync_api import expect

from pages import Browser, weight
from product import ENGINE, made, refused

HOME = "/settings/organizations"
KEYS = "/settings/api-keys"


@pytest.fixture
def owner(product, organization):
    return product.member(organization, owner=True)


@pytest.fixture
def browser(product, owner):
    browser = Browser(product)
    browser.sign_in(owner.username)
    return browser


def row(page, name):
    """The words of the one row of a table that has the name."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.answer.text, re.DOTALL)
    found = [one for one in rows if f"<bdi>{name}</bdi>" in one]
    assert len(found) == 1, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def values(page):
    """What can be copied from the section that is shown once, in order."""
    found = re.findall(r"<pre [^>]*data-copy>(.*?)</pre>", page.answer.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).replace("&#39;", "'").replace("&quot;", '"') for one in found]


def curl(product, line):
    answer = subprocess.run(
        [*shlex.split(line.replace("\\\n", " ")), "--silent", "--cacert", product.state / "tls/certificate.pem",
         "--output", "/dev/null", "--write-out", "%{http_code}"],
        capture_output=True, text=True, timeout=30)
    assert answer.returncode == 0, answer.stderr
    return int(answer.stdout)


def test_from_a_new_organization_to_a_colleagues_token(product):
    root = product.user(system_administrator=True)
    browser = Browser(product)
    browser.sign_in(root["username"])
    name = f"Werk {secrets.token_hex(3)}"
    assert "Create organization" in browser.open(HOME).text
    browser.open(HOME + "/new")
    browser.send(HOME, name=name, level="basic")
    page = browser.follow()
    assert page.heading == name and "The organization is made, and you own it." in page.text
    identity = re.search(r'data-copy="Copy ID">([0-9a-f-]{36})<', page.answer.text)[1]
    assert identity in browser.open(HOME).text, "the id stands selectable in the menu"

    # A colleague becomes editor, by user name.
    colleague = product.user()
    members = f"{HOME}/{identity}/members"
    browser.open(members + "/new")
    assert browser.send(members, name="nobody-of-this-name", roles="editor").status == 422
    browser.send(members, name=colleague["username"], roles="editor")
    words = row(browser.follow(), colleague["username"])
    assert "User" in words and "editor" in words

    # The colleague makes a token, and it works there.
    session = made(product.sign_in(colleague["username"]), 200)["tkn"]
    token = made(product.create_token(session, identity), 201)["token"]
    made(product.call("GET", ENGINE + "/pipelines", token, identity), 200)

    # Other roles, and then gone, at once.
    member = f"{members}/{colleague['id']}"
    browser.open(member)
    browser.send(member, roles="viewer")
    assert "viewer" in row(browser.follow(), colleague["username"])
    assert "at once" in browser.open(member + "/remove").text
    made(product.call("GET", ENGINE + "/pipelines", token, identity), 200)
    browser.send(member + "/remove")
    assert "The member is removed" in browser.follow().text
    refused(product.call("GET", ENGINE + "/pipelines", token, identity), 401)


def test_a_group_is_added_by_name(product, browser, organization):
    person = product.user()
    group = made(product.call("POST", "/api/v1/groups", product.admin, json={
        "name": f"Shift {secrets.token_hex(3)}", "members": [person["id"]]}), 201)
    members = f"{HOME}/{organization}/members"
    browser.open(members + "/new")

    browser.send(members, kind="group", name=group["name"], roles=["viewer", "operator"])

    words = row(browser.follow(), group["name"])
    assert "Group" in words and "viewer" in words and "operator" in words
    session = made(product.sign_in(person["username"]), 200)["tkn"]
    made(product.create_token(session, organization), 201)


def test_the_level_is_reviewed_before_it_is_saved(product, browser, organization):
    viewer = product.member(organization, roles=["viewer"])
    token = viewer.token("pipelines:read")
    refused(viewer.gate(token, method="POST"), 403)
    own = f"{HOME}/{organization}"
    browser.open(own)

    page = browser.open(f"{own}/level?level=none")

    assert "Somebody" in page.text and "Pipelines: Write, Execute" in page.text
    refused(viewer.gate(token, method="POST"), 403)
    browser.send(own + "/level")
    assert "The access level is changed." in browser.follow().text
    kept = made(product.call("GET", f"/api/v1/organizations/{organization}", product.admin), 200)
    assert kept["rbac_level"] == "none"
    assert viewer.gate(token, method="POST").status_code != 403


def test_maintenance_closes_the_api_and_opens_it_again(product, browser, organization):
    editor = product.member(organization, roles=["editor"])
    token = editor.token("pipelines:read")
    own = f"{HOME}/{organization}/maintenance"
    assert "503" in browser.open(own).text
    made(editor.gate(token), 200)

    browser.send(own, maintenance="on", message="Back at noon", retry_after="600")

    assert "Maintenance is on." in browser.follow().text
    answer = editor.gate(token)
    refused(answer, 503)
    assert answer.headers["Retry-After"] == "600"
    assert "Maintenance" in browser.open(HOME).text
    assert "Back at noon" in browser.open(own).answer.text
    browser.send(own, maintenance="off")
    assert "Maintenance is off." in browser.follow().text
    made(editor.gate(token), 200)


def test_a_role_narrowed_to_one_pipeline(product):
    organization = product.organization("enterprise")["id"]
    owner = product.member(organization, owner=True)
    browser = Browser(product)
    browser.sign_in(owner.username)
    roles = f"{HOME}/{organization}/roles"
    browser.open(roles + "/new")
    page = browser.send(roles, name="Line 1", parts_pipelines="pipelines:execute:line-1", add="parts_pipelines")
    assert page.status == 200
    assert [value for name, value in page.form(roles).fields if name == "parts_pipelines"] == [
        "pipelines:execute:line-1", ""]
    assert browser.send(roles, parts_pipelines=["pipelines:execute:line-1", "nonsense"]).status == 422
    assert "This is no narrowed permission of Pipelines." in browser.page.text
    browser.send(roles, name="Line 1", scopes="pipelines:read", parts_pipelines="pipelines:execute:line-1")
    assert "Execute (line-1)" in row(browser.follow(), "Line 1")

    person = product.user()
    members = f"{HOME}/{organization}/members"
    browser.open(members + "/new")
    browser.send(members, name=person["email"], roles="Line 1")
    assert "Line 1" in row(browser.follow(), person["username"])
    session = made(product.sign_in(person["username"]), 200)["tkn"]
    held = made(product.call("GET", "/auth/me", session, organization), 200)
    assert set(held["scopes"]) == {"pipelines:read", "pipelines:execute:line-1"}

    edit = next(link for link in browser.open(roles).links if re.fullmatch(roles + r"/[0-9a-f-]{36}", link or ""))
    browser.open(edit + "/delete")
    assert browser.send(edit + "/delete").status == 422
    assert "Take it from them first." in browser.page.text


def test_an_api_key_from_creating_to_revoking(product, browser, organization):
    assert "Create API Key" in browser.open(KEYS).text
    browser.open(KEYS + "/new")
    assert browser.send(KEYS, name="Loader").status == 422
    assert "Choose at least one permission." in browser.page.text
    browser.send(KEYS, name="Loader", permissions=["pipelines:read"])

    page = browser.follow()
    key, header, line = values(page)
    assert key.startswith("mchx_") and header == f"X-Machhub-Api-Key: {key}"
    assert "It will not be shown again." in page.text and "I have stored it" in page.text
    assert key not in page.answer.url and page.answer.headers["Cache-Control"] == "no-store"
    assert curl(product, line) == 200
    assert key not in browser.open(page.answer.url).answer.text
    words = row(browser.open(KEYS), "Loader")
    assert "Pipelines: Read" in words and "Active" in words
    for log in (product.state / "logs").iterdir():
        assert key not in log.read_text(errors="replace"), log.name

    revoke = next(link for link in browser.page.links if link and link.endswith("/revoke"))
    assert "This cannot be undone." in browser.open(revoke).text
    assert curl(product, line) == 200
    browser.send(revoke)
    assert "Revoked" in row(browser.follow(), "Loader")
    assert curl(product, line) == 401


def test_names_are_shown_as_they_are(product, browser, organization):
    own = f"{HOME}/{organization}"
    for name in ['<script>alert("x")</script>', "שלום עולם", "n" * 255]:
        browser.open(own)
        browser.send(own, name=name)
        assert browser.follow().heading == name
        assert name in browser.open(HOME).text
        assert "<script>alert" not in browser.page.answer.text


def test_others_are_refused(product, browser, organization):
    viewer = product.member(organization, roles=["viewer"])
    other = product.organization()["id"]
    own = f"{HOME}/{organization}"
    for path in ("", "/members", "/roles", "/maintenance", "/level?level=none"):
        assert browser.get(f"{HOME}/{other}{path}").status == 404
    theirs = Browser(product)
    theirs.sign_in(viewer.username)
    assert theirs.get(own).status == 200
    for path in (own + "/members", own + "/maintenance", own + "/level?level=none", HOME + "/new", KEYS):
        page = theirs.get(path)
        assert page.status == 403 and page.heading == "This is not open to you", path
    assert KEYS not in theirs.open("/profile").links


def test_pages_are_light(product, browser, organization):
    own = f"{HOME}/{organization}"
    for _ in range(25):
        product.member(organization, roles=["viewer", "operator", "editor"])

    for target in (HOME, own, own + "/members", own + "/roles", own + "/level?level=none", KEYS, KEYS + "/new"):
        page = browser.open(target)
        assert page.status == 200
        assert weight(product, page.answer.text) < 60_000, target
    assert "Older" in browser.open(own + "/members").text


# With scripts


def test_the_id_is_copied_from_the_menu(window, owner, organization):
    here = window()
    here.allow_clipboard()
    page = here.page
    here.sign_in(owner.username, target=f"/login?return_to={HOME}")

    # By keyboard: the menu opens with Enter.
    page.locator(".menu summary").press("Enter")
    expect(page.locator(".menu[open]")).to_be_visible()
    copy = page.locator(".menu .copy")
    copy.click()

    expect(copy).to_have_text("Copied")
    assert here.copied() == organization
    copy.press("Escape")
    expect(page.locator(".menu[open]")).to_have_count(0)
    expect(page.locator(".menu summary")).to_be_focused()
    page.locator(".menu summary").click()
    expect(page.locator(".menu[open]")).to_be_visible()
    page.get_by_role("heading", name="Organizations").click()
    expect(page.locator(".menu[open]")).to_have_count(0)
