"""The nginx files by themselves: a small program that obeys the bearer token plays both pools and
the API behind the gate (Tests/Bench/ceiling.c), so every answer of theirs can be had."""

import json
import re
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from servers import CHECKOUT, certificate, free_port, stop, wait_until
from wire import Answer, ask, connect, received, send_raw

ENGINE = "/api/v1/engine/pipelines"
YES = ("Authorization", "Bearer yes")
ORGANIZATION = ("X-Organization-ID", "organization")


class Front:
    """nginx with the shipped files, and the program in the place of gatehouse."""

    def __init__(self, folder, program, upstream=True):
        self.folder = folder
        self.program = program
        self.runtime = folder / "run"
        self.runtime.mkdir(parents=True)
        certificate(folder / "tls")
        self.port, self.http_port = free_port(), free_port()
        subprocess.run(
            [CHECKOUT / "scripts/nginx-folder", folder / "nginx", self.runtime, folder / "tls",
             str(self.port), str(self.http_port)],
            check=True,
        )
        if not upstream:
            (folder / "nginx/echo.conf").write_text("")
        self.pools = {name: self.start_pool(name) for name in ("web", "gate", "echo")}
        self.nginx = subprocess.Popen(["nginx", "-p", f"{folder}/nginx/", "-c", "nginx.conf"])
        wait_until(self.answers, "nginx to answer")

    def start_pool(self, name):
        path = self.runtime / f"{name}.sock"
        path.unlink(missing_ok=True)
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([self.program, path, "64", "--answer"], stderr=log)
        wait_until(path.exists, f"{path}")
        return process

    def answers(self):
        try:
            return ask(self.port, "/healthz").status == 200
        except OSError:
            return False

    def ask(self, target, *headers, **options):
        return ask(self.port, target, headers, **options)

    def asked_of_the_gate(self):
        return (self.folder / "gate.log").read_text().splitlines()

    def stop(self):
        stop(self.nginx, *self.pools.values())


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("program") / "ceiling"
    source = CHECKOUT / "Tests/Bench/ceiling.c"
    subprocess.run(
        ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", path, source, "-lfcgi", "-lpthread"], check=True
    )
    return path


@pytest.fixture(scope="module")
def front(tmp_path_factory, program):
    front = Front(tmp_path_factory.mktemp("front"), program)
    yield front
    front.stop()


def told(answer):
    """What the upstream was told: its headers as they arrived, lower-case name to values."""
    assert answer.status == 200, answer.body
    headers = {}
    for name, value in answer.json()["told"]:
        if name.startswith("HTTP_"):
            headers.setdefault(name[5:].replace("_", "-").lower(), []).append(value)
    return headers


def parameter(answer, name):
    return [value for key, value in answer.json()["told"] if key == name]


def assert_problem(answer, status, code=None):
    assert answer.status == status, answer.body
    assert answer.header("content-type") == "application/problem+json"
    assert b"<html" not in answer.body and b"nginx" not in answer.body
    problem = answer.json()
    assert problem["status"] == status
    if code:
        assert problem["code"] == code
        assert set(problem) >= {"type", "title", "status", "detail", "code", "request_id"}
        assert answer.all("x-request-id") == [problem["request_id"]]
    assert len(answer.all("x-request-id")) == 1
    assert answer.all("cache-control") == ["no-store"]
    return problem


# The gate: yes


def test_the_shipped_configuration_is_one_that_nginx_takes(front):
    done = subprocess.run(
        ["nginx", "-t", "-p", f"{front.folder}/nginx/", "-c", "nginx.conf"],
        capture_output=True, text=True,
    )

    assert done.returncode == 0
    assert "warn" not in done.stderr


def test_a_yes_reaches_the_upstream_with_what_the_gate_said_of_the_caller(front):
    answer = front.ask(ENGINE, YES)

    headers = told(answer)
    assert headers["x-auth-subject"] == ["subject"]
    assert headers["x-auth-organization"] == ["organization"]
    assert headers["x-auth-scopes"] == ["pipelines:read"]
    assert headers["x-auth-credential"] == ["personal_access_token:1"]
    assert "x-auth-client" not in headers and "x-auth-username" not in headers


def test_connections_to_the_gate_are_kept_and_nothing_is_stored(front):
    def accepted():
        return front.ask("/", YES).json()["accepted"], gate_accepted(front)

    _, before = accepted()
    with connect(front.port) as connection:
        for _ in range(500):
            connection.sendall(
                f"GET {ENGINE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer yes\r\n\r\n".encode()
            )
            read_one(connection)
    _, after = accepted()

    assert after["asked"] - before["asked"] >= 500
    assert after["accepted"] - before["accepted"] <= 8
    assert not any((front.folder / "nginx/temp/fastcgi").rglob("*.*"))
    assert [path for path in Path("/dev").glob("*never*")] == []


def test_connections_to_the_gate_are_kept_after_a_no_as_well(front):
    before = gate_accepted(front)
    with connect(front.port) as connection:
        for _ in range(200):
            connection.sendall(
                f"GET {ENGINE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 403\r\n\r\n".encode()
            )
            read_one(connection)
    after = gate_accepted(front)

    assert after["accepted"] - before["accepted"] <= 8


def gate_accepted(front):
    """Asks the program behind the gate's socket for its counts, around nginx."""
    name = b"QUERY_STRING"
    parameters = bytes([len(name), 0]) + name
    request = b"".join([
        bytes([1, 1, 0, 1, 0, 8, 0, 0]), bytes([0, 1, 0, 0, 0, 0, 0, 0]),
        bytes([1, 4, 0, 1, 0, len(parameters), 0, 0]), parameters,
        bytes([1, 4, 0, 1, 0, 0, 0, 0]), bytes([1, 5, 0, 1, 0, 0, 0, 0]),
    ])
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(front.runtime / "gate.sock"))
        connection.sendall(request)
        data = received(connection)
    return json.loads(b'{"accepted":' + data.split(b'{"accepted":')[1].split(b',"told"')[0] + b"}")


def read_one(connection):
    """One answer of a kept connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    while len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
        body += connection.recv(65536)
    return Answer(data)


# The gate: no


@pytest.mark.parametrize("status", [400, 401, 403, 429, 503])
def test_a_no_is_the_status_and_the_problem_of_the_gate(front, status):
    answer = front.ask(ENGINE, ("Authorization", f"Bearer {status}"))

    assert assert_problem(answer, status)["code"] == "said_by_the_gate"
    challenges = ['Bearer realm="gate"'] if status in (401, 403) else []
    assert answer.all("www-authenticate") == challenges
    assert answer.all("retry-after") == (["17"] if status == 429 else [])
    assert answer.all("x-request-id") != ["from-the-gate"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE", "PROPFIND"])
def test_every_method_asks_the_gate(front, method):
    refused = front.ask(ENGINE, method=method)
    passed = front.ask(ENGINE, YES, method=method)

    assert refused.status == 401
    assert refused.all("www-authenticate") == ['Bearer realm="gate"']
    assert passed.status == 200
    assert f"asked {method} {ENGINE}" in front.asked_of_the_gate()


def test_an_upgrade_asks_the_gate(front):
    upgrade = [("Connection", "Upgrade, close"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
               ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]

    assert front.ask(ENGINE, *upgrade).status == 401
    assert front.ask(ENGINE, YES, *upgrade).status == 200


def test_a_gate_that_answers_out_of_turn_lets_nobody_through(front):
    answer = front.ask(ENGINE, ("Authorization", "Bearer 500"))

    assert_problem(answer, 503, "gate_unavailable")
    assert answer.all("retry-after") == ["5"]


def test_a_gate_that_is_late_lets_nobody_through(front):
    answer = front.ask(ENGINE, ("Authorization", "Bearer late"))

    assert_problem(answer, 503, "gate_unavailable")


def test_a_gate_that_is_away_lets_nobody_through_and_comes_back_by_itself(front):
    stop(front.pools["gate"])
    try:
        away = front.ask(ENGINE, YES)
    finally:
        front.pools["gate"] = front.start_pool("gate")
    back = front.ask(ENGINE, YES)

    assert_problem(away, 503, "gate_unavailable")
    assert away.all("retry-after") == ["5"]
    assert back.status == 200


def test_an_upstream_that_is_away_is_a_bad_gateway_and_no_word_of_the_gate(tmp_path, program):
    front = Front(tmp_path, program, upstream=False)
    try:
        refused = front.ask(ENGINE)
        passed = front.ask(ENGINE, YES)
    finally:
        front.stop()

    assert refused.status == 401
    assert_problem(passed, 502, "bad_gateway")
    assert passed.all("www-authenticate") == []
    assert passed.all("retry-after") == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 502, 503])
def test_what_the_upstream_itself_says_passes_untouched(front, status):
    answer = front.ask(f"{ENGINE}?status={status}", YES)

    assert answer.status == status
    assert answer.body == b"own words"
    assert answer.header("content-type") == "text/plain"
    assert answer.all("x-request-id") != ["from-the-application"]
    assert len(answer.all("x-request-id")) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429, 500, 503])
def test_what_the_application_itself_says_passes_untouched(front, status):
    answer = front.ask(f"/auth/me?status={status}")

    assert answer.status == status
    assert answer.body == b"own words"
    assert len(answer.all("x-request-id")) == 1


# What the upstream is told


IDENTITY = [
    "X-Auth-Subject", "X-Auth-Username", "X-Auth-Organization", "X-Auth-Scopes", "X-Auth-Credential",
    "X-Auth-Client", "x-auth-subject", "X-AUTH-CLIENT", "X_Auth_Subject", "X-Auth_Client",
    "X-User", "X-Organization-ID", "X-Scopes", "X-Email", "Remote-User", "X-Forwarded-User",
    "X-Groups", "X-Roles", "X-Remote-User", "X-Auth-Request-User", "X-Forwarded-Access-Token",
    "X-WebAuth-User",
]


@pytest.mark.parametrize("name", IDENTITY)
@pytest.mark.parametrize("times", [1, 2])
def test_what_a_client_says_of_itself_does_not_reach_the_upstream(front, name, times):
    answer = front.ask(ENGINE, YES, *[(name, "evil")] * times)

    assert all("evil" not in values for values in told(answer).values())


@pytest.mark.parametrize("name", IDENTITY[:10])
def test_what_a_client_says_of_itself_does_not_reach_the_application(front, name):
    answer = front.ask("/profile", (name, "evil"), (name, "evil"))

    assert all("evil" not in values for values in told(answer).values())


def test_a_space_behind_a_name_is_refused(front):
    assert_problem(front.ask(ENGINE, YES, ("X-Auth-Subject ", "evil")), 400, "malformed_request")


@pytest.mark.parametrize("word", ["X-Auth-Subject", "x-auth-subject, X-Auth-Organization", "close, X-Auth-Client"])
def test_connection_cannot_take_an_identity_header_away(front, word):
    headers = told(front.ask(ENGINE, YES, ("Connection", word), ("Connection", "close")))

    assert headers["x-auth-subject"] == ["subject"]
    assert headers["x-auth-organization"] == ["organization"]


@pytest.mark.parametrize("name", [
    "X-Original-URI", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Method",
    "X-Forwarded-Prefix", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "Forwarded",
    "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Real-IP", "Proxy", "TE", "Keep-Alive",
    "Proxy-Authorization", "True-Client-IP", "X-Client-IP",
])
def test_another_request_than_the_judged_one_cannot_be_suggested(front, name):
    headers = told(front.ask(ENGINE, YES, (name, "/evil")))

    assert all("/evil" not in value for values in headers.values() for value in values)


def test_the_credential_stays_at_the_gate(front):
    headers = told(front.ask(
        ENGINE, YES, ("X-Machhub-Api-Key", "mchx_1"), ("X-API-Key", "mchx_2"), ("Cookie", "__Host-a=b"),
    ))

    for name in ("authorization", "x-machhub-api-key", "x-api-key", "cookie"):
        assert name not in headers


def test_the_proxy_header_reaches_nobody(front):
    assert "proxy" not in told(front.ask("/profile", ("Proxy", "http://evil")))
    assert "proxy" not in told(front.ask(ENGINE, YES, ("Proxy", "http://evil")))


def test_doubled_headers_reach_the_application_as_two(front):
    headers = told(front.ask("/profile", ("X-API-Key", "one"), ("X-API-Key", "two")))

    assert headers["x-api-key"] == ["one", "two"]


@pytest.mark.parametrize("sent,arrives", [
    ("/pipelines", "/pipelines"),
    ("/pipelines?a=1&b=%2F%20+x&c", "/pipelines?a=1&b=%2F%20+x&c"),
    ("/pipelines?", "/pipelines"),
    ("/pipelines/a%20b", "/pipelines/a%20b"),
    ("/pipelines/%41bc", "/pipelines/Abc"),
    ("/pipelines/%c3%a9t%C3%A9", "/pipelines/%C3%A9t%C3%A9"),
    ("/pipelines/a%3Fb?c=d", "/pipelines/a%3Fb?c=d"),
    ("/pipelines/a%23b", "/pipelines/a%23b"),
    ("/pipelines/100%25", "/pipelines/100%25"),
    ("/pipelines/a%26b&c=d", "/pipelines/a&b&c=d"),
    ("/pipelines/a+b%2Bc", "/pipelines/a+b+c"),
    ("/pipelines/$host%24uri", "/pipelines/$host$uri"),
    ("/pipelines/%22%3C%3E", "/pipelines/%22%3C%3E"),
    ("/pipelines/x%0D%0Ay", "/pipelines/x%0D%0Ay"),
    ("/other/../pipelines/./x", "/pipelines/x"),
    ("/other/%2e%2e/pipelines//x", "/pipelines/x"),
])
def test_the_upstream_is_sent_the_path_that_was_judged(front, sent, arrives):
    answer = front.ask("/api/v1/engine" + sent, YES)

    assert [uri for uri in parameter(answer, "REQUEST_URI")] == ["/api/v1/engine" + arrives]


def test_the_gate_is_asked_about_the_path_that_nginx_chose_the_location_by(front):
    front.ask("/machhub/../api/v1/engine/%6Dodels/./judged", YES)

    assert "asked GET /api/v1/engine/models/judged" in front.asked_of_the_gate()


def test_an_address_without_its_last_slash_asks_the_gate_before_anything(front):
    for path in ("/api/v1/engine", "/machhub"):
        assert front.ask(path).status == 401


@pytest.mark.parametrize("target", ["http://localhost/api/v1/engine/pipelines", "/API/../api/v1/engine/pipelines"])
def test_another_spelling_of_a_gated_address_asks_the_gate(front, target):
    assert front.ask(target).status == 401


# What nginx itself refuses


@pytest.mark.parametrize("path", ["/_gatehouse/authorize", "/_gatehouse/problem", "/_gatehouse/authorize?x=y",
                                  "//_gatehouse/authorize", "/%5fgatehouse/authorize"])
def test_the_inner_addresses_are_not_there_from_outside(front, path):
    assert_problem(front.ask(path, YES), 404, "not_found")


@pytest.mark.parametrize("path", [ENGINE, "/auth/me", "/public/none.css"])
def test_a_doubled_authorization_is_a_malformed_request(front, path):
    assert_problem(front.ask(path, YES, ("Authorization", "Bearer no")), 400, "malformed_request")


@pytest.mark.parametrize("path", [f"{ENGINE}/%00", f"{ENGINE}%00", f"{ENGINE}/a%00b?c=d", "/auth/%00me"])
def test_a_path_with_a_nul_is_ambiguous_like_every_control_byte(front, path):
    assert_problem(front.ask(path, YES), 400, "ambiguous_path")


@pytest.mark.parametrize("path", [f"{ENGINE}/%zz", f"{ENGINE}/%zz?%00"])
def test_a_path_that_cannot_be_decoded_is_a_malformed_request(front, path):
    assert_problem(front.ask(path, YES), 400, "malformed_request")


@pytest.mark.parametrize("data", [
    b"nonsense\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /../.. HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Auth\x00: a\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
])
def test_a_malformed_request_is_answered_with_a_problem(front, data):
    assert_problem(send_raw(front.port, data), 400, "malformed_request")


def test_plain_http_on_the_tls_port_is_a_malformed_request(front):
    answer = send_raw(front.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", tls=False)

    assert_problem(answer, 400, "malformed_request")


def test_an_address_of_nine_kilobytes_is_too_long(front):
    assert_problem(front.ask("/" + "a" * 9000), 414, "uri_too_long")


@pytest.mark.parametrize("headers", [[("X-Long", "a" * 9000)], [(f"X-Many-{n}", "a" * 4000) for n in range(12)]])
def test_a_header_that_is_too_large_is_refused(front, headers):
    assert_problem(front.ask(ENGINE, *headers), 431, "header_fields_too_large")


def test_a_body_over_64_kilobytes_is_refused_and_one_of_64_is_not(front):
    fitting = front.ask("/auth/login", method="POST", body=b"a" * 65536)
    larger = front.ask("/auth/login", method="POST", body=b"a" * 65537)
    chunked = send_raw(
        front.port,
        b"POST /auth/me HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"10001\r\n" + b"a" * 65537 + b"\r\n0\r\n\r\n",
    )

    assert fitting.status == 200
    assert_problem(larger, 413, "content_too_large")
    assert_problem(chunked, 413, "content_too_large")


@pytest.mark.parametrize("target", ["/auth/login", "/auth/me", "/public/none.css", ENGINE])
def test_a_body_that_is_too_large_is_refused_over_http_2_as_well(front, target):
    length = 17 << 20 if target == ENGINE else 65537

    # Announced and not sent: nginx has answered by then.
    done = subprocess.run(
        ["curl", "--silent", "--insecure", "--http2", "--max-time", "10", "--data", "a",
         "--header", f"Content-Length: {length}", "--header", "Host: localhost", "--include",
         f"https://127.0.0.1:{front.port}{target}"],
        capture_output=True,
    )

    head, _, body = done.stdout.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    assert status.split()[:2] == ["HTTP/2", "413"]
    assert "content-type: application/problem+json" in fields
    assert json.loads(body)["code"] == "content_too_large"


def test_a_body_that_only_the_api_behind_the_gate_may_have_passes_the_gate(front):
    body = b"a" * 65537

    passed = front.ask(ENGINE, YES, method="POST", body=body)
    refused = front.ask(ENGINE, method="POST", body=body)

    assert parameter(passed, "CONTENT_LENGTH") == ["65537"]
    assert_problem(refused, 401)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_methods_that_nginx_refuses_name_the_others(front, method):
    answer = front.ask("/", method=method)

    if method == "TRACE":
        assert_problem(answer, 405, "method_not_allowed")
        assert "POST" in answer.header("allow")
    else:
        assert answer.status in (400, 405)
        assert answer.header("content-type") == "application/problem+json"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.2", "_", "gatehouse_web"])
@pytest.mark.parametrize("path", ["/", ENGINE, "/auth/login", "/oauth2/authorize"])
def test_an_unknown_host_is_misdirected(front, host, path):
    assert_problem(front.ask(path, YES, host=host), 421, "misdirected_request")
    plain = ask(front.http_port, path, host=host, tls=False)
    assert_problem(plain, 421, "misdirected_request")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST", "localhost:8443"])
def test_both_names_of_a_first_run_are_served(front, host):
    assert front.ask("/", host=host).status == 200


def test_plain_http_is_sent_to_https_without_a_cookie(front):
    answer = ask(front.http_port, "/login?a=b%20c", host=f"localhost:{front.http_port}", tls=False)

    assert answer.status == 308
    assert answer.all("location") == [f"https://localhost:{front.port}/login?a=b%20c"]
    assert answer.all("set-cookie") == []
    assert answer.all("strict-transport-security") == []
    assert answer.body == b""


def test_the_application_is_unreachable_over_plain_http(front):
    for path in ("/auth/login", ENGINE, "/healthz", "/public/", "/oauth2/authorize"):
        assert ask(front.http_port, path, tls=False, headers=[YES]).status == 308


@pytest.mark.parametrize("path", ["/", "/nothing", ENGINE, "/public/none.css", "/_gatehouse/problem"])
def test_every_answer_has_one_request_id_and_transport_security(front, path):
    for headers in ((), (YES,)):
        answer = front.ask(path, *headers)
        assert len(answer.all("x-request-id")) == 1
        assert answer.all("strict-transport-security") == ["max-age=31536000"]
        assert "1.22" not in (answer.header("server") or "")


def test_the_request_id_is_one_from_front_to_upstream(front):
    answer = front.ask(ENGINE, YES, ("X-Request-ID", "evil"))

    assert told(answer)["x-request-id"] == answer.all("x-request-id")


def test_too_many_tries_to_sign_in_are_held_back(front):
    """Kept connections, because handshakes alone could take longer than the limit allows for."""
    def tries(_):
        with connect(front.port) as connection:
            for _ in range(500):
                connection.sendall(b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
                answer = read_one(connection)
                if answer.status != 200:
                    return answer

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(tries, range(4)))

    for answer in answers:
        problem = assert_problem(answer, 429, "too_many_requests")
        assert problem["success"] is False
        assert answer.all("retry-after") == ["1"]
    assert front.ask("/auth/me").status == 200
    assert front.ask("/login").status == 200


def test_metrics_are_for_loopback(front):
    assert front.ask("/metrics").status == 200


@pytest.mark.parametrize("version", ["ssl3", "tls1", "tls1_1"])
def test_old_tls_is_refused(front, version):
    done = subprocess.run(
        ["openssl", "s_client", f"-{version}", "-connect", f"127.0.0.1:{front.port}"],
        stdin=subprocess.DEVNULL, capture_output=True,
    )

    assert done.returncode != 0


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_present_tls_is_served(front, version):
    done = subprocess.run(
        ["openssl", "s_client", f"-{version}", "-connect", f"127.0.0.1:{front.port}"],
        stdin=subprocess.DEVNULL, capture_output=True,
    )

    assert done.returncode == 0


def test_pools_that_are_away_are_this_service_not_available(front):
    stop(front.pools["web"])
    try:
        away = front.ask("/auth/me")
    finally:
        front.pools["web"] = front.start_pool("web")

    assert_problem(away, 503, "service_unavailable")
    assert away.all("retry-after") == ["5"]


def test_a_reload_of_nginx_loses_no_request(front):
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: front.ask(ENGINE, YES).status, range(200))
        front.nginx.send_signal(signal.SIGHUP)
        statuses = list(answers)

    assert set(statuses) == {200}


def test_no_query_and_no_credential_stand_in_the_logs(front):
    front.ask(f"{ENGINE}?access_token=in-the-query", ("Authorization", "Bearer in-the-header"))
    front.ask("/auth/me?access_token=in-the-query", YES, ("Authorization", "Bearer in-the-header"))

    logs = "".join(path.read_text() for path in (front.folder / "nginx/logs").iterdir())
    assert ENGINE in logs
    assert "in-the-header" not in logs and "in-the-query" not in logs
