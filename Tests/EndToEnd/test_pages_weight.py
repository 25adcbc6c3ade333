"""No page is heavy, whoever looks at it: somebody with many long-named organizations, who sees many rows."""

import pytest

from oauth2 import machine, service_user
from pages import Browser, weight
from product import made

LIMIT = 60_000
LONG = "long name " * 24


@pytest.fixture(scope="module")
def product(own_product):
    """One of its own: in so many organizations others would not find theirs."""
    return own_product


@pytest.fixture(scope="module")
def root(product):
    """A system administrator who owns more organizations than can be chosen with a click."""
    user = product.user(system_administrator=True, display_name=LONG)
    session = made(product.sign_in(user["username"]), 200)["tkn"]
    made_by = [
        made(product.call("POST", "/api/v1/organizations", session, json={"name": f"{number} {LONG}"}), 201)
        for number in range(60)
    ]
    for number in range(25):
        made(product.call("POST", "/api/v1/groups", product.admin, json={
            "name": f"{user['username']} {number} {LONG}"[:255], "members": [user["id"]]}), 201)
    for number in range(50):
        made(product.create_token(session, made_by[0]["id"], name=f"{number} {LONG}"), 201)
    return user, session, made_by[0]["id"]


@pytest.fixture(scope="module")
def browser(product, root):
    user, session, organization = root
    for number in range(25):
        member = product.user(display_name=f"{number} {LONG}")
        made(product.call("POST", f"/api/v1/organizations/{organization}/members", session, json={
            "user_id": member["id"], "roles": ["viewer", "operator", "editor"]}), 201)
        made(product.call("POST", "/api/v1/api-keys", session, organization, json={
            "name": f"{number} {LONG}", "permissions": ["pipelines:read", "models:read"],
            "expires_in_days": 30}), 201)
    robot = service_user(product, product.organization()["id"])
    for number in range(25):
        machine(product, robot, name=f"{number} {LONG}")
    browser = Browser(product)
    browser.sign_in(user["username"])
    browser.open("/profile")
    browser.send("/profile/organization", organization=organization)
    assert browser.page.status == 303
    return browser


@pytest.mark.parametrize("target", [
    "/profile", "/profile/security", "/profile/security/tokens/new", "/settings/organizations",
    "/settings/organizations/ORGANIZATION", "/settings/organizations/ORGANIZATION/members",
    "/settings/organizations/ORGANIZATION/roles", "/settings/api-keys", "/settings/api-keys/new", "/settings/users",
    "/settings/users/USER", "/settings/groups", "/settings/audit-log", "/settings/audit-log?organization=ORGANIZATION",
    "/settings/oauth2-clients", "/settings/oauth2-clients/new?template=web", "/settings/oauth2-clients/scopes",
])
def test_a_page_is_light(product, browser, root, target):
    user, _, organization = root

    page = browser.open(target.replace("ORGANIZATION", organization).replace("USER", user["id"]))

    assert page.status == 200
    # One style sheet.
    assert page.answer.text.count('rel="stylesheet"') == 1
    assert (heavy := weight(product, page.answer.text)) < LIMIT, f"{heavy}, {len(page.answer.content)} of HTML"
    # All other organizations can be chosen, too.
    assert "Another (slug or ID)" in page.text


SHIFT = """() => new Promise(done => {
    const shifts = [];
    const observer = new PerformanceObserver(list => shifts.push(...list.getEntries()));
    observer.observe({type: "layout-shift", buffered: true});
    // Two frames behind the load, all that moved has been painted.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
        shifts.push(...observer.takeRecords());
        done(shifts.flatMap(shift => shift.sources.map(one => one.node?.outerHTML?.slice(0, 80) ?? "text")));
    })));
})"""


def test_nothing_moves_while_a_page_is_shown(browser, root, window):
    """What Chromium counts as layout shift; there are no images, so there is none at all."""
    user, _, organization = root
    here = window()
    here.sign_in(user["username"], target="/login?return_to=/profile")
    here.page.wait_for_url("**/profile")

    # Whether a script comes before the first paint is a matter of luck.
    for target in 4 * (
        "/profile", "/profile/security", "/profile/security/tokens/new", "/settings/organizations", "/settings/users",
        "/settings/audit-log", "/settings/oauth2-clients", f"/settings/organizations/{organization}/members",
    ):
        here.open(target)
        assert here.page.evaluate(SHIFT) == [], target
    # It would be seen.
    here.page.evaluate("document.querySelector('h1').style.marginTop = '300px'")
    assert here.page.evaluate(SHIFT)
