"""OAuth2 clients through nginx, as a system administrator manages them: first with a browser that has no scripts, then
with Chromium, where scripts add what they may. What the pages give is used by real requests."""

import re
import secrets
import shlex
import subprocess

import pytest
from playwright.sync_api import expect

from oauth2 import machine, service_user
from pages import Browser, weight
from product import ENGINE, made, refused

HOME = "/settings/oauth2-clients"


@pytest.fixture
def root(product):
    """A system administrator."""
    return product.user(system_administrator=True)


@pytest.fixture
def browser(product, root):
    browser = Browser(product)
    browser.sign_in(root["username"])
    return browser


def register(browser, template, **typed):
    """Fills in and sends the form of a template; what the browser is shown then."""
    browser.open(f"{HOME}/new?template={template}")
    browser.send(HOME, **typed)
    return browser.follow()


def values(page):
    """What can be copied, in order."""
    found = re.findall(r"<pre [^>]*data-copy>(.*?)</pre>", page.answer.text, re.DOTALL)
    return [one.replace("&#39;", "'").replace("&quot;", '"') for one in found]


def row(page, name):
    """The words of the one row of a table that has the name."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.answer.text, re.DOTALL)
    found = [one for one in rows if f"<bdi>{name}</bdi>" in one]
    assert len(found) == 1, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def curl(product, line):
    answer = subprocess.run(
        [*shlex.split(line), "--silent", "--cacert", product.state / "tls/certificate.pem"],
        capture_output=True, text=True, timeout=30)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_machine_from_registering_to_deleting(product, browser, organization):
    robot = service_user(product, organization)
    name = f"Loader {secrets.token_hex(3)}"
    assert "Machine" in browser.open(f"{HOME}/new").text

    page = register(browser, "machine", name=name, service_user_id=robot["username"], scopes=["pipelines:read"])

    assert page.status == 200 and page.heading == "Client registered"
    secret, client, discovery, line = values(page)
    assert discovery == f"{product.base}/.well-known/openid-configuration"
    assert "It will not be shown again." in page.text and "I have stored it" in page.text
    assert secret not in page.answer.url
    token = re.search(r'"access_token":\s*"([^"]+)"', curl(product, line))[1]
    made(product.call("GET", ENGINE + "/pipelines", token, organization), 200)
    again = browser.open(page.answer.url)
    assert secret not in again.text and again.heading == name
    for log in (product.state / "logs").iterdir():
        assert secret not in log.read_text(errors="replace"), log.name

    words = row(browser.open(f"{HOME}?text={client}"), name)
    assert client in words and robot["username"] in words and "Client credentials" in words and "Enabled" in words

    # A second secret, and the first is revoked.
    address = f"{HOME}/{client}"
    browser.open(address)
    browser.send(address + "/secrets", expires="30")
    second, _, _, second_line = values(browser.follow())
    assert second != secret
    page = browser.open(address)
    first = next(link for link in page.links if link and link.endswith("/revoke"))
    assert "This cannot be undone." in browser.open(first).text
    browser.send(first)
    assert "The secret is revoked." in browser.follow().text
    assert "invalid_client" in curl(product, line)
    token = re.search(r'"access_token":\s*"([^"]+)"', curl(product, second_line))[1]

    # Disabled, everything stops at once; enabled, it gets tokens again.
    assert "at once" in browser.open(address + "/disable").text
    browser.send(address + "/disable")
    assert "Disabled" in browser.follow().text
    refused(product.call("GET", ENGINE + "/pipelines", token, organization), 401)
    assert "invalid_client" in curl(product, second_line)
    browser.send(address + "/enable")
    assert "Enabled" in browser.follow().text
    token = re.search(r'"access_token":\s*"([^"]+)"', curl(product, second_line))[1]

    # Deleted with its name typed.
    page = browser.open(address + "/delete")
    assert "1 token that works" in page.text and "0 consents" in page.text
    assert browser.send(address + "/delete", name="something else").status == 422
    browser.send(address + "/delete", name=name)
    assert "Deleted, with everything that it was given." in browser.follow().text
    refused(product.call("GET", ENGINE + "/pipelines", token, organization), 401)
    assert browser.get(address).status == 404


def test_rows_are_added_without_scripts(product, browser):
    browser.open(f"{HOME}/new?template=web")

    page = browser.send(HOME, name="Half typed", redirect_uris="https://a.example/cb", add="redirect_uris")
    assert page.status == 200 and page.inputs["name"]["value"] == "Half typed"
    assert [value for name, value in page.form(HOME).fields if name == "redirect_uris"] == ["https://a.example/cb", ""]
    page = browser.send(HOME, redirect_uris=["https://a.example/cb", "http://b.example/cb"])
    assert page.status == 422
    assert "This address may use http only for 127.0.0.1, [::1] or localhost." in page.text
    browser.send(HOME, redirect_uris=["https://a.example/cb", "http://127.0.0.1/cb"])

    page = browser.follow()
    assert page.heading == "Client registered"
    assert "OIDC_REDIRECT_URI='https://a.example/cb'" in values(page)[3]


def test_a_client_is_edited(product, browser):
    page = register(browser, "app", name=f"Phone {secrets.token_hex(3)}", redirect_uris="com.example.phone:/cb")
    client = values(page)[0]
    address = f"{HOME}/{client}"

    browser.open(address)
    browser.send(address, description="For the shop floor", access_token_ttl="5", access_token_ttl_unit="minutes")

    assert "Saved." in browser.follow().text
    kept = made(product.call("GET", f"/api/v1/oauth2/clients/{client}", product.admin), 200)
    assert kept["description"] == "For the shop floor" and kept["access_token_ttl"] == 300
    assert kept["redirect_uris"] == ["com.example.phone:/cb"] and kept["require_pkce"] is True


def test_a_custom_scope_is_made_and_offered(product, browser):
    scopes = HOME + "/scopes"
    name = f"orders.{secrets.token_hex(3)}"
    browser.open(scopes + "/new")
    assert browser.send(scopes, name="pipelines:orders", description="See orders").status == 422
    browser.send(scopes, name=name, description="See <your> orders")

    assert "See <your> orders" in browser.follow().text
    assert name in browser.open(f"{HOME}/new?template=web").text
    edit = next(link for link in browser.open(scopes).links if re.fullmatch(scopes + r"/[0-9a-f-]{36}", link or ""))
    browser.open(edit + "/delete")
    browser.send(edit + "/delete")
    assert "The scope is deleted." in browser.follow().text


def test_names_are_shown_as_they_are(product, browser, organization):
    robot = service_user(product, organization)
    for name in ['<script>alert("x")</script>', "שלום עולם", "n" * 255]:
        client = machine(product, robot, name=name)
        page = browser.open(f"{HOME}?text={client['client_id']}")
        assert name in page.text
        assert browser.open(f"{HOME}/{client['client_id']}").heading == name
        assert "<script>alert" not in browser.page.answer.text


def test_others_are_refused(product, organization):
    person = product.member(organization, owner=True)
    browser = Browser(product)
    browser.sign_in(person.username)

    for path in ("", "/new", "/scopes"):
        page = browser.get(HOME + path)
        assert page.status == 403 and page.heading == "This is not open to you"
    assert HOME not in browser.open("/profile").links


def test_pages_are_light(product, browser, organization):
    robot = service_user(product, organization)
    for number in range(55):
        machine(product, robot, name=f"{number} " + "long name " * 15)
    client = machine(product, robot)["client_id"]

    for target in (HOME, f"{HOME}/{client}", f"{HOME}/new?template=web"):
        page = browser.open(target)
        assert page.status == 200
        assert weight(product, page.answer.text) < 60_000, target
    assert "Older" in browser.open(HOME).text


# With scripts


def test_scripts_add_rows_and_copy(window, root):
    here = window()
    here.allow_clipboard()
    page = here.page
    here.sign_in(root["username"], target=f"/login?return_to={HOME}/new?template=web")

    page.get_by_label("Name", exact=True).fill("Shop")
    rows = page.locator("[name=redirect_uris]")
    rows.fill("https://a.example/cb")
    page.locator("#rows-redirect_uris").get_by_role("button", name="Add another").click()
    expect(rows).to_have_count(2)  # Without asking the server.
    expect(page.locator("#rows-redirect_uris-2")).to_be_focused()
    page.locator("#rows-redirect_uris-2").fill("https://b.example/cb")
    # Enter in a field is *Register client*, not *Add another*.
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page).to_have_title(re.compile("^Client registered"))

    secret = page.locator("pre.secret").first
    value = secret.inner_text()
    assert value.startswith("ghs_")
    copy = page.locator("pre.secret + .copy").first
    copy.click()
    expect(copy).to_have_text("Copied")
    assert here.copied() == value
    page.get_by_role("link", name="I have stored it").click()
    expect(page).to_have_title(re.compile("^Shop"))
    assert value not in page.content()
