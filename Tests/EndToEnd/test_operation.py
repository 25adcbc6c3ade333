"""What an operator sees and does: health, metrics, logs, keys, policy, settings."""

import json
import os
import re
import secrets
from pathlib import Path

import pytest

from product import ENGINE, PASSWORD, children, command_line, made, refused
from servers import CHECKOUT, wait_until
from wire import ask


def test_it_lives_and_is_ready(product):
    assert product.call("GET", "/healthz").status_code == 200
    assert product.call("GET", "/readyz").status_code == 200


def test_metrics_are_text_of_prometheus_for_loopback(product):
    answer = product.call("GET", "/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    assert samples
    for sample in samples:
        assert re.fullmatch(r'[a-z_:][a-z0-9_:]*(\{[^}]*\})? [-+0-9.eEnaifN]+( \d+)?', sample, re.IGNORECASE), sample


def test_a_request_id_leads_from_the_answer_to_the_log(product, editor):
    token = editor.token("pipelines:read")
    passed = editor.gate(token)
    page = editor.call("GET", "/api/v1/tokens")

    ids = [answer.headers["X-Request-ID"] for answer in (passed, page)]
    wait_until(lambda: ids[1] in product.log(), "the request in the log", 10)
    assert passed.json()["headers"]["x-request-id"] == ids[0]
    line = next(line for line in product.log().splitlines() if ids[1] in line)
    assert json.loads(line)


def test_the_log_is_one_json_object_a_line(product):
    for line in product.log().splitlines():
        assert isinstance(json.loads(line), dict), line


def test_no_secret_stands_in_a_log_a_command_line_or_an_environment(product, editor):
    wrong = f"wrong-{secrets.token_hex(8)}"
    signed_in = made(product.sign_in(editor.username, refresh=True), 200)
    token = editor.token("pipelines:read")["token"]
    product.sign_in(editor.username, wrong)
    product.call("GET", f"{ENGINE}/pipelines?access_token={token}", token, editor.organization)
    product.call("GET", f"{ENGINE}/pipelines", headers={"X-API-Key": wrong})
    product.raw(f"{ENGINE}/pipelines", ("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}"))
    hidden = [
        wrong, PASSWORD, product.admin_password, signed_in["tkn"], signed_in["refresh_token"], token,
        token.split(".")[2], (product.state / "secrets/app.password").read_text().strip(),
    ]

    logs = [
        path for folder in ("logs", "nginx/logs") for path in (product.state / folder).iterdir() if path.is_file()
    ]
    supervisor = product.pid("gatehouse")
    texts = {str(path): path.read_bytes() for path in logs}
    for pid in [supervisor, *children(supervisor), product.pid("nginx"), product.pid("database")]:
        for file in ("cmdline", "environ"):
            texts[f"{pid}/{file}"] = Path(f"/proc/{pid}/{file}").read_bytes()
    for name, text in texts.items():
        for secret in hidden:
            assert secret.encode() not in text, f"{secret} in {name}"


@pytest.mark.parametrize("path", ["/", "/healthz", "/auth/me", "/nothing", f"{ENGINE}/pipelines", "/api/v1/tokens"])
def test_every_answer_carries_one_request_id_and_transport_security(product, path):
    answer = product.raw(path)

    assert len(answer.all("x-request-id")) == 1
    assert answer.all("strict-transport-security") == ["max-age=31536000"]
    assert len(answer.all("content-type")) <= 1


def test_what_is_not_there_has_a_problem_body(product):
    refused(product.call("GET", "/api/v1/nothing", product.admin), 404)


def test_an_unknown_host_is_misdirected(product):
    for host in ("evil.example", f"evil.example:{product.port}", "localhost.evil.example"):
        assert ask(product.port, "/auth/me", host=host).status == 421
    assert ask(product.port, "/healthz", host=f"127.0.0.1:{product.port}").status == 200


def test_the_description_of_the_api_is_open_to_all(product):
    document = made(product.call("GET", "/api/v1/openapi.json"), 200)

    assert document["openapi"].startswith("3.1")
    assert "/api/v1/tokens" in document["paths"]


def test_the_policy_explains_itself(product):
    checked = product.command("policy", "check")
    executed = product.command("policy", "explain", "POST", f"{ENGINE}/pipelines/1/execute")
    unknown = product.command("policy", "explain", "GET", f"{ENGINE}/nothing")

    assert checked.returncode == 0, checked.stderr
    assert "pipelines:execute" in executed.stdout
    assert "route_not_allowed" in unknown.stdout + unknown.stderr


def test_a_policy_that_is_wrong_is_said_with_its_line(product, tmp_path):
    policy = tmp_path / "gate.policy"
    policy.write_text("GET /a/** pipelines:read\nGET no-slash pipelines:read\n")

    checked = product.command("policy", "check", GATEHOUSE_GATE_POLICY=str(policy))

    assert checked.returncode == 1
    assert "2" in checked.stdout + checked.stderr


def test_check_names_every_wrong_setting(product):
    assert product.command("check").returncode == 0

    wrong = product.command(
        "check", GATEHOUSE_LOG_LEVEL="shouting", GATEHOUSE_PUBLIC_URL="http://localhost",
        GATEHOUSE_WEB_THREADS="many", GATEHOUSE_NO_SUCH_THING="1",
    )

    assert wrong.returncode == 1
    for name in ("LOG_LEVEL", "PUBLIC_URL", "WEB_THREADS", "NO_SUCH_THING"):
        assert f"GATEHOUSE_{name}" in wrong.stdout + wrong.stderr


def test_a_second_administrator_is_not_made(product):
    again = product.command(
        "user", "create-first", "--username", "admin", "--password-stdin", input="another long password\n"
    )

    assert again.returncode == 0
    assert product.sign_in("admin", "another long password").status_code == 401


def test_the_sockets_are_for_the_service_and_nginx(product):
    for name in ("web", "gate"):
        assert (product.runtime() / f"{name}.sock").stat().st_mode & 0o777 == 0o660


def test_the_database_is_reached_by_no_port(product):
    pid = product.pid("database")
    inodes = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd") if os.path.islink(f"/proc/{pid}/fd/{fd}")}
    listening = [
        line.split()[9] for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]

    assert not [inode for inode in listening if f"socket:[{inode}]" in inodes]


def test_the_pools_are_processes_of_their_own(product):
    pools = {word for pid in product.workers() for word in command_line(pid) if word in ("web", "gate")}

    assert pools == {"web", "gate"}


def test_without_the_cache_every_request_asks_the_database(tmp_path, binary):
    from product import Product

    product = Product(tmp_path / "state", binary, GATEHOUSE_GATE_CACHE="off").start()
    try:
        organization = product.default_organization()
        token = made(product.create_token(product.admin, organization), 201)
        passed = product.call("GET", f"{ENGINE}/pipelines", token["token"], organization).status_code
        made(product.call("POST", f"/api/v1/tokens/{token['id']}/revoke", product.admin), 200)
        after = product.call("GET", f"{ENGINE}/pipelines", token["token"], organization).status_code
    finally:
        product.stop()

    assert (passed, after) == (200, 401)


def test_the_shipped_policy_is_the_one_in_force(product):
    assert product.command("policy", "check").returncode == 0
    assert (CHECKOUT / "nginx/gate.policy").exists()
