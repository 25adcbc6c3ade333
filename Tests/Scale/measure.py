"""The table of `Tests/Scale/measure`: the list pages of a big platform, as two people see them."""

import argparse
import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from pages import Browser
from product import PASSWORD, Product, heed_signals
from servers import CHECKOUT

TRIES = 11
# Nothing of what was loaded is swept up meanwhile.
SETTINGS = {"GATEHOUSE_AUDIT_RETENTION_DAYS": "3650"}
# The loader's: user1 is system administrator and owner of nearly every organization, user2 owner of the one with a
# fifth of all users, with 50 tokens.
ADMINISTRATOR, OWNER = "user1", "user2"


def load(state, binary, fraction):
    """Fills the database of a state folder before anything else is in it."""
    run = subprocess.Popen(
        [CHECKOUT / "scripts/run", "database"], text=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env={**os.environ, "GATEHOUSE_STATE": str(state), "GATEHOUSE_BINARY": str(binary)}, start_new_session=True,
        preexec_fn=heed_signals,
    )
    try:
        said = []
        for line in run.stdout:
            said.append(line)
            if line.startswith("Ctrl-C stops it"):
                break
        socket = re.search(r"--socket=(\S+)", "".join(said))
        assert socket, "".join(said)
        print("Loading.", flush=True)
        begin = time.monotonic()
        subprocess.run(
            [CHECKOUT / "Tests/Scale/load", "--fraction", fraction, "--user=root", f"--socket={socket[1]}", "gatehouse"],
            check=True, stdout=subprocess.DEVNULL,
        )
        print(f"Loaded in {time.monotonic() - begin:.0f} s.", flush=True)
    finally:
        run.send_signal(signal.SIGINT)
        run.stdout.read()
        run.wait(120)
    (state / "loaded").write_text(fraction)


class Reader:
    """Somebody signed in, in front of pages that are measured."""

    def __init__(self, product, name):
        self.product = product
        self.name = name
        done = product.command("user", "password", name, "--password-stdin", input=PASSWORD + "\n")
        assert done.returncode == 0, done.stderr
        self.browser = Browser(product)
        self.browser.sign_in(name)
        assert self.browser.follow().status == 200
        self.parts = {}

    def part(self, path):
        if path not in self.parts:
            self.parts[path] = len(self.product.call("GET", path).content)
        return self.parts[path]

    def measure(self, target):
        """Milliseconds of the median and of the slowest try, bytes of HTML, and of all with CSS and JS."""
        answer = self.browser.get(target).answer
        assert answer.status_code == 200, f"{target}: {answer.status_code}"
        times = []
        for _ in range(TRIES):
            begin = time.perf_counter()
            again = self.browser.session.get(self.product.base + target, headers={"Accept": "text/html"}, timeout=60)
            times.append((time.perf_counter() - begin) * 1000)
            assert again.status_code == 200
        html = len(answer.content)
        parts = set(re.findall(r'(?:src|href)="(/public/(?:css|js)/[^"]+)"', answer.text))
        return statistics.median(times), max(times), html, html + sum(self.part(part) for part in parts)

    def deeper(self, target, pages=3):
        """The address of a page further on in a list."""
        for _ in range(pages):
            page = self.browser.get(target)
            further = [link for link in page.links if link and "after=" in link]
            if not further:
                break
            target = further[0]
        return target


def targets(product, reader, known):
    """What each of the two looks at: a name, and an address."""
    organization = f"/settings/organizations/{known['organization']}"
    common = [
        ("profile", "/profile"),
        ("security: 50 tokens, hundreds of sessions", "/profile/security"),
        ("security, further on", reader.deeper("/profile/security")),
        ("create token", "/profile/security/tokens/new"),
        ("organizations", "/settings/organizations"),
        ("organizations, further on", reader.deeper("/settings/organizations")),
        ("an organization", organization),
        ("members (20,000)", organization + "/members"),
        ("members, further on", reader.deeper(organization + "/members")),
        ("roles", organization + "/roles"),
        ("API keys (2,000)", "/settings/api-keys"),
        ("API keys, further on", reader.deeper("/settings/api-keys")),
    ]
    log = "/settings/audit-log"
    filters = [
        ("", ""), (" by person", "person=user1"), (" by action", "action=member.updated"),
        (" by rare action", "action=organization.deleted"), (" by outcome", "outcome=error"),
        (" by time", "from=2026-01-01T00:00&to=2026-02-01T00:00"),
        (" by person, action, outcome", "person=user1&action=personal_access_token.created&outcome=denied"),
        (" by a stranger", "person=user99999&action=role.updated&outcome=error"),
    ]
    if reader.name == ADMINISTRATOR:
        filters += [
            (" by organization", "organization=org1"),
            (" by person and another's organization", "person=key10&organization=org8"),
            (" by all", "person=user1&organization=org1&action=member.updated&outcome=success"
             "&from=2025-06-01T00:00&to=2026-06-01T00:00"),
        ]
    common += [("audit log" + name, f"{log}?{query}" if query else log) for name, query in filters]
    common.append(("audit log, further on", reader.deeper(log, 5)))
    if reader.name != ADMINISTRATOR:
        return common
    clients = "/settings/oauth2-clients"
    return common + [
        ("users (100,000)", "/settings/users"),
        ("users, further on", reader.deeper("/settings/users")),
        ("users, by name", "/settings/users?name=user4711"),
        ("a user: 50 tokens", f"/settings/users/{known['owner']}"),
        ("a user: hundreds of sessions", f"/settings/users/{known['administrator']}"),
        ("groups (2,000)", "/settings/groups"),
        ("groups, further on", reader.deeper("/settings/groups")),
        ("a group", f"/settings/groups/{known['group']}"),
        ("clients (5,000)", clients),
        ("clients, further on", reader.deeper(clients)),
        ("clients, by text", f"{clients}?text=client4711"),
        ("clients, by text that none has", f"{clients}?text={quote('no such client')}"),
        ("clients, by type", f"{clients}?type=confidential"),
        ("clients, by status", f"{clients}?status=disabled"),
        ("clients, by type that none has", f"{clients}?type=public"),
        ("a client", f"{clients}/{known['client']}"),
        ("custom scopes (5,000)", f"{clients}/scopes"),
    ]


def known(product):
    """Ids of the loader's rows."""
    def ask(sql):
        socket = product.runtime() / "database.sock"
        return subprocess.run(
            ["mariadb", "--no-defaults", "--user=root", f"--socket={socket}", "-N", "-B", "gatehouse", "-e", sql],
            check=True, capture_output=True, text=True,
        ).stdout.strip()
    return {
        "organization": ask("SELECT id FROM organizations WHERE slug = 'org1'"),
        "administrator": ask(f"SELECT id FROM users WHERE username = '{ADMINISTRATOR}'"),
        "owner": ask(f"SELECT id FROM users WHERE username = '{OWNER}'"),
        "group": ask("SELECT id FROM `groups` WHERE name = 'group7'"),
        "client": ask("SELECT id FROM oauth2_clients WHERE name = 'client7'"),
    }


def measure(state, binary, fraction):
    if not (state / "loaded").exists():
        load(state, binary, fraction)
    product = Product(state, binary, **SETTINGS).start()
    try:
        found = known(product)
        print("| page | administrator, ms | owner, ms | slowest try, ms | HTML, kB | with CSS and JS, kB |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        rows = {}
        for name in (ADMINISTRATOR, OWNER):
            reader = Reader(product, name)
            # The organization with the most of everything is the current one.
            reader.browser.open("/profile")
            reader.browser.send("/profile/organization", organization=found["organization"])
            for title, target in targets(product, reader, found):
                rows.setdefault(title, {})[name] = reader.measure(target)
        for title, row in rows.items():
            medians = [f"{row[name][0]:.0f}" if name in row else "" for name in (ADMINISTRATOR, OWNER)]
            slowest, html, whole = (max(one[index] for one in row.values()) for index in (1, 2, 3))
            print(f"| {title} | {' | '.join(medians)} | {slowest:.0f} | {html / 1000:.1f} | {whole / 1000:.1f} |")
    finally:
        product.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--fraction", default="1")
    options.add_argument("--state", type=Path)
    options = options.parse_args()
    binary = Path(os.environ["GATEHOUSE_BINARY"]).resolve()
    if options.state:
        options.state.mkdir(parents=True, exist_ok=True)
        return measure(options.state.resolve(), binary, options.fraction)
    with tempfile.TemporaryDirectory(prefix="gatehouse-scale.") as folder:
        measure(Path(folder), binary, options.fraction)


main()
