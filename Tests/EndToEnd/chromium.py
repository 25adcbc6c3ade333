"""A real browser without a window: Debian's Chromium, driven over the protocol of the W3C (WebDriver)."""

import base64
import hashlib
import os
import signal
import subprocess
import tempfile

import requests

from servers import free_port, stop, wait_until

# WebDriver 12.3: the name of the member that holds an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Chromium:
    """One person's browser with a profile of its own, which trusts the one certificate of the run."""

    def __init__(self, certificate):
        self.profile = tempfile.TemporaryDirectory(prefix="gatehouse-chromium.", dir="/tmp", ignore_cleanup_errors=True)
        port = free_port()
        # A group of its own, so that what it starts ends with it.
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--silent"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOME": self.profile.name, "TMPDIR": self.profile.name},
        )
        self.http = requests.Session()
        self.http.trust_env = False
        self.root = f"http://127.0.0.1:{port}"
        wait_until(self.is_ready, "chromedriver")
        options = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   f"--user-data-dir={self.profile.name}/profile",
                   f"--ignore-certificate-errors-spki-list={spki(certificate)}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        made = self.tell("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "timeouts": {"pageLoad": 30_000, "implicit": 0},
            "goog:chromeOptions": {"args": options},
        }}})
        self.session = f"/session/{made['sessionId']}"

    def is_ready(self):
        try:
            return self.tell("GET", "/status")["ready"]
        except requests.ConnectionError:
            return False

    def tell(self, method, path, body=None):
        """One command of the protocol; answers its value."""
        answer = self.http.request(method, self.root + path, json=body, timeout=60)
        value = answer.json()["value"]
        assert answer.status_code == 200, f"{value['error']}: {value['message']}"
        return value

    def close(self):
        try:
            self.tell("DELETE", self.session)
        finally:
            self.http.close()
            stop(self.driver)
            try:
                os.killpg(self.driver.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.profile.cleanup()

    # What a person does, and sees

    def open(self, address):
        self.tell("POST", f"{self.session}/url", {"url": address})

    @property
    def address(self):
        return self.tell("GET", f"{self.session}/url")

    @property
    def title(self):
        return self.tell("GET", f"{self.session}/title")

    @property
    def source(self):
        return self.tell("GET", f"{self.session}/source")

    @property
    def text(self):
        return self.tell("GET", f"{self.session}/element/{self.one('body')}/text")

    def all(self, selector):
        """The elements that a CSS selector finds."""
        found = self.tell("POST", f"{self.session}/elements", {"using": "css selector", "value": selector})
        return [element[ELEMENT] for element in found]

    def one(self, selector):
        found = self.all(selector)
        assert found, f"no {selector} at {self.address}: {self.source}"
        return found[0]

    def button(self, name):
        """The button or link with these words."""
        path = f"//*[self::button or self::a][normalize-space()={name!r}] | //input[@type='submit' and @value={name!r}]"
        found = self.tell("POST", f"{self.session}/elements", {"using": "xpath", "value": path})
        assert found, f"no button {name} at {self.address}: {self.source}"
        return found[0][ELEMENT]

    def fill(self, selector, text):
        element = self.one(selector)
        self.tell("POST", f"{self.session}/element/{element}/clear", {})
        self.tell("POST", f"{self.session}/element/{element}/value", {"text": text})

    def press(self, name):
        self.tell("POST", f"{self.session}/element/{self.button(name)}/click", {})

    def run(self, script, *arguments):
        return self.tell("POST", f"{self.session}/execute/sync", {"script": script, "args": list(arguments)})

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self.tell("GET", f"{self.session}/cookie")}

    def wait(self, condition, what, seconds=30):
        wait_until(condition, f"{what}; the browser is at {self.address}", seconds)

    def sign_in(self, username, password):
        """At the product's own page."""
        self.fill("input[name=username]", username)
        self.fill("input[name=password]", password)
        self.tell("POST", f"{self.session}/element/{self.one('form [type=submit]')}/click", {})


def spki(certificate):
    """The pin of the certificate's key: SHA-256 over its SubjectPublicKeyInfo."""
    key = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True
    ).stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True, capture_output=True
    ).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
