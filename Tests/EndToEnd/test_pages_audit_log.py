"""The audit log through nginx, as a system administrator and an owner read it: first with a browser that has no
scripts, then with Chromium."""

import csv
import io
import re
import signal
import subprocess
from datetime import datetime, timedelta, timezone
from os import kill
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages import Browser, weight
from product import made
from servers import wait_until

HOME = "/settings/audit-log"
CSV = HOME + "/csv"


@pytest.fixture
def root(product):
    """A system administrator."""
    return product.user(system_administrator=True)


@pytest.fixture
def browser(product, root):
    browser = Browser(product)
    browser.sign_in(root["username"])
    return browser


@pytest.fixture
def owner(product, organization):
    return product.member(organization, owner=True)


def signed_in(product, person):
    browser = Browser(product)
    browser.sign_in(person.username)
    return browser


def search(browser, **typed):
    """Fills in the filter and sends it, as a browser sends a form with GET."""
    form = browser.open(HOME).form(HOME)
    fields = {**dict(form.fields), **typed}
    return browser.get(HOME, params=fields)


def actions(page):
    return re.findall(r'<span class="hint"><code>([a-z0-9_]+\.[a-z_]+)</code>', page.answer.text)


def download(browser, page):
    """The file that the page leads to, by line."""
    link = next(one for one in page.links if one and one.startswith(CSV))
    answer = browser.get(link).answer
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_a_token_is_followed_from_making_to_revoking(product, browser, owner):
    token = owner.token("pipelines:read", name="ERP Data Sync")
    made(owner.call("POST", f"/api/v1/tokens/{token['id']}/revoke"), 200)

    page = search(browser, person=owner.username, organization=owner.organization)

    assert actions(page)[:2] == ["personal_access_token.revoked", "personal_access_token.created"]
    assert "Created a personal access token" in page.text and "ERP Data Sync" in page.text
    assert "scopes: none → pipelines:read" in page.text
    assert token["token"] not in page.answer.text and token["token"].split(".")[2] not in page.answer.text
    lines = download(browser, page)
    assert [line["action"] for line in lines[:2]] == actions(page)[:2]
    assert lines[0]["actor_name"] == owner.username and lines[0]["organization_id"] == owner.organization
    assert lines[0]["target_name"] == "ERP Data Sync" and lines[0]["outcome"] == "success"
    assert token["token"].split(".")[2] not in browser.page.answer.text


def test_the_filter_finds_by_all_that_it_asks_for(product, browser):
    user = product.user()
    product.sign_in(user["username"], "not this one, surely")
    made(product.sign_in(user["username"]), 200)
    now = datetime.now(timezone.utc)

    page = search(browser, action="sign_in.succeeded", person=user["email"])
    assert actions(page) == ["sign_in.succeeded"]
    assert page.inputs["person"]["value"] == user["email"]
    assert actions(search(browser, person=user["id"], outcome="error")) == []
    assert "No event is like this." in browser.page.text
    tomorrow = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    hour = (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert actions(search(browser, person=user["id"], **{"from": tomorrow})) == []
    assert actions(search(browser, person=user["id"], to=hour)) == []
    assert "sign_in.succeeded" in actions(search(browser, person=user["id"], to=tomorrow, **{"from": hour}))

    page = search(browser, organization="nowhere at all")
    assert page.status == 422 and page.inputs["organization"]["aria-invalid"] == "true"
    assert page.inputs["organization"]["value"] == "nowhere at all"
    assert browser.get(f"{HOME}?from=yesterday").status == 422
    assert browser.get(f"{CSV}?outcome=maybe").status == 422


def test_an_owner_reads_their_organization_alone(product, owner):
    other = product.member(product.organization()["id"], owner=True)
    other.token("pipelines:read", name="Theirs")
    owner.token("pipelines:read", name="Ours")
    browser = signed_in(product, owner)

    for target in (HOME, f"{HOME}?organization={other.organization}"):
        page = browser.open(target)
        assert page.status == 200 and "Ours" in page.text and "Theirs" not in page.text
        lines = download(browser, page)
        assert {line["organization_id"] for line in lines} == {owner.organization}
    assert "organization" not in browser.open(HOME).inputs
    assert HOME in browser.open("/profile").links


def test_others_are_refused(product, organization):
    browser = signed_in(product, product.member(organization, roles=["admin"]))

    for target in (HOME, CSV):
        page = browser.get(target)
        assert page.status == 403 and page.heading == "This is not open to you"
    assert HOME not in browser.open("/profile").links


def test_no_cell_is_a_formula(product, browser, owner):
    for name in ('=HYPERLINK("https://evil.example";"x")', "+1", "-1", "@SUM(1)", 'a, "b"', "שלום"):
        owner.token("pipelines:read", name=name)

    page = search(browser, person=owner.username, action="personal_access_token.created")
    names = [line["target_name"] for line in download(browser, page)]

    assert names == ["שלום", 'a, "b"', "'@SUM(1)", "'-1", "'+1", "'=HYPERLINK(\"https://evil.example\";\"x\")"]
    assert "=HYPERLINK" in page.text


def test_a_long_log_goes_on_and_is_downloaded_whole(product, browser, owner):
    for number in range(23):
        made(owner.call("POST", f"/api/v1/tokens/{owner.token('pipelines:read')['id']}/revoke"), 200)

    page = search(browser, organization=owner.organization, action="personal_access_token.revoked")
    assert len(actions(page)) == 20
    older = next(one for one in page.links if one and "after=" in one)
    assert len(actions(browser.open(older))) == 3 and "Newest" in browser.page.text
    assert len(download(browser, page)) == 23


def test_the_page_is_light(product, browser, owner):
    scopes = [f"{group}:{verb}" for group in ("pipelines", "models", "connectors") for verb in ("read", "write")]
    for number in range(20):
        owner.token(*scopes, name=f"{number} " + "long name " * 20)

    for page in (browser.open(HOME), search(browser, organization=owner.organization)):
        assert page.status == 200
        assert weight(product, page.answer.text) < 60_000, page.answer.url


# A file that is too long to be made in memory

EVENTS = 60_000
LONG = CSV + "?action=role.updated"


@pytest.fixture(scope="module")
def long_log(own_product):
    """Somebody who may read a trail with many events, put there by the database itself."""
    subprocess.run(
        ["mariadb", "--no-defaults", "--user=root", f"--socket={own_product.runtime()}/database.sock", "gatehouse", "-e",
         f"""INSERT INTO audit_events (id, time, action, outcome, reason, request_id, address, user_agent, changes)
             SELECT CONCAT(LPAD(HEX(1767225600000 + 1000 * seq), 12, '0'), '70008000', LPAD(HEX(seq), 12, '0')),
                 '2026-01-01' + INTERVAL seq SECOND, 'role.updated', 'success', CONCAT('number ', seq), 'request',
                 '192.0.2.1', REPEAT('agent ', 40), '{{}}'
             FROM seq_1_to_{EVENTS}"""],
        check=True,
    )
    root = own_product.user(system_administrator=True)
    browser = Browser(own_product)
    browser.sign_in(root["username"])
    return browser


def test_a_long_log_is_downloaded_whole_and_held_nowhere(own_product, long_log):
    worker, = own_product.workers("web")
    memory = Path(f"/proc/{worker}/status")

    def kilobytes(name):
        return int(re.search(rf"{name}:\s+(\d+)", memory.read_text())[1])

    assert long_log.get(LONG + "&outcome=error").status == 200
    # proc(5): 5 resets the peak.
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    before = kilobytes("VmRSS")
    answer = long_log.session.get(own_product.base + LONG, timeout=60)

    assert answer.status_code == 200 and "Content-Length" not in answer.headers
    lines = answer.content.decode().split("\r\n")
    assert lines.pop() == "" and lines.pop(0).startswith("time,actor_kind,")
    assert [int(re.search(r",number (\d+),", line)[1]) for line in lines] == list(range(EVENTS, 0, -1))
    assert len(answer.content) > 20_000_000
    grown = kilobytes("VmHWM") - before
    assert grown < 12_000, f"the worker grew by {grown} kB"


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_a_download_that_breaks_off_does_not_look_whole(own_product, long_log, version):
    worker, = own_product.workers("web")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in long_log.session.cookies)

    with subprocess.Popen(
        ["curl", "--silent", "--noproxy", "*", "--cacert", own_product.state / "tls/certificate.pem", version,
         "--cookie", cookies, own_product.base + LONG], stdout=subprocess.PIPE,
    ) as curl:
        # It waits for us to read, and the worker for it.
        begin = curl.stdout.read(1000)
        kill(worker, signal.SIGKILL)
        rest = curl.stdout.read()

    assert begin.startswith(b"time,actor_kind,") and len(rest) < 20_000_000
    # curl(1): 18, partial file; 56, failure in receiving; 92, stream error in HTTP/2.
    assert curl.returncode in (18, 56, 92)
    wait_until(lambda: set(own_product.workers("web")) - {worker}, "a new worker")
    wait_until(lambda: long_log.get(HOME).status == 200, "its answer")


# With scripts


def test_the_log_is_filtered(window, root, owner):
    owner.token("pipelines:read")
    here = window()
    page = here.page
    here.sign_in(root["username"], target=f"/login?return_to={HOME}")

    page.get_by_label("Person").fill(owner.username)
    page.get_by_role("button", name="Filter").click()

    expect(page).to_have_url(re.compile(f"person={owner.username}"))
    expect(page.get_by_role("main")).to_contain_text("Created a personal access token")
