"""Signing in with a browser, through nginx: cookies, forms, where one lands, and what errors look like."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages import Browser, Page
from product import PASSWORD, made

HTML = {"Accept": "text/html"}


@pytest.fixture
def person(product, organization):
    return product.member(organization, roles=["editor"])


@pytest.fixture
def browser(product):
    return Browser(product)


def test_a_person_signs_in_and_out(product, browser, person):
    assert browser.open("/").heading == "Sign in"
    assert browser.page.inputs["username"]["autocomplete"] == "username"

    answer = browser.send("/login", username=person.username.upper(), password=PASSWORD)
    assert answer.status == 303
    session = browser.cookie("session")
    assert re.fullmatch(r"[\w-]{43}", session)
    raw = answer.answer.headers["Set-Cookie"]
    for attribute in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax"):
        assert attribute in raw
    assert "Domain" not in raw

    assert browser.open("/").heading == "Profile"
    assert person.username in browser.page.text
    assert browser.send("/logout").status == 303
    assert browser.cookie("session") is None
    browser.session.cookies.set("__Host-gatehouse-session", session, domain="localhost.local", secure=True)
    assert browser.get("/profile").answer.headers["Location"] == "/login?return_to=/profile"


def test_a_failure_is_the_form_again(browser, person):
    browser.open("/login")

    wrong = browser.send("/login", username=person.username, password="not the password")
    unknown = browser.send("/login", username="nobody-at-all", password=PASSWORD)

    for page in (wrong, unknown):
        assert page.status == 422
        assert "User name or password is wrong." in page.text
        assert page.inputs["username"]["aria-invalid"] == "true"
        assert page.inputs["password"]["value"] == ""
    assert wrong.inputs["username"]["value"] == person.username
    assert browser.cookie("session") is None


def test_wrong_tries_are_throttled_by_the_twentieth(browser, person):
    browser.open("/login")
    for turn in range(20):
        page = browser.send("/login", username=person.username, password=f"wrong {turn}")
        if page.status == 429:
            break

    assert page.status == 429
    assert page.heading == "Sign in"
    assert 0 < int(page.answer.headers["Retry-After"]) <= 900


def test_twenty_parallel_wrong_tries_are_not_more_than_the_limit(product, person):
    def wrong(turn):
        browser = Browser(product)
        browser.open("/login")
        return browser.send("/login", username=person.username, password=f"wrong {turn}").status

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(wrong, range(20)))

    assert set(statuses) <= {422, 429}
    assert statuses.count(422) <= 10


def test_pages_say_what_a_browser_may_do_with_them(browser, person):
    pages = [browser.open("/login"), browser.get("/nothing-here")]
    browser.sign_in(person.username)
    pages.append(browser.open("/profile"))

    for page in pages:
        headers = page.answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Strict-Transport-Security"]
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Content-Encoding" not in headers


def test_style_and_icons_come_from_this_host(product, browser):
    browser.open("/login")

    addresses = re.findall(r'(?:href|src)="(/public/[^"]+)"', browser.page.answer.text)
    assert len(addresses) >= 2
    for address in addresses:
        answer = product.call("GET", address)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] in ("text/css", "image/svg+xml")


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Content-Type": "text/plain"},
])
def test_a_form_from_elsewhere_signs_nobody_in(browser, person, headers):
    browser.open("/login")

    page = browser.send("/login", headers=headers, username=person.username, password=PASSWORD)

    assert page.status in (403, 415)
    assert page.heading
    assert browser.cookie("session") is None


def test_a_form_without_our_token_signs_nobody_in(product, person):
    answer = product.call(
        "POST", "/login", data={"username": person.username, "password": PASSWORD}, headers=HTML)

    assert answer.status_code == 403
    assert Page(answer).heading == "This is not open to you"
    assert "Set-Cookie" not in answer.headers or "session=" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("target", [
    "//evil.example", "/\\evil.example", "/%09/evil.example", "https:evil.example", "@evil.example",
    "javascript:alert(1)", "https://evil.example/profile", "/profile%0d%0aX-Evil:%20yes",
])
def test_nobody_is_led_elsewhere(browser, person, target):
    browser.get("/login", params={"return_to": target})

    browser.send("/login", username=person.username, password=PASSWORD, return_to=target)

    assert browser.page.answer.headers["Location"] == "/profile"
    assert "X-Evil" not in browser.page.answer.headers


def test_one_comes_back_to_where_one_wanted_to_go(browser, person):
    assert browser.open("/profile?a=b%26c").heading == "Sign in"

    browser.send("/login", username=person.username, password=PASSWORD)

    assert browser.page.answer.headers["Location"] == "/profile?a=b%26c"


def test_a_disabled_person_is_out_at_once(product, browser, person):
    browser.sign_in(person.username)
    assert browser.open("/profile").heading == "Profile"

    made(product.call("PATCH", f"/api/v1/users/{person.id}", product.admin, json={"disabled": True}), 200)

    assert browser.open("/profile").heading == "Sign in"


def test_the_password_is_confirmed_once_more(browser, person):
    browser.sign_in(person.username)
    before = browser.cookie("session")

    assert browser.open("/confirm-password?return_to=/profile").heading == "Confirm your password"
    assert browser.send("/confirm-password", password="wrong").status == 422
    assert browser.page.inputs["password"]["aria-invalid"] == "true"
    assert browser.send("/confirm-password", password=PASSWORD).status == 303

    assert browser.cookie("session") != before
    assert browser.follow().heading == "Profile"


def test_errors_are_pages_for_people_and_problems_for_programs(product):
    person = product.call("GET", "/nothing", headers=HTML)
    program = product.call("GET", "/nothing")
    api = product.call("GET", "/api/v1/nothing", headers=HTML)

    assert person.status_code == program.status_code == api.status_code == 404
    assert Page(person).heading == "There is nothing here"
    assert program.json()["code"] == api.json()["code"] == "not_found"


def test_cookies_that_stand_twice_are_refused(product, browser, person):
    browser.sign_in(person.username)
    cookie = f"__Host-gatehouse-session={browser.cookie('session')}"

    once = product.raw("/profile", ("Cookie", cookie))
    for twice in ([("Cookie", cookie), ("Cookie", cookie)], [("Cookie", f"{cookie}; {cookie}")]):
        assert product.raw("/profile", *twice).status == 400
    assert once.status == 200


def test_no_password_and_no_cookie_is_logged(product, browser, person):
    browser.sign_in(person.username)
    browser.open("/profile?secret=in-the-query")

    log = product.log()
    assert PASSWORD not in log
    assert browser.cookie("session") not in log
    assert "in-the-query" not in log


def test_what_nginx_refuses_is_a_page_for_people_too(product, browser):
    large = browser.ask("POST", "/login", data={"username": "a" * 70_000})
    program = product.call("POST", "/login", data={"username": "a" * 70_000})
    api = product.call("POST", "/auth/login", data="a" * 70_000, headers=HTML)

    assert large.status == program.status_code == api.status_code == 413
    assert large.heading == "Content Too Large"
    assert large.answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in large.answer.headers["Content-Security-Policy"]
    assert program.json()["code"] == api.json()["code"] == "content_too_large"
