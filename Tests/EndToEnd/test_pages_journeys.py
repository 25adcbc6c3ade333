"""A newcomer who reads only the README: the whole of what they want to do, by clicking, with scripts and without, in wide
windows and narrow ones."""

import secrets

import pytest
from playwright.sync_api import expect

from journeys import Steps, in_a_shell, shop, until_seen
from product import ENGINE, PASSWORD, made, refused

WINDOWS = {
    "scripts, wide": {"width": 1280},
    "no scripts, wide": {"width": 1280, "scripts": False},
    "scripts, narrow, dark": {"width": 320, "dark": True},
    "no scripts, narrow": {"width": 360, "scripts": False},
}


@pytest.mark.parametrize("options", WINDOWS.values(), ids=WINDOWS.keys())
def test_a_newcomer_does_everything_by_clicking(product, window, options):
    word = secrets.token_hex(3)
    plant, colleague = f"Works {word}", f"kim-{word}"
    admin_window = window(**options)
    admin = Steps(admin_window)

    # An organization at level basic, and a colleague in it as editor.
    admin_window.sign_in("admin", product.admin_password, target="/")
    admin.go("Organizations", "Create organization")
    admin.field("Name").fill(plant)
    admin.field("Basic").check()
    admin.button("Create organization").click()
    expect(admin.page.get_by_role("heading", name=plant)).to_be_visible()
    organization = admin.page.get_by_role("main").locator("code").first.inner_text()
    admin.go("Users", "Create user")
    admin.field("User name").fill(colleague)
    admin.field("Display name").fill("Kim")
    admin.field("Password").fill(PASSWORD)
    admin.button("Create user").click()
    expect(admin.page.get_by_text("The user was created.")).to_be_visible()
    admin.go("Organizations")
    admin.menu(plant, "Members")
    admin.link("Add member").click()
    admin.field("User name, e-mail or group").fill(colleague)
    roles = admin.page.get_by_role("group", name="Roles")
    roles.get_by_label("viewer").uncheck()
    roles.get_by_label("editor").check()
    admin.button("Add member").click()
    expect(admin.row(colleague)).to_contain_text("editor")

    # The colleague's token: made, seen once, used.
    kim_window = window(**options)
    kim, page = Steps(kim_window), kim_window.page
    kim_window.sign_in(colleague, target="/")
    kim.security("Kim")
    kim.create_token("ERP Data Sync", [("Pipelines", "Read"), ("Models", "Read")])
    token = kim.field("Token").input_value()
    line = kim.shown_line()
    expect(page.get_by_text("It will not be shown again.")).to_be_visible()
    assert token in line and organization in line
    page.reload()
    expect(page.get_by_text(token)).to_have_count(0)
    assert token not in page.content() and token not in page.url
    expect(kim.row("ERP Data Sync")).to_contain_text("Never")
    expect(kim.row("ERP Data Sync")).to_contain_text("in 90 days")
    status, body = in_a_shell(product, line)
    assert status == 200 and organization in body, body
    # Another site that signs people in here, with consent, until it is withdrawn.
    with shop(product) as site:
        for one in (admin_window, kim_window):
            one.origins.add(site.base)
        admin.go("OAuth2 Clients", "Register client", "Web application with a server")
        admin.field("Name").fill(f"Shop {word}")
        admin.field("Redirect URI 1").fill(site.callback)
        admin.permission("Pipelines", "Read").check()
        admin.button("Register client").click()
        site.client_id = admin.page.get_by_role("region", name="Client ID").inner_text()
        site.client_secret = admin.page.get_by_role("region", name="Client secret").inner_text()
        admin.link("I have stored it").click()
        expect(admin.page.get_by_role("heading", name=f"Shop {word}")).to_be_visible()

        # Meanwhile the list shows the use of the token; it is revoked.
        until_seen(page, lambda: "Never" not in kim.row("ERP Data Sync").inner_text(), "the use of the token")
        kim.revoke("ERP Data Sync")
        expect(kim.row("ERP Data Sync")).to_contain_text("Revoked")
        assert in_a_shell(product, line)[0] == 401

        kim_window.open(site.base)
        kim.link("Sign in with Gatehouse").click()
        expect(page.get_by_role("heading", name=f"Allow Shop {word}?")).to_be_visible()
        kim.button("Allow").click()
        expect(page.get_by_text(f"Welcome, {colleague}")).to_be_visible()
        access = site.token["access_token"]
        made(product.call("GET", ENGINE + "/pipelines", access, organization), 200)
        kim_window.open("/")
        kim.security("Kim")
        kim.row(f"Shop {word}").get_by_role("link", name="Withdraw").click()
        kim.button("Withdraw").click()
        expect(kim.row(f"Shop {word}")).to_have_count(0)
        refused(product.call("GET", ENGINE + "/pipelines", access, organization), 401)
        assert site.refresh().json()["error"] == "invalid_grant"

    # Maintenance, as a program sees it.
    kim.create_token("Line 2", [("Pipelines", "Read")])
    line = kim.shown_line()
    kim.link("I have stored it").click()
    admin.go("Organizations")
    admin.menu(plant, "Maintenance on")
    admin.field("Message").fill("New furnace until noon")
    admin.field("Retry after (seconds)").fill("120")
    admin.button("Maintenance on").click()
    expect(admin.page.get_by_text("New furnace until noon")).to_be_visible()
    status, body = in_a_shell(product, line + " --include")
    assert status == 503 and "\nretry-after: 120" in body.lower() and "New furnace until noon" in body
    admin.go("Organizations")
    expect(admin.row(plant)).to_contain_text("Maintenance")
    admin.menu(plant, "Maintenance off")
    admin.button("Maintenance off").click()
    assert in_a_shell(product, line)[0] == 200
