"""Faults that the product survives, each made while requests come in."""

import os
import signal
import socket
import statistics
import subprocess
import threading
import time

import pytest

from product import ENGINE, command_line, made
from servers import wait_until
from wire import ask, connect, received


@pytest.fixture(scope="module")
def token(own_product):
    organization = own_product.default_organization()
    return made(own_product.create_token(own_product.admin, organization), 201)["token"], organization


def gate(product, token):
    return product.call("GET", f"{ENGINE}/pipelines", *token)


class Load:
    """Requests through the gate from several threads, until it is told to end."""

    def __init__(self, product, token, threads=4):
        self.product, self.statuses, self.ending = product, [], threading.Event()
        self.url = f"{product.base}{ENGINE}/pipelines"
        self.headers = {"Authorization": f"Bearer {token[0]}", "X-Organization-ID": token[1]}
        self.threads = [threading.Thread(target=self.ask) for _ in range(threads)]

    def ask(self):
        with self.product.client() as session:
            while not self.ending.is_set():
                answer = session.get(self.url, headers=self.headers, timeout=30)
                self.statuses.append(answer.status_code)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for(20)
        return self

    def wait_for(self, more):
        enough = len(self.statuses) + more
        wait_until(lambda: len(self.statuses) >= enough, f"{more} more requests", 60)

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("pool", ["gate", "web"])
def test_a_killed_worker_is_replaced_and_fails_only_what_it_held(own_product, token, pool):
    with Load(own_product, token) as load:
        for _ in range(3):
            worker = own_product.workers(pool)[0]
            os.kill(worker, signal.SIGKILL)
            load.wait_for(40)
            wait_until(
                lambda: worker not in own_product.workers(pool) and own_product.workers(pool), "a new worker", 20
            )
            load.wait_for(40)

    failed = [status for status in load.statuses if status != 200]
    # Each of the threads had one request under way at most, and no worker let anybody else's fail.
    assert len(failed) <= 3 * len(load.threads), failed
    assert set(failed) <= {502, 503}
    assert own_product.call("GET", "/auth/me", own_product.admin).status_code == 200


def test_the_database_stopped_means_503_and_nobody_let_through_until_it_is_back(own_product, token):
    pid = own_product.pid("database")
    command = command_line(pid)
    assert gate(own_product, token).status_code == 200

    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "MariaDB to end", 30)
    # A decision not older than five seconds still counts, nothing else does.
    wait_until(lambda: gate(own_product, token).status_code == 503, "the decision to be too old", 8)
    meanwhile = [gate(own_product, token) for _ in range(20)]
    never_seen = gate(own_product, ("never-seen", token[1]))
    ready = own_product.call("GET", "/readyz")
    sign_in = own_product.sign_in("admin", own_product.admin_password)
    listed = own_product.call("GET", "/api/v1/tokens", own_product.admin)
    living = own_product.call("GET", "/healthz")
    workers = own_product.workers()

    database = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: own_product.call("GET", "/readyz").status_code == 200, "readiness", 60)
        back = [gate(own_product, token).status_code for _ in range(20)]
        signed_in = own_product.sign_in("admin", own_product.admin_password).status_code

        for answer in (*meanwhile, ready, sign_in, listed):
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
        assert never_seen.status_code in (401, 503)
        assert living.status_code == 200
        assert set(back) == {200} and signed_in == 200
        assert own_product.workers() == workers, "nothing was restarted for it"
    finally:
        own_product.stop()
        database.wait(30)
        own_product.start()


def test_a_reload_of_nginx_fails_no_request(own_product, token):
    with Load(own_product, token) as load:
        for _ in range(3):
            os.kill(own_product.pid("nginx"), signal.SIGHUP)
            load.wait_for(60)

    # requests sees a connection that nginx closes as an error and asks again by itself.
    assert set(load.statuses) == {200}


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


def record(type, content=b"", id=1, version=1, length=None, padding=0):
    length = len(content) if length is None else length
    return bytes([version, type, id >> 8, id & 255, length >> 8, length & 255, padding, 0]) + content


BEGIN = record(1, bytes([0, 1, 1, 0, 0, 0, 0, 0]))


@pytest.mark.parametrize("data", [
    b"\x00" * 64, b"\xff" * 64, b"GET / HTTP/1.1\r\n\r\n", record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0]), version=2),
    record(99), record(1, b"\x00\x01"), BEGIN + record(4, b"\x0f", length=65535),
    BEGIN + record(4, b"\x7f\xff\xff\xff"), BEGIN + record(4, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
    BEGIN + record(4, b"\x80\x00"), BEGIN + record(4, b"\x05\x00abc"), BEGIN + record(5, b"body"),
    BEGIN + BEGIN, BEGIN + record(4, b"\x01\x01ab", id=2), record(4, b"\x01\x01ab"), record(2, id=1),
    record(1, bytes([0, 2, 0, 0, 0, 0, 0, 0])), record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0]), id=0),
    BEGIN + record(4, b"\x0e\x02CONTENT_LENGTH-1") + record(4) + record(5),
    BEGIN + b"".join(record(4, b"\x04\x04abcdefgh" * 6000) for _ in range(20)) + record(4),
])
@pytest.mark.parametrize("pool", ["web", "gate"])
def test_a_malformed_record_ends_only_its_connection(own_product, token, pool, data):
    workers = own_product.workers()

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(own_product.runtime() / f"{pool}.sock"))
        connection.settimeout(20)
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        answer = received(connection)

    assert b"Status: 204" not in answer and b"Status: 200" not in answer
    assert gate(own_product, token).status_code == 200
    assert own_product.call("GET", "/healthz").status_code == 200
    assert own_product.workers() == workers


def test_a_record_in_single_bytes_is_understood(own_product):
    def pair(name, value):
        return bytes([len(name), len(value)]) + name.encode() + value.encode()

    parameters = b"".join([
        pair("REQUEST_METHOD", "GET"), pair("REQUEST_URI", "/healthz"), pair("SCRIPT_NAME", "/healthz"),
        pair("DOCUMENT_URI", "/healthz"), pair("HTTP_HOST", f"localhost:{own_product.port}"), pair("HTTPS", "on"),
        pair("REMOTE_ADDR", "127.0.0.1"), pair("SERVER_PROTOCOL", "HTTP/1.1"),
    ])
    data = record(1, bytes([0, 1, 0, 0, 0, 0, 0, 0])) + record(4, parameters) + record(4) + record(5)

    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(own_product.runtime() / "web.sock"))
        connection.settimeout(20)
        for byte in data:
            connection.sendall(bytes([byte]))
        answer = received(connection)

    assert b"404" not in answer[:40] and b"400" not in answer[:40] and answer


def test_a_thousand_idle_connections_do_not_slow_the_gate(own_product, token):
    def milliseconds():
        with own_product.client() as session:
            headers = {"Authorization": f"Bearer {token[0]}", "X-Organization-ID": token[1]}
            times = []
            for _ in range(200):
                begin = time.perf_counter()
                answer = session.get(f"{own_product.base}{ENGINE}/pipelines", headers=headers, timeout=30)
                times.append(time.perf_counter() - begin)
                assert answer.status_code == 200
            return statistics.median(times) * 1000

    before = milliseconds()
    idle = [connect(own_product.port) for _ in range(700)]
    pools = []
    try:
        for connection in idle:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % own_product.port)
        for connection in idle:
            assert connection.recv(12) == b"HTTP/1.1 200"
        for pool in ("web", "gate"):
            for _ in range(150):
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(str(own_product.runtime() / f"{pool}.sock"))
                pools.append(connection)
        during = milliseconds()
    finally:
        for connection in (*idle, *pools):
            connection.close()

    assert during < 2 * before + 1, f"{before} ms, with idle connections {during} ms"


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

    assert set(statuses) <= {401, 429, 503}
    assert statistics.median(times) < 0.5
