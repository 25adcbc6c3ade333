"""The profile through nginx: what people do with their name, password, sessions, applications and tokens. First with
a browser that has no scripts, then with Chromium, where scripts add what they may."""

import re
import shlex
import subprocess

import pytest
from playwright.sync_api import expect

from pages import Browser, weight
from product import ENGINE, PASSWORD, made, refused
from servers import wait_until
from test_oauth2_authorize import App

SECURITY = "/profile/security"
NEW = SECURITY + "/tokens/new"
SCRIPTS = {"copy", "dialog", "expiration", "permissions", "summary"}


@pytest.fixture
def person(product, organization):
    return product.member(organization, roles=["editor"])


@pytest.fixture
def browser(product, person):
    browser = Browser(product)
    browser.sign_in(person.username)
    return browser


def create(browser, *scopes, name="ERP Data Sync", days="90"):
    """Fills in and sends the form; what the browser is shown then."""
    browser.open(NEW)
    browser.send(SECURITY + "/tokens", name=name, expires_in_days=days, scopes=list(scopes))
    return browser.follow()


def shown(page):
    return re.search(r"data-copy>(ey[\w.-]+)</textarea>", page.answer.text)[1]


def row(page, name):
    """The words of the one row of a table that has the name."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.answer.text, re.DOTALL)
    found = [one for one in rows if f"<bdi>{name}</bdi>" in one]
    assert len(found) == 1, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_a_token_from_making_to_revoking(product, browser, person):
    page = browser.open(SECURITY)
    assert "0 of 50 active" in page.text and NEW in page.links

    page = create(browser, "pipelines:read", "pipelines:write")
    assert page.status == 200
    token = shown(page)
    assert "It will not be shown again." in page.text
    line = re.search(r"<code>(curl .*?)</code>", page.answer.text, re.DOTALL)[1].replace("&#39;", "'").replace("\\\n", "")
    words = shlex.split(line)
    assert f"Authorization: Bearer {token}" in words and f"X-Organization-ID: {person.organization}" in words
    answer = subprocess.run(
        [*words, "--silent", "--fail", "--cacert", product.state / "tls/certificate.pem"], capture_output=True, timeout=30)
    assert answer.returncode == 0, answer.stderr

    assert token not in browser.get(browser.page.answer.url).answer.text
    wait_until(lambda: "Never" not in row(browser.open(SECURITY), "ERP Data Sync"), "its use to be seen")
    words = row(browser.page, "ERP Data Sync")
    assert "Pipelines: Read, Write" in words and "Active" in words
    assert "1 of 50 active" in browser.page.text

    question = next(link for link in browser.page.links if link.endswith("/revoke"))
    assert "Applications that use it lose access at once. This cannot be undone." in browser.open(question).text
    made(product.call("GET", ENGINE + "/pipelines", token, person.organization), 200)
    browser.send(question)
    refused(product.call("GET", ENGINE + "/pipelines", token, person.organization), 401)
    page = browser.follow()
    assert "Revoked" in row(page, "ERP Data Sync") and "0 of 50 active" in page.text


def test_the_token_stands_in_no_log_and_in_no_address(product, browser):
    token = shown(create(browser, "uns:read"))

    assert token not in browser.page.answer.url
    for log in (product.state / "logs").iterdir():
        assert token.split(".")[2] not in log.read_text(errors="replace"), log.name


def test_a_form_that_fails_is_the_form_again(browser):
    browser.open(NEW)

    page = browser.send(SECURITY + "/tokens", name="", expires_in_days="30", scopes=["organizations:manage"])

    assert page.status == 422 and page.heading == "Create Token"
    assert "Token Name must not be empty." in page.text
    assert "You don't hold organizations:manage" in page.text
    assert page.inputs["name"]["aria-invalid"] == "true"


def test_without_access_levels_a_token_has_no_permissions(product, browser):
    organization = product.organization(level="none")
    person = product.member(organization["id"])
    browser = Browser(product)
    browser.sign_in(person.username)

    assert "the token can do everything that you can do" in browser.open(NEW).text
    token = shown(create(browser))

    assert "Everything you may do" in row(browser.page, "ERP Data Sync")
    made(product.call("GET", ENGINE + "/pipelines", token, organization["id"]), 200)


def test_name_and_address_are_changed(product, browser, person):
    browser.open("/profile")

    browser.send("/profile", display_name="Zoë 名 \u202eabc", email=f"new-{person.username}@example.com")

    page = browser.follow()
    assert "Your profile was saved." in page.text
    assert page.inputs["display_name"]["value"] == "Zoë 名 \u202eabc"
    made(product.sign_in(f"new-{person.username}@example.com"), 200)
    refused(product.sign_in(f"{person.username}@example.com"), 401)


def test_a_new_password_signs_out_everywhere_else(product, browser, person):
    phone = Browser(product)
    phone.sign_in(person.username)
    assert browser.open(SECURITY).inputs["sign_out_others"].get("checked") is not None

    page = browser.send(SECURITY + "/password", current_password="wrong", new_password="seven herons on a roof")
    assert page.status == 422 and "This is not your password." in page.text
    browser.send(SECURITY + "/password", current_password=PASSWORD, new_password="seven herons on a roof")

    assert "Your password was changed." in browser.follow().text
    assert phone.open("/profile").heading == "Sign in"
    refused(product.sign_in(person.username), 401)


def test_sessions_end(product, browser, person):
    phones = [Browser(product) for _ in range(3)]
    for phone in phones:
        phone.sign_in(person.username)
    page = browser.open(SECURITY)
    assert page.text.count("This session") == 1
    ends = [link for link in page.links if link and link.endswith("/end")]

    browser.open(ends[0])
    browser.send(ends[0])
    assert "The session was ended." in browser.follow().text
    browser.open(SECURITY + "/sessions/end-others")
    browser.send(SECURITY + "/sessions/end-others")

    assert "You are signed out everywhere else." in browser.follow().text
    assert all(phone.open("/profile").heading == "Sign in" for phone in phones)
    assert browser.open("/profile").heading == "Profile"


def test_an_application_is_withdrawn_with_its_tokens(product, browser, person):
    app = App(product, name="Shop <floor>")
    tokens = app.tokens(browser)
    path = ENGINE + "/pipelines"
    made(product.call("GET", path, tokens["access_token"], person.organization), 200)

    page = browser.open(SECURITY)
    assert "View pipelines and execution history" in row(page, "Shop &lt;floor&gt;")
    address = f"{SECURITY}/applications/{app.id}/withdraw"
    assert re.search(r"\d tokens? that it holds stops? working at once", browser.open(address).text)
    browser.send(address)

    assert app.id not in browser.follow().answer.text
    refused(product.call("GET", path, tokens["access_token"], person.organization), 401)


def test_pages_are_light(product, browser, person):
    for number in range(50):
        person.token("pipelines:read", "models:read", "connectors:read", "uns:read", "dashboards:read",
                     name=f"{number} " + "long name " * 20)

    for target in (SECURITY, NEW):
        page = browser.open(target)
        assert page.status == 200
        assert weight(product, page.answer.text) < 60_000, target


def test_scripts_come_from_this_host(product, browser):
    found = set(re.findall(r'<script blocking="render" type="module" src="/public/js/(\w+)\.js"></script>', browser.open(SECURITY).answer.text))

    assert found == SCRIPTS
    for name in found:
        answer = product.call("GET", f"/public/js/{name}.js")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].split(";")[0] in ("text/javascript", "application/javascript")


# With scripts


def test_scripts_add_dialog_counter_summary_and_copy(product, window, person):
    here = window()
    here.allow_clipboard()
    page = here.page
    here.sign_in(person.username, target="/login?return_to=" + SECURITY)

    page.get_by_role("link", name="Create Token").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Token Name")).to_be_focused()
    dialog.get_by_label("Token Name").fill("ERP Data Sync")
    counter = dialog.locator("[data-counter]")
    expect(counter).to_have_text("0 selected")
    toggle = dialog.get_by_role("button", name="Pipelines")
    toggle.click()
    expect(counter).to_have_text("3 selected")
    dialog.locator("[value='pipelines:execute']").uncheck()
    expect(counter).to_have_text("2 selected")
    expect(toggle).to_have_attribute("aria-pressed", "mixed")
    dialog.get_by_role("button", name="Organizations").click()
    expect(counter).to_have_text("3 selected")  # What is not held is not toggled.
    dialog.get_by_label("Expiration").select_option("30")
    date = dialog.locator("option[value='30']").get_attribute("data-date")
    summary = dialog.locator("[data-summary]").inner_text()
    assert "3 permissions" in summary and date in summary and "Plant" in summary
    dialog.get_by_role("button", name="Create Token").click()

    page.locator("#shown-value + .copy").click()
    expect(page.locator("#shown-value + .copy")).to_have_text("Copied")
    token = page.locator("#shown-value").input_value()
    assert here.copied() == token
    made(product.call("GET", ENGINE + "/pipelines", token, person.organization), 200)

    page.get_by_role("link", name="I have stored it").click()
    expect(page.locator("#shown-value")).to_have_count(0)
    revoke = page.locator("#tokens tbody").get_by_role("link", name="Revoke")
    revoke.click()
    expect(dialog).to_contain_text("This cannot be undone.")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(revoke).to_be_focused()
    revoke.click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.locator("#tokens tbody")).to_contain_text("Revoked")
    refused(product.call("GET", ENGINE + "/pipelines", token, person.organization), 401)


def test_copy_says_copied_only_when_it_was(window, person):
    here = window()
    page = here.page
    here.sign_in(person.username, target="/login?return_to=" + NEW)
    page.get_by_label("Token Name").fill("x")
    page.locator("[value='uns:read']").check()
    page.get_by_role("button", name="Create Token").click()
    copy = page.locator("#shown-value + .copy")
    expect(copy).to_have_text("Copy")
    here.deny_clipboard()

    copy.click()

    expect(copy).to_have_text("Selected: press Ctrl+C")


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_window(window, person, width):
    person.token("pipelines:read", "uns:publish", name="n" * 255)
    here = window(width=width)
    here.sign_in(person.username)

    for target in ("/profile", SECURITY, NEW, SECURITY + "/sessions/end-others"):
        here.open(target)
        wide = here.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{target} is {wide} px wide"
