"""Journeys of those who sign in: passwords, consent, devices, ways back, and the keyboard alone."""

import secrets

import pytest
from playwright.sync_api import expect

from journeys import Steps, age_sessions, shop
from oauth2 import register
from product import ENGINE, PASSWORD, made, refused
from servers import wait_until

NEW_PASSWORD = "seven herons on a roof"


@pytest.fixture
def signed_in(window):
    """Somebody at a window, behind the sign-in page."""
    def new(person, **options):
        here = window(**options)
        here.sign_in(person.username, target="/")
        steps = Steps(here)
        steps.person = person
        expect(steps.page.get_by_role("heading", name="Profile")).to_be_visible()
        return steps

    return new


@pytest.fixture
def site(product):
    """Another site, registered as a client."""
    with shop(product) as site:
        site.name = f"Shop {secrets.token_hex(3)}"
        made_client = register(
            product, name=site.name, redirect_uris=[site.callback],
            scopes=["openid", "profile", "offline_access", "pipelines:read", "models:read"])
        site.client_id, site.client_secret = made_client["client_id"], made_client["client_secret"]
        yield site


def visit(steps, site):
    """To the other site, and from there to the product."""
    steps.window.origins.add(site.base)
    steps.window.open(site.base)
    steps.link("Sign in with Gatehouse").click()


# Passwords


def test_a_new_password_signs_out_everywhere_else(product, editor, signed_in):
    phone, desk = signed_in(editor), signed_in(editor)
    desk.security("Somebody")
    expect(desk.field("Sign out everywhere else")).to_be_checked()
    desk.field("Current password").fill("wrong")
    desk.field("New password").fill(NEW_PASSWORD)
    desk.button("Change password").click()
    expect(desk.field("Current password")).to_have_attribute("aria-invalid", "true")
    desk.field("Current password").fill(PASSWORD)
    desk.field("New password").fill(NEW_PASSWORD)
    desk.button("Change password").click()

    expect(desk.page.get_by_text("Your password was changed.")).to_be_visible()
    phone.go("Organizations")
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    phone.window.sign_in(editor.username, NEW_PASSWORD, target=None)
    # Back to where it was going.
    expect(phone.page.get_by_role("heading", name="Organizations")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_form_waits_for_the_password_filled_in(product, editor, signed_in, scripts):
    kim = signed_in(editor, scripts=scripts)
    kim.security("Somebody")
    age_sessions(product, editor.username)
    kim.link("Create Token").click()
    kim.field("Token Name").fill("ERP „Data“ Sync & <more>")
    kim.field("Expiration").select_option("30")
    kim.field("All of my organizations").check()
    kim.permission("Models", "Read").check()
    kim.button("Create Token").click()

    expect(kim.page.get_by_role("heading", name="Confirm your password")).to_be_visible()
    kim.field("Password").fill("wrong")
    kim.button("Confirm").click()
    expect(kim.field("Password")).to_have_attribute("aria-invalid", "true")
    kim.field("Password").fill(PASSWORD)
    kim.button("Confirm").click()

    expect(kim.field("Token Name")).to_have_value("ERP „Data“ Sync & <more>")
    expect(kim.field("Expiration")).to_have_value("30")
    expect(kim.field("All of my organizations")).to_be_checked()
    expect(kim.permission("Models", "Read")).to_be_checked()
    expect(kim.permission("Pipelines", "Read")).not_to_be_checked()
    kim.button("Create Token").click()
    expect(kim.page.get_by_text("It will not be shown again.")).to_be_visible()


# Other sites


def test_consent_switch_account_deny_allow_and_what_is_new(product, organization, editor, signed_in, site):
    other = product.member(organization, roles=["editor"])
    kim = signed_in(editor)
    page = kim.page
    site.scope = "openid profile pipelines:read"

    visit(kim, site)
    expect(page.get_by_text(f"You are signed in as {editor.username}.")).to_be_visible()
    kim.link("Switch account").click()
    kim.window.sign_in(other.username, target=None)
    expect(page.get_by_text(f"You are signed in as {other.username}.")).to_be_visible()
    kim.button("Deny").click()
    expect(page.get_by_text("No: access_denied")).to_be_visible()

    visit(kim, site)
    expect(page.get_by_text("New", exact=True)).to_have_count(0)
    kim.button("Allow").click()
    expect(page.get_by_text("Welcome,")).to_be_visible()
    visit(kim, site)
    expect(page.get_by_text("Welcome,")).to_be_visible()

    site.scope = "openid profile pipelines:read models:read"
    visit(kim, site)
    expect(page.get_by_role("listitem").filter(has_text="models:read")).to_contain_text("New")
    expect(page.get_by_role("listitem").filter(has_text="pipelines:read")).not_to_contain_text("New")
    kim.button("Allow").click()
    expect(page.get_by_text("Welcome,")).to_be_visible()
    assert set(site.token["scope"].split()) == set(site.scope.split())
    made(product.call("GET", ENGINE + "/models", site.token["access_token"], organization), 200)


@pytest.mark.parametrize("way, scripts", [
    ("query", True), ("form_post", True), ("form_post", False), ("pushed", True),
], ids=["query", "form_post", "form_post, no scripts", "pushed"])
def test_one_signs_in_and_allows_on_the_way_to_another_site(editor, window, site, way, scripts):
    """`form-action` holds for all redirects behind a form, in Chromium: behind the sign-in and behind the consent."""
    kim = Steps(window(scripts=scripts))
    page = kim.page
    site.is_pushed = way == "pushed"
    site.wishes = {"response_mode": "form_post"} if way == "form_post" else {}

    def arrive():
        if way == "form_post" and not scripts:
            kim.button("Continue").click()
        expect(page.get_by_text("Welcome,")).to_be_visible()

    visit(kim, site)
    kim.window.sign_in(editor.username, target=None)
    kim.button("Allow").click()
    arrive()

    # And once more, where the sign-in leads back at once.
    kim.window.open("/")
    kim.button("Sign out").click()
    visit(kim, site)
    kim.window.sign_in(editor.username, target=None)
    arrive()


def test_a_device_is_connected_by_the_consent_page(product, editor, signed_in):
    client = register(
        product, name="Wall display", redirect_uris=[], scopes=["openid", "pipelines:read"], type="public",
        grant_types=["urn:ietf:params:oauth:grant-type:device_code"])
    started = made(product.call("POST", "/oauth2/device_authorization", data={
        "client_id": client["client_id"], "scope": "openid pipelines:read"}), 200)

    def poll():
        return product.call("POST", "/oauth2/token", data={
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": client["client_id"],
            "device_code": started["device_code"]})

    kim = signed_in(editor, scripts=False)
    kim.window.open(started["verification_uri"])
    kim.field("Code").fill("BCDF-GHJK")
    kim.button("Continue").click()
    expect(kim.field("Code")).to_have_attribute("aria-invalid", "true")
    kim.field("Code").fill(started["user_code"].lower().replace("-", " "))
    kim.button("Continue").click()
    expect(kim.page.get_by_role("heading", name="Allow Wall display?")).to_be_visible()
    expect(kim.link("Switch account")).to_be_visible()
    assert poll().json()["error"] == "authorization_pending"
    kim.button("Allow").click()

    expect(kim.page.get_by_role("heading", name="The device is connected")).to_be_visible()
    wait_until(lambda: poll().status_code == 200, "the device to be let in", 15)


# Ways back


@pytest.mark.parametrize("target", ["https://evil.example/", "/\\evil.example"])
def test_a_way_back_to_a_foreign_site_is_not_followed(product, editor, window, target):
    here = window()
    here.open("/login?return_to=" + target)
    here.sign_in(editor.username, target=None)

    expect(here.page.get_by_role("heading", name="Profile")).to_be_visible()
    assert here.page.url == product.base + "/profile"


def test_the_way_back_after_the_sign_out_shows_nothing(editor, signed_in):
    kim = signed_in(editor)
    page = kim.page
    answers = []
    page.on("response", lambda answer: answers.append(answer) if answer.request.resource_type == "document" else None)
    kim.security("Somebody")
    kim.create_token("ERP Data Sync", [("Pipelines", "Read")])
    token = kim.field("Token").input_value()
    kim.button("Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    for _ in range(2):
        page.go_back()
        assert token not in page.content()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert len(answers) > 5
    assert {answer.headers.get("cache-control") for answer in answers} == {"no-store"}


# The keyboard alone


class Keys:
    """Who has no mouse: only keys, and what they see of where they are."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def tab_to(self, wanted, within=None):
        """Presses Tab until the element has the focus, and sees at each stop where that is."""
        for _ in range(120):
            self.press("Tab")
            if self.see(wanted, within):
                return
        raise AssertionError(f"Tab does not come to {wanted}")

    def see(self, wanted, within=None):
        """Focus is visible (WCAG 2.4.7), and stays in the dialog; the body stands for the browser's own buttons."""
        seen = wanted.evaluate("""(wanted, box) => {
            const focused = document.activeElement;
            if (focused === document.body) return { isVisible: true };
            const style = getComputedStyle(focused), place = focused.getBoundingClientRect();
            return {
                isWanted: focused === wanted, element: focused.outerHTML.slice(0, 120),
                isVisible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
                    && place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth,
                isOutside: box !== null && !box.contains(focused),
            };
        }""", within and within.element_handle())
        assert seen["isVisible"] and not seen.get("isOutside"), seen
        return seen.get("isWanted")


def test_a_token_is_made_copied_and_revoked_with_the_keyboard_alone(product, editor, window):
    here = window(width=1280)
    here.allow_clipboard()
    page, keys = here.page, Keys(here.page)
    here.open("/")
    expect(page.get_by_label("User name or e-mail")).to_be_focused()
    keys.type(editor.username)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()

    # The way past the sidebar comes first.
    keys.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert keys.see(skip)
    keys.press("Enter")
    keys.tab_to(page.get_by_role("link", name="Security", exact=True))
    keys.press("Enter")
    create = page.get_by_role("link", name="Create Token")
    expect(create).to_be_visible()

    # Escape closes the dialog, and one is where one was.
    keys.tab_to(create)
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Token Name")).to_be_focused()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(create).to_be_focused()

    # Nothing behind the dialog is reached.
    keys.press("Enter")
    expect(dialog.get_by_label("Token Name")).to_be_focused()
    keys.tab_to(dialog.get_by_role("button", name="Close"), within=dialog)
    keys.tab_to(dialog.get_by_label("Token Name"), within=dialog)
    keys.type("ERP Data Sync")
    keys.tab_to(dialog.get_by_label("Expiration"))
    keys.press("ArrowUp")
    expect(dialog.get_by_label("Expiration")).to_have_value("30")
    keys.tab_to(dialog.get_by_role("button", name="Pipelines"))
    keys.press("Space")
    expect(dialog.get_by_text("3 selected")).to_be_visible()
    keys.press("Tab", "Tab", "Space")
    expect(dialog.get_by_text("2 selected")).to_be_visible()
    keys.tab_to(dialog.get_by_role("button", name="Create Token"))
    keys.press("Enter")

    # Copied, and put away.
    value = page.get_by_label("Token", exact=True)
    expect(value).to_be_visible()
    token = value.input_value()
    copy = page.get_by_role("button", name="Copy").first
    keys.tab_to(copy)
    keys.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert here.copied() == token
    keys.tab_to(page.get_by_role("link", name="I have stored it"))
    keys.press("Enter")
    expect(value).to_have_count(0)
    made(product.call("GET", ENGINE + "/pipelines", token, editor.organization), 200)

    # Revoked; a key that is pressed too long takes the way back.
    revoke = page.get_by_role("link", name="Revoke ERP Data Sync")
    keys.tab_to(revoke)
    keys.press("Enter")
    expect(dialog.get_by_text("This cannot be undone.")).to_be_visible()
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    expect(revoke).to_be_focused()
    keys.press("Enter")
    keys.tab_to(dialog.get_by_role("button", name="Revoke"), within=dialog)
    keys.press("Space")
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    refused(product.call("GET", ENGINE + "/pipelines", token, editor.organization), 401)


def test_the_menu_of_a_narrow_window_opens_with_the_keyboard(window, editor):
    here = window(width=320)
    here.sign_in(editor.username)
    page, keys = here.page, Keys(here.page)
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()
    organizations = page.get_by_role("navigation", name="Main").get_by_role("link", name="Organizations")
    expect(organizations).to_be_hidden()

    keys.press("Tab", "Tab")
    expect(page.get_by_label("Show the menu")).to_be_focused()
    keys.press("Space")
    keys.tab_to(organizations)
    keys.press("Enter")

    expect(page.get_by_role("heading", name="Organizations")).to_be_visible()
