"""The whole product, started as a person starts it: through scripts/run."""

import base64
import json
import os
import re
import secrets
import signal
import subprocess
import threading
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

from servers import CHECKOUT, free_port, wait_until
from wire import ask

ENGINE = "/api/v1/engine"
PASSWORD = "nine otters in a river"



def heed_signals():
    """A shell can't trap what was ignored when it began, and under nohup or behind a & some are."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Product:
    """One `make run` with its own ports and state folder."""

    def __init__(self, state, binary, **environment):
        self.state = Path(state)
        self.binary = binary
        self.environment = environment
        self.port, self.http_port = free_port(), free_port()
        self.base = f"https://localhost:{self.port}"
        self.output = []
        self.run = None
        self.admin_password = None

    # Life

    def start(self, expect_ready=True):
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")},
            "GATEHOUSE_HTTPS_PORT": str(self.port),
            "GATEHOUSE_HTTP_PORT": str(self.http_port),
            "GATEHOUSE_STATE": str(self.state),
            "GATEHOUSE_BINARY": str(self.binary),
            **{name: value for name, value in self.environment.items() if value is not None},
        }
        self.output = []
        self.run = subprocess.Popen(
            [CHECKOUT / "scripts/run"], env=environment, cwd=CHECKOUT, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=heed_signals,
        )
        ready = threading.Event()
        reader = threading.Thread(target=self._read, args=(self.run.stdout, ready), daemon=True)
        reader.start()
        if expect_ready:
            wait_until(lambda: ready.is_set() or self.run.poll() is not None, "the product to start", 90)
            assert self.run.poll() is None, self.said()
            shown = re.search(r"^ +password +(\S+) \((?:shown|from)", self.said(), re.MULTILINE)
            if shown:
                self.admin_password = shown[1]
        else:
            self.run.wait(90)
            reader.join(10)
        return self

    def _read(self, stream, ready):
        with stream:
            for line in stream:
                self.output.append(line)
                if line.startswith("Ctrl-C stops everything"):
                    ready.set()
        ready.set()

    def said(self):
        return "".join(self.output)

    def stop(self, how=signal.SIGINT):
        """Ctrl-C; answers the exit status."""
        if self.run and self.run.poll() is None:
            self.run.send_signal(how)
            self.run.wait(60)
        return self.run.returncode if self.run else None

    def pid(self, name):
        """The process that `make run` started under this name."""
        for line in (self.state / "processes").read_text().splitlines()[1:]:
            pid, _, started = line.split()
            if started == name:
                return int(pid)
        raise AssertionError(f"no {name} in {self.state}/processes")

    def workers(self, pool=None):
        """Processes of the pools, children of the supervisor."""
        return [
            pid for pid in children(self.pid("gatehouse"))
            if (words := command_line(pid))[1:2] == ["worker"] and (pool is None or pool in words)
        ]

    def runtime(self):
        elsewhere = self.state / "runtime"
        return Path(elsewhere.read_text().strip()) if elsewhere.exists() else self.state / "run"

    def log(self):
        return (self.state / "logs/gatehouse.log").read_text()

    def command(self, *words, input=None, **environment):
        """Runs a command of the binary with the settings that the supervisor has."""
        raw = Path(f"/proc/{self.pid('gatehouse')}/environ").read_bytes()
        settings = dict(line.split("=", 1) for line in raw.decode().split("\0") if "=" in line)
        return subprocess.run(
            [self.binary, *words], env={**settings, **environment}, cwd=CHECKOUT, input=input, text=True,
            capture_output=True, timeout=60,
        )

    # Requests

    def call(self, method, path, credential=None, organization=None, base=None, **options):
        headers = dict(options.pop("headers", {}))
        if credential:
            headers.setdefault("Authorization", f"Bearer {credential}")
        if organization:
            headers.setdefault("X-Organization-ID", organization)
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, (base or self.base) + path, headers=headers, timeout=30, allow_redirects=False,
                verify=str(self.state / "tls/certificate.pem"), **options,
            )

    def client(self, connections=1):
        """A session that keeps its connections."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.state / "tls/certificate.pem")
        session.mount("https://", HTTPAdapter(pool_connections=connections, pool_maxsize=connections))
        return session

    def raw(self, target, *headers, **options):
        return ask(self.port, target, headers, host=f"localhost:{self.port}", **options)

    def sign_in(self, username, password=PASSWORD, **more):
        return self.call("POST", "/auth/login", json={"username": username, "password": password, **more})

    # People and what they hold

    @property
    def admin(self):
        """A sign-in token of the first administrator, made once."""
        if not getattr(self, "_admin", None):
            self._admin = made(self.sign_in("admin", self.admin_password), 200)["tkn"]
        return self._admin

    def default_organization(self):
        listed = made(self.call("GET", "/api/v1/organizations", self.admin), 200)
        return next(one["id"] for one in listed["data"] if one["slug"] == "default")

    def organization(self, level="basic"):
        name = f"Plant {secrets.token_hex(4)}"
        return made(
            self.call("POST", "/api/v1/organizations", self.admin, json={"name": name, "rbac_level": level}), 201
        )

    def user(self, **more):
        """Somebody new, who belongs to no organization."""
        username = f"user-{secrets.token_hex(5)}"
        return made(self.call("POST", "/api/v1/users", self.admin, json={
            "username": username, "email": f"{username}@example.com", "display_name": "Somebody",
            "password": PASSWORD, **more,
        }), 201)

    def member(self, organization, roles=("admin",), owner=False):
        """Somebody new in an organization, signed in."""
        user = self.user()
        self.add_member(organization, user["id"], roles, owner)
        return Person(self, user, organization)

    def add_member(self, organization, user_id, roles, owner=False):
        return made(self.call("POST", f"/api/v1/organizations/{organization}/members", self.admin, json={
            "user_id": user_id, "roles": list(roles), "owner": owner,
        }), 201)

    def create_token(self, credential, organization, scopes=("pipelines:read",), name="ERP Data Sync", **more):
        body = {"name": name, **more}
        if scopes is not None:
            body["scopes"] = list(scopes)
        return self.call("POST", "/api/v1/tokens", credential, organization, json=body)


class Person:
    """Somebody signed in, with the organization they act in."""

    def __init__(self, product, user, organization):
        self.product = product
        self.user = user
        self.id = user["id"]
        self.username = user["username"]
        self.organization = organization
        self.session = made(product.sign_in(self.username), 200)["tkn"]

    def call(self, method, path, **options):
        return self.product.call(method, path, self.session, self.organization, **options)

    def token(self, *scopes, **more):
        """A personal access token with all its fields."""
        return made(self.product.create_token(self.session, self.organization, scopes or None, **more), 201)

    def gate(self, token, path="/pipelines", method="GET", **options):
        return self.product.call(method, ENGINE + path, token["token"], self.organization, **options)


def made(answer, status):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def refused(answer, status, code=None):
    """Checks a problem and answers it."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert set(problem) >= {"type", "title", "status", "detail", "code", "request_id"}
    assert answer.headers["X-Request-ID"] == problem["request_id"]
    if code:
        assert problem["code"] == code, problem
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="')
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) > 0
    return problem


def claims(jwt, part=1):
    """The header (0) or claims (1) of a JWT, unchecked."""
    text = jwt.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def children(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def command_line(pid):
    """Its words; none when it ended since it was listed."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return []
