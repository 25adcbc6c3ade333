"""What people do at the pages, found as they find it: by the words that they read."""

import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

from product import made
from servers import free_port, wait_until

# Narrower than this the sidebar is behind a button.
WIDE = 900


class Steps:
    """One person at one window; every step begins at something that they see and click."""

    def __init__(self, window):
        self.window, self.page = window, window.page

    # The frame

    def go(self, *words):
        """Along links: the sidebar's, then what stands on the pages."""
        if self.page.viewport_size["width"] < WIDE:
            self.page.get_by_text("Menu", exact=True).click()
        for place, name in enumerate(words):
            around = self.page.get_by_role("navigation", name="Main") if place == 0 else self.page.locator("body")
            around.get_by_role("link", name=name).click()

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name):
        return self.page.get_by_role("link", name=name, exact=True)

    def field(self, name):
        return self.page.get_by_label(name, exact=True)

    def row(self, name):
        return self.page.get_by_role("row").filter(has=self.page.get_by_text(name, exact=True))

    def permission(self, group, name):
        """A box in the fieldset of the group."""
        return self.page.get_by_role("group", name=group, exact=True).get_by_label(name)

    # The profile

    def security(self, person):
        self.go(person)
        self.link("Security").click()

    def create_token(self, name, permissions):
        """From the Security tab to the page that shows the value."""
        self.link("Create Token").click()
        self.field("Token Name").fill(name)
        for group, permission in permissions:
            self.permission(group, permission).check()
        self.button("Create Token").click()

    def shown_line(self):
        return self.page.get_by_text("curl -H").inner_text()

    def revoke(self, name):
        self.row(name).get_by_role("link", name="Revoke").click()
        self.button("Revoke").click()

    # Organizations

    def menu(self, organization, entry):
        """An entry of the ⋯ menu of the row."""
        row = self.row(organization)
        row.get_by_text("⋯").click()
        row.get_by_role("link", name=entry).click()


def in_a_shell(product, line):
    """Status and body of what a shell says to the line, which trusts the certificate of the run."""
    line += f" --silent --write-out '\\n%{{http_code}}' --cacert {product.state / 'tls/certificate.pem'}"
    said = subprocess.run(["bash", "-c", line], check=True, capture_output=True, text=True, timeout=30).stdout
    body, _, status = said.rpartition("\n")
    return int(status), body


def until_seen(page, condition, what):
    """Loads the page again until it shows what happens in the background."""
    def is_seen():
        # Uses are written every few seconds, and a page costs more than a look.
        page.wait_for_timeout(250)
        page.reload()
        return condition()

    wait_until(is_seen, what)


def age_sessions(product, username, minutes=16):
    """As if the password had been given that long ago."""
    subprocess.run(
        ["mariadb", "--no-defaults", "--user=root", f"--socket={product.runtime()}/database.sock", "gatehouse", "-e",
         f"UPDATE sessions SET authenticated_at = authenticated_at - INTERVAL {minutes} MINUTE "
         f"WHERE user_id = (SELECT id FROM users WHERE username = '{username}')"],
        check=True, capture_output=True,
    )


class Shop:
    """Another site, on an origin of its own, that signs people in at the product with Authlib."""

    def __init__(self, product):
        self.product = product
        self.port = free_port()
        # A name that browsers know by themselves (RFC 6761, 6.3), of another site than the product's.
        self.base = f"https://shop.localhost:{self.port}"
        self.callback = self.base + "/callback"
        self.client_id = self.client_secret = None
        self.scope = "openid profile pipelines:read"
        # Asked of the product in the address to which people are sent.
        self.wishes = {}
        self.is_pushed = False
        self.token = self.error = None
        self._verifiers = {}

    def session(self, **more):
        session = OAuth2Session(
            self.client_id, self.client_secret, scope=self.scope, redirect_uri=self.callback,
            code_challenge_method="S256", **more)
        session.trust_env = False
        session.verify = str(self.product.state / "tls/certificate.pem")
        return session

    def depart(self):
        """Where somebody is sent who wants to sign in."""
        verifier = generate_token(48)
        with self.session() as session:
            address, state = session.create_authorization_url(
                self.product.base + "/oauth2/authorize", code_verifier=verifier, **self.wishes)
        self._verifiers[state] = verifier
        return self._push(address) if self.is_pushed else address

    def _push(self, address):
        """The same request, told the product behind the browser's back (RFC 9126)."""
        pushed = made(self.product.call(
            "POST", "/oauth2/par", data=dict(parse_qsl(urlsplit(address).query)),
            auth=(self.client_id, self.client_secret)), 201)
        return self.product.base + "/oauth2/authorize?" + urlencode({
            "client_id": self.client_id, "request_uri": pushed["request_uri"]})

    def arrive(self, answer):
        """What the product let the browser bring."""
        verifier = self._verifiers.pop(answer["state"])
        self.error = answer.get("error")
        if self.error:
            return f"<p>No: {self.error}"
        with self.session() as session:
            self.token = session.fetch_token(
                self.product.base + "/oauth2/token", code=answer["code"], state=answer["state"], code_verifier=verifier)
            person = session.get(self.product.base + "/oauth2/userinfo").json()
        return f"<p>Welcome, {person['preferred_username']}"

    def refresh(self):
        with self.session(token=self.token) as session:
            return session.post(self.product.base + "/oauth2/token", data={
                "grant_type": "refresh_token", "refresh_token": self.token["refresh_token"]}, withhold_token=True,
                auth=(self.client_id, self.client_secret))


@contextmanager
def shop(product):
    """A `Shop` that answers browsers."""
    shop = Shop(product)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            if parts.path == "/callback":
                self.say(shop.arrive(dict(parse_qsl(parts.query))))
            elif parts.path == "/":
                self.say("<p><a href=/sign-in>Sign in with Gatehouse</a>")
            elif parts.path == "/sign-in":
                self.send_response(302)
                self.send_header("Location", shop.depart())
                self.end_headers()
            else:
                self.send_response(204)
                self.end_headers()

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say(shop.arrive(dict(parse_qsl(body))))

        def say(self, content):
            body = f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Shop</title>{content}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(product.state / "tls/certificate.pem", product.state / "tls/key.pem")
    with ThreadingHTTPServer(("127.0.0.1", shop.port), Handler) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield shop
        finally:
            server.shutdown()
            thread.join()
