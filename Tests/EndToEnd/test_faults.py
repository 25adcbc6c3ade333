"""Faults that the product survives, each made while requests come in."""

import os
import resource
import signal
import socket
import statistics
import subprocess
import threading
import time

import pytest
import requests

from product import ENGINE, command_line, made, refused
from servers import wait_until
from wire import ask, connect, received


@pytest.fixture(scope="module")
def token(own_product):
    organization = own_product.default_organization()
    return made(own_product.create_token(own_product.admin, organization), 201)["token"], organization


def gate(product, token):
    return product.call("GET", f"{ENGINE}/pipelines", *token)


class Load:
    """Requests from several threads, until it is told to end: when each began and ended, and how."""

    def __init__(self, product, token, path=f"{ENGINE}/pipelines", threads=4):
        self.product, self.asked, self.ending = product, [], threading.Event()
        self.url = product.base + path
        self.headers = {"Authorization": f"Bearer {token[0]}", "X-Organization-ID": token[1]}
        self.threads = [threading.Thread(target=self.ask) for _ in range(threads)]

    def ask(self):
        with self.product.client() as session:
            while not self.ending.is_set():
                begin = time.monotonic()
                try:
                    outcome = self.answer(session).status_code
                except requests.RequestException as error:
                    outcome = repr(error)
                self.asked.append((begin, time.monotonic(), outcome))

    def answer(self, session):
        """As every client does (RFC 9112, 9.3.1), asks again when an idle connection was closed under it."""
        try:
            return session.get(self.url, headers=self.headers, timeout=30)
        except requests.ConnectionError as error:
            if "without response" not in repr(error):
                raise
            return session.get(self.url, headers=self.headers, timeout=30)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for(20)
        return self

    def wait_for(self, more):
        enough = len(self.asked) + more
        wait_until(lambda: len(self.asked) >= enough, f"{more} more requests", 60)

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def failed(self):
        return [one for one in self.asked if one[2] != 200]


@pytest.mark.parametrize("pool,path", [("gate", f"{ENGINE}/pipelines"), ("web", "/auth/me")])
def test_a_killed_worker_is_replaced_and_fails_only_what_it_held(own_product, token, pool, path):
    kills = []
    with Load(own_product, token, path) as load:
        for _ in range(3):
            worker = own_product.workers(pool)[0]
            begin = time.monotonic()
            os.kill(worker, signal.SIGKILL)
            wait_until(lambda: worker not in own_product.workers(pool), "the worker to end", 20)
            kills.append((begin, time.monotonic()))
            wait_until(lambda: own_product.workers(pool), "a new worker", 20)
            load.wait_for(80)

    # A request that fails was under way when a worker died, at most one of each thread.
    for begin, end, outcome in load.failed():
        assert outcome in (502, 503)
        assert any(begin <= gone and end >= killed for killed, gone in kills), (begin, end, kills)
    assert len(load.failed()) <= len(kills) * len(load.threads)


def test_a_reload_fails_no_request_and_brings_new_workers(own_product, token):
    before = set(own_product.workers())

    with Load(own_product, token) as gate_load, Load(own_product, token, "/auth/me", 2) as web_load:
        os.kill(own_product.pid("gatehouse"), signal.SIGHUP)
        wait_until(
            lambda: own_product.workers() and not before & set(own_product.workers()), "the old workers to end", 40
        )
        gate_load.wait_for(40)
        web_load.wait_for(20)

    assert gate_load.failed() == [] and web_load.failed() == []


def test_the_database_stopped_means_503_and_nobody_let_through_until_it_is_back(own_product, token):
    pid = own_product.pid("database")
    command = command_line(pid)
    workers = own_product.workers()
    assert gate(own_product, token).status_code == 200

    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "MariaDB to end", 30)
    ended = time.monotonic()
    passed = [ended]

    def is_refused():
        begin = time.monotonic()
        status = gate(own_product, token).status_code
        if status == 200:
            passed.append(begin)
        return status == 503

    wait_until(is_refused, "the decision to be too old", 20)
    meanwhile = [gate(own_product, token) for _ in range(20)]
    never_seen = gate(own_product, ("never-seen", token[1]))
    ready = own_product.call("GET", "/readyz")
    sign_in = own_product.sign_in("admin", own_product.admin_password)
    listed = own_product.call("GET", "/api/v1/tokens", own_product.admin)
    for_clients = own_product.call("POST", "/oauth2/token", data={
        "grant_type": "client_credentials", "client_id": "01920000-0000-7000-8000-000000000001",
        "client_secret": "x",
    })
    living = own_product.call("GET", "/healthz")

    # From now on it is init's child, and the run ends it by its pid file.
    subprocess.run(
        ["setsid", "--fork", *command], check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: own_product.call("GET", "/readyz").status_code == 200, "readiness", 60)
    back = [gate(own_product, token).status_code for _ in range(20)]
    signed_in = own_product.sign_in("admin", own_product.admin_password).status_code

    # A decision not older than five seconds still counts, nothing else does.
    assert passed[-1] - ended <= 5
    for answer in (*meanwhile, ready, sign_in, listed):
        refused(answer, 503)
    assert never_seen.status_code in (401, 503)
    assert for_clients.status_code == 503 and int(for_clients.headers["Retry-After"]) > 0
    assert for_clients.headers["Content-Type"] == "application/json"
    assert for_clients.json()["error"] == "temporarily_unavailable"
    assert living.status_code == 200
    assert set(back) == {200} and signed_in == 200
    assert own_product.workers() == workers, "nothing was restarted for it"


def test_a_reload_of_nginx_fails_no_request(own_product, token):
    with Load(own_product, token) as load:
        for _ in range(3):
            os.kill(own_product.pid("nginx"), signal.SIGHUP)
            load.wait_for(60)

    assert load.failed() == []


def test_half_a_body_holds_nobody_up(own_product, token):
    half = []
    for _ in range(40):
        connection = connect(own_product.port)
        connection.sendall(
            b"POST /auth/login HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{\"username\":" % own_product.port
        )
        half.append(connection)

    assert own_product.call("GET", "/auth/me", own_product.admin).status_code == 200
    assert gate(own_product, token).status_code == 200
    for connection in half:
        connection.settimeout(20)
        assert b" 200 " not in received(connection)[:20]
        connection.close()


def test_half_a_body_on_the_socket_itself_holds_nobody_up(own_product, token):
    """More of them than there are threads: what is read is read before a thread is given to it."""
    half = []
    try:
        for _ in range(40):
            connection = socket.socket(socket.AF_UNIX)
            half.append(connection)
            connection.connect(str(own_product.runtime() / "web.sock"))
            connection.sendall(
                BEGIN + record(4, parameters(own_product, "POST", "/auth/login", CONTENT_LENGTH="1000")) + record(4)
                + record(5, b'{"username":')
            )

        begin = time.monotonic()
        assert own_product.call("GET", "/auth/me", own_product.admin).status_code == 200
        assert gate(own_product, token).status_code == 200
        assert time.monotonic() - begin < 5
    finally:
        for connection in half:
            connection.close()
    assert own_product.call("GET", "/auth/me", own_product.admin).status_code == 200


def record(type, content=b"", id=1, version=1, length=None, padding=0):
    length = len(content) if length is None else length
    return bytes([version, type, id >> 8, id & 255, length >> 8, length & 255, padding, 0]) + content


def parameters(product, method, path, **more):
    """What nginx tells the web pool of a request."""
    pairs = {
        "REQUEST_METHOD": method, "REQUEST_URI": path, "SCRIPT_NAME": path, "DOCUMENT_URI": path,
        "HTTP_HOST": f"localhost:{product.port}", "HTTPS": "on", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1", **more,
    }
    return b"".join(
        bytes([len(name), len(value)]) + name.encode() + value.encode() for name, value in pairs.items()
    )


BEGIN = record(1, bytes([0, 1, 1, 0, 0, 0, 0, 0]))


MALFORMED = {
    "zeros": b"\x00" * 64,
    "ones": b"\xff" * 64,
    "plain HTTP": b"GET / HTTP/1.1\r\n\r\n",
    "another version": record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0]), version=2),
    "an unknown type": record(99),
    "a short beginning": record(1, b"\x00\x01"),
    "less than it says": BEGIN + record(4, b"\x0f", length=65535),
    "half a length": BEGIN + record(4, b"\x7f\xff\xff\xff"),
    "lengths beyond all": BEGIN + record(4, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
    "a cut length": BEGIN + record(4, b"\x80\x00"),
    "a cut name": BEGIN + record(4, b"\x05\x00abc"),
    "a body before parameters": BEGIN + record(5, b"body"),
    "two beginnings": BEGIN + BEGIN,
    "another request's parameters": BEGIN + record(4, b"\x01\x01ab", id=2),
    "no beginning": record(4, b"\x01\x01ab"),
    "an end of nothing": record(2, id=1),
    "another role": record(1, bytes([0, 2, 0, 0, 0, 0, 0, 0])),
    "request zero": record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0]), id=0),
    "a negative length": BEGIN + record(4, b"\x0e\x02CONTENT_LENGTH-1") + record(4) + record(5),
    "parameters without end": BEGIN + b"".join(record(4, b"\x04\x04abcdefgh" * 6000) for _ in range(20)) + record(4),
}


@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.parametrize("pool", ["web", "gate"])
def test_a_malformed_record_ends_only_its_connection(own_product, token, pool, what):
    workers = own_product.workers()

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(own_product.runtime() / f"{pool}.sock"))
        connection.settimeout(20)
        try:
            connection.sendall(MALFORMED[what])
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        answer = received(connection)

    assert b"Status: 204" not in answer and b"Status: 200" not in answer
    assert gate(own_product, token).status_code == 200
    assert own_product.call("GET", "/healthz").status_code == 200
    assert own_product.workers() == workers


def test_a_record_in_single_bytes_is_understood(own_product):
    data = record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0])) + record(4, parameters(own_product, "GET", "/healthz"))

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(own_product.runtime() / "web.sock"))
        connection.settimeout(20)
        for byte in data + record(4) + record(5):
            connection.sendall(bytes([byte]))
        answer = received(connection)

    assert b"Status: 200" in answer or b'"ok"' in answer, answer


def test_a_thousand_idle_connections_do_not_slow_the_gate(own_product, token):
    """Of clients, and as many to the pools themselves: no thread waits on one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))

    def milliseconds():
        """The best median of three, so that a moment of the machine's own decides nothing."""
        headers = {"Authorization": f"Bearer {token[0]}", "X-Organization-ID": token[1]}
        medians = []
        with own_product.client() as session:
            for _ in range(3):
                times = []
                for _ in range(100):
                    begin = time.perf_counter()
                    answer = session.get(f"{own_product.base}{ENGINE}/pipelines", headers=headers, timeout=30)
                    times.append(time.perf_counter() - begin)
                    assert answer.status_code == 200
                medians.append(statistics.median(times) * 1000)
        return min(medians)

    before = milliseconds()
    idle = []
    try:
        for _ in range(1000):
            connection = connect(own_product.port)
            idle.append(connection)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % own_product.port)
            assert connection.recv(12) == b"HTTP/1.1 200"
        for pool in ("web", "gate"):
            for _ in range(500):
                connection = socket.socket(socket.AF_UNIX)
                idle.append(connection)
                connection.connect(str(own_product.runtime() / f"{pool}.sock"))
        during = milliseconds()
    finally:
        for connection in idle:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert during < 1.5 * before + 0.5, f"{before} ms, with idle connections {during} ms"


def test_a_slow_reader_and_a_gone_client_hold_nobody_up(own_product, token):
    for _ in range(50):
        connection = connect(own_product.port)
        connection.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % own_product.port)
        connection.close()

    assert gate(own_product, token).status_code == 200
    assert ask(own_product.port, "/healthz", host=f"localhost:{own_product.port}").status == 200


def test_fifty_sign_ins_at_once_leave_the_gate_open(own_product, token):
    statuses = []

    def sign_in(turn):
        answer = own_product.sign_in(f"nobody-{turn}", "not the password")
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=sign_in, args=(turn,)) for turn in range(50)]
    for thread in threads:
        thread.start()
    times = []
    while any(thread.is_alive() for thread in threads):
        begin = time.perf_counter()
        assert gate(own_product, token).status_code == 200
        times.append(time.perf_counter() - begin)
    for thread in threads:
        thread.join()

    assert set(statuses) <= {401, 429}
    assert statistics.median(times) < 0.5
