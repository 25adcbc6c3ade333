"""A real browser without a window: Debian's Chromium, driven with Playwright."""

import base64
import hashlib
import os
import shutil
import subprocess
from urllib.parse import urlsplit

from playwright.sync_api import expect, sync_playwright

from product import PASSWORD

# A page is not slow on a machine that tests; this is the patience before a test fails.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


class Chromium:
    """The browser, which trusts the one certificate of the run. One at a time: Playwright holds the thread's event loop."""

    def __init__(self, product):
        self.product = product
        self.playwright = sync_playwright().start()
        options = [f"--ignore-certificate-errors-spki-list={spki(product.state / 'tls/certificate.pem')}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        self.browser = self.playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)

    def window(self, **options):
        return Window(self.browser, self.product.base, **options)

    def close(self):
        self.browser.close()
        self.playwright.stop()


class Window:
    """One person in front of the browser, with cookies of their own; notes what no page may do."""

    def __init__(self, browser, base, width=1280, height=800, dark=False, scripts=True):
        self.base = base
        # Where a page may lead and load from; a test of a foreign site adds it.
        self.origins = {base}
        self.faults = []
        self.context = browser.new_context(
            base_url=base, viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
            java_script_enabled=scripts, reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error of a script: {error}"))
        self.page.on("request", self._note_request)

    def _note_console(self, message):
        # Chromium reports the 4xx of a page that a person was meant to see, too.
        where = message.location["url"]
        is_page = message.text.startswith("Failed to load resource") and where == self.page.url
        is_foreign = origin(where) in self.origins - {self.base}
        if message.type in ("error", "warning") and not is_page and not is_foreign:
            self.faults.append(f"console: {message.text} ({where})")

    def _note_request(self, request):
        if not request.url.startswith(("data:", "blob:")) and origin(request.url) not in self.origins:
            self.faults.append(f"request to another host: {request.url}")

    def open(self, target):
        return self.page.goto(target)

    def sign_in(self, username, password=PASSWORD, target="/login"):
        """At the product's own page, wherever it asks."""
        if target:
            self.open(target)
        self.page.get_by_label("User name or e-mail").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def allow_clipboard(self):
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.base)

    def deny_clipboard(self):
        """Playwright can only grant; a prompt that nobody answers would stay open for ever."""
        devtools = self.context.new_cdp_session(self.page)
        window = devtools.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
        devtools.send("Browser.setPermission", {
            "permission": {"name": "clipboard-write"}, "setting": "denied", "browserContextId": window})

    def copied(self):
        return self.page.evaluate("navigator.clipboard.readText()")

    def close(self):
        self.context.close()
        assert not self.faults, self.faults


def origin(address):
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def spki(certificate):
    """The pin of the certificate's key: SHA-256 over its SubjectPublicKeyInfo."""
    key = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True
    ).stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True, capture_output=True
    ).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
