"""Fields in which somebody is chosen, in Chromium: suggestions for the keyboard, the mouse and those who hear the page; and
the same fields without scripts, or without an answer."""

import secrets

import pytest
from playwright.sync_api import expect

from product import made

NEW_GROUP = "/settings/groups/new"
SUGGESTIONS = "**/settings/suggestions/users?*"


@pytest.fixture(scope="module")
def crew(product):
    """Three people whose user names begin alike, and how."""
    stem = f"crew-{secrets.token_hex(4)}"
    for name, display in (("anna", "Anna <b>Ahrens"), ("bert", "Bert"), ("cleo", "Cleo")):
        product.user(username=f"{stem}-{name}", email=f"{name}@{stem}.example", display_name=display)
    return stem


@pytest.fixture
def admin(product, window):
    """The administrator's window, signed in."""

    def open_at(target, **options):
        here = window(**options)
        here.sign_in("admin", product.admin_password, target=f"/login?return_to={target}")
        here.page.wait_for_url(f"**{target}")
        return here

    return open_at


@pytest.fixture
def group(product):
    name = f"Group {secrets.token_hex(4)}"
    return made(product.call("POST", "/api/v1/groups", product.admin, json={"name": name}), 201)


def field(page, name="User name or e-mail"):
    return page.get_by_role("combobox", name=name)


def options(page, **more):
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option", **more)


def selected(page):
    return options(page, selected=True)


def test_the_keyboard_alone_chooses(admin, crew, group):
    page = admin(f"/settings/groups/{group['id']}").page
    member = field(page)
    expect(member).to_have_attribute("aria-expanded", "false")

    member.press_sequentially(crew.upper())

    expect(options(page)).to_have_count(3)
    expect(member).to_have_attribute("aria-expanded", "true")
    expect(member).to_have_attribute("aria-controls", page.get_by_role("listbox").get_attribute("id"))
    expect(page.get_by_role("status")).to_have_text("3 suggestions.")
    expect(selected(page)).to_have_count(0)
    for key, name in (("ArrowDown", "anna"), ("ArrowDown", "bert"), ("ArrowUp", "anna"), ("ArrowUp", "cleo"),
                      ("ArrowDown", "anna")):
        member.press(key)
        expect(selected(page)).to_contain_text(f"{crew}-{name}")
        expect(member).to_have_attribute("aria-activedescendant", selected(page).get_attribute("id"))
    expect(member).to_have_value(crew.upper())
    member.press("Enter")

    expect(member).to_have_value(f"{crew}-anna")
    expect(member).to_be_focused()
    expect(options(page)).to_have_count(0)
    expect(member).to_have_attribute("aria-expanded", "false")
    assert member.get_attribute("aria-activedescendant") is None
    member.press("Enter")
    expect(page.get_by_role("row", name=f"{crew}-anna")).to_be_visible()


def test_escape_closes_the_list_and_keeps_what_was_typed(admin, crew):
    page = admin("/settings/users").page
    name = field(page)
    name.press_sequentially(crew)
    expect(options(page)).to_have_count(3)
    name.press("ArrowDown")

    name.press("Escape")

    expect(options(page)).to_have_count(0)
    expect(name).to_have_value(crew)
    name.press("ArrowDown")
    expect(options(page)).to_have_count(3)


def test_tab_takes_what_is_marked_and_goes_on(admin, crew):
    page = admin("/settings/users").page
    name = field(page)
    name.press_sequentially(crew)
    expect(options(page)).to_have_count(3)
    name.press("ArrowUp")

    name.press("Tab")

    expect(name).to_have_value(f"{crew}-cleo")
    expect(page.get_by_role("button", name="Find")).to_be_focused()
    expect(options(page)).to_have_count(0)


def test_enter_without_a_mark_sends_what_was_typed(admin, crew):
    page = admin("/settings/users").page
    name = field(page)
    name.fill(f"bert@{crew}.example")
    expect(options(page)).to_have_count(1)

    name.press("Enter")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(f"{crew}-bert")


def test_the_mouse_chooses_and_names_are_text(admin, crew, group):
    page = admin(f"/settings/groups/{group['id']}").page
    field(page).press_sequentially(f"anna@{crew}")
    expect(options(page)).to_have_text([f"{crew}-anna Anna <b>Ahrens · anna@{crew}.example"])
    assert page.locator("[role=option] b").count() == 0

    options(page).click()

    expect(field(page)).to_have_value(f"{crew}-anna")
    expect(field(page)).to_be_focused()
    expect(options(page)).to_have_count(0)
    page.get_by_role("heading", name="Members").click()
    expect(page.get_by_role("status")).to_have_count(0)


def test_little_is_not_asked_and_a_late_answer_is_not_shown(admin, crew):
    here = admin("/settings/users")
    page, asked, held = here.page, [], []

    def answer(route):
        asked.append(route.request.url)
        # The first question waits until the second one was answered.
        if len(asked) == 1:
            held.append(route)
        else:
            route.continue_()

    page.route(SUGGESTIONS, answer)
    name = field(page)
    name.fill(crew[:1])
    page.wait_for_timeout(300)
    assert asked == [], "one letter says too little"
    name.fill(crew[:-1])
    name.fill(crew)
    wait(page, lambda: held)
    name.fill(f"{crew}-bert")
    expect(options(page)).to_have_count(1)

    assert len(asked) == 2, "who types on is not asked about in between"
    try:
        held[0].fulfill(json={"data": [{"value": "late", "details": []}]})
    except Exception:
        pass  # The browser has given it up already.
    page.wait_for_timeout(300)
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text(f"{crew}-bert")


@pytest.mark.parametrize("failure", ["network", "server", "signed out"])
def test_without_an_answer_it_is_a_text_field(admin, crew, failure):
    here = admin("/settings/users")
    page, asked = here.page, []

    def answer(route):
        asked.append(route)
        if failure == "network":
            route.abort()
        elif failure == "server":
            route.fulfill(status=500, body="Something went wrong")
        else:
            route.fulfill(status=303, headers={"Location": "/login"})

    page.route(SUGGESTIONS, answer)
    name = field(page)
    name.press_sequentially(f"{crew}-anna")
    wait(page, lambda: asked)
    expect(name).to_have_attribute("aria-expanded", "false")
    name.press("Enter")

    expect(page.locator("tbody")).to_contain_text(f"{crew}-anna")
    # Chromium tells of the failed request, as it has to.
    here.faults[:] = [fault for fault in here.faults if "Failed to load resource" not in fault]


def test_every_row_suggests_the_added_ones_too(admin, crew):
    page = admin(NEW_GROUP).page
    page.get_by_label("Name", exact=True).fill(f"Group {secrets.token_hex(4)}")
    for number, name in ((1, "anna"), (2, "bert")):
        row = field(page, f"User name or e-mail {number}")
        row.press_sequentially(f"{crew}-{name[0]}")
        expect(options(page)).to_have_count(1)
        row.press("ArrowDown")
        row.press("Enter")
        if number == 1:
            page.get_by_role("button", name="Add another").click()
    expect(field(page, "User name or e-mail 1")).to_have_value(f"{crew}-anna")
    page.locator("main button.primary").click()

    expect(page.locator("#members")).to_contain_text("2 members")


def test_an_owner_is_suggested_users_or_groups(product, window, organization, crew):
    group = made(product.call("POST", "/api/v1/groups", product.admin, json={"name": f"{crew} Group"}), 201)
    owner = product.member(organization, owner=True)
    here = window()
    page = here.page
    here.sign_in(owner.username, target=f"/login?return_to=/settings/organizations/{organization}/members/new")
    name = field(page, "User name, e-mail or group")
    expect(name).to_be_focused()

    page.keyboard.type(crew)
    expect(options(page)).to_have_count(3)
    expect(page.get_by_role("listbox")).not_to_contain_text("@")
    page.locator("input[name=kind][value=group]").check()
    expect(options(page)).to_have_count(0)
    name.fill("")
    name.press_sequentially(crew)
    expect(options(page)).to_have_text([group["name"]])
    options(page).click()
    page.get_by_role("button", name="Add member").click()

    expect(page.locator("tbody")).to_contain_text(group["name"])


def test_the_audit_log_and_clients_suggest(product, admin, crew):
    robot = product.user(username=f"robot-{crew}", kind="service", password=None, email=None)
    here = admin("/settings/audit-log")
    field(here.page, "Person").press_sequentially(f"{crew}-")
    expect(options(here.page)).to_have_count(3)

    here.open("/settings/oauth2-clients/new?template=machine")
    field(here.page, "Service user").press_sequentially("robot-cr")

    expect(options(here.page)).to_have_count(1)
    expect(options(here.page)).to_contain_text(robot["username"])


def test_without_scripts_the_field_is_as_it_was(admin, crew, group):
    page = admin(f"/settings/groups/{group['id']}", scripts=False).page
    page.get_by_role("textbox", name="User name or e-mail").fill(f"bert@{crew}.example")
    page.get_by_role("button", name="Add member").click()

    expect(page.get_by_role("row", name=f"{crew}-bert")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("target", ["/settings/users", "/settings/audit-log", NEW_GROUP])
def test_the_list_fits_a_small_window(admin, crew, target, dark):
    page = admin(target, width=320, dark=dark).page
    name = page.locator("[data-suggestions]")
    name.press_sequentially(crew)
    expect(options(page)).to_have_count(3)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for option in options(page).all():
        box = option.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320 and box["height"] >= 24
    name.press("ArrowDown")
    expect(selected(page)).to_be_in_viewport()


def wait(page, condition):
    """Until something happened outside of the page; Playwright has to be kept going meanwhile."""
    for _ in range(300):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen")
