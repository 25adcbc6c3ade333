"""`make run`: what it says, what it needs, what it leaves."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from product import Product, heed_signals
from servers import CHECKOUT, free_port, wait_until


@pytest.fixture
def make_product(tmp_path, binary):
    made = []

    def make(state=None, **environment):
        made.append(Product(state or tmp_path / f"state-{len(made)}", binary, **environment))
        return made[-1]

    yield make
    for product in made:
        product.stop()


def processes_of(state):
    """Processes that have the state folder, or one of its files, on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(state) in words:
            found.append(words)
    return found


def assert_one_sentence(product, *words):
    """A run that did not come to be: its last line says why, and nothing is left."""
    assert product.run.returncode not in (0, None)
    said = [line for line in product.output if not line.startswith("·")]
    assert 1 <= len(said) <= 2, product.said()
    for word in words:
        assert word in said[-1], said[-1]
    assert said[-1].rstrip().endswith(".")
    assert processes_of(product.state) == []


def test_a_run_shows_where_it_is_and_a_second_one_finds_its_data(make_product):
    product = make_product().start()

    said = product.said()
    first = product.sign_in("admin", product.admin_password)
    stopped = product.stop()
    product.start()
    second = product.sign_in("admin", product.admin_password)

    assert f"https://localhost:{product.port}" in said
    assert re.search(r"administrator +admin$", said, re.MULTILINE)
    assert said.count(product.admin_password) == 1
    assert first.status_code == 200
    assert stopped == 0
    assert product.admin_password not in product.said()
    assert second.status_code == 200


def test_the_password_is_nowhere_but_on_the_screen(make_product):
    product = make_product(GATEHOUSE_ADMIN_PASSWORD="seventeen wet umbrellas").start()

    kept = subprocess.run(
        ["grep", "-rlF", "seventeen wet umbrellas", product.state], capture_output=True, text=True
    ).stdout
    environments = [
        Path(f"/proc/{product.pid(name)}/environ").read_text() for name in ("gatehouse", "nginx", "database")
    ]

    assert product.sign_in("admin", "seventeen wet umbrellas").status_code == 200
    assert kept == ""
    assert all("umbrellas" not in environment for environment in environments)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_no_process_and_no_socket(make_product, how):
    product = make_product().start()
    runtime = product.runtime()

    status = product.stop(how)

    assert status == 0
    assert processes_of(product.state) == []
    assert not runtime.exists()
    for port in (product.port, product.http_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_after_a_kill_the_next_run_recovers(make_product):
    product = make_product().start()
    product.run.kill()
    product.run.wait()

    product.start()

    assert product.sign_in("admin", product.admin_password).status_code == 200


def test_after_everything_was_killed_the_next_run_recovers(make_product):
    product = make_product().start()
    workers = product.workers()
    for pid in [product.run.pid, product.pid("database"), product.pid("nginx"), product.pid("gatehouse"), *workers]:
        os.kill(pid, signal.SIGKILL)
    product.run.wait()

    product.start()

    assert product.sign_in("admin", product.admin_password).status_code == 200


def test_a_half_made_database_is_made_anew(make_product):
    product = make_product()
    (product.state / "database.new/mysql").mkdir(parents=True)

    product.start()

    assert product.sign_in("admin", product.admin_password).status_code == 200


def test_two_runs_stand_side_by_side(make_product):
    one, other = make_product().start(), make_product().start()

    answers = [
        (product.sign_in("admin", password).status_code)
        for product in (one, other) for password in (one.admin_password, other.admin_password)
    ]

    assert answers == [200, 401, 401, 200]


def test_two_runs_in_one_state_folder_are_refused(make_product):
    one = make_product().start()

    other = make_product(state=one.state).start(expect_ready=False)

    assert other.run.returncode != 0
    assert "in use by another run" in other.output[-1]
    assert one.sign_in("admin", one.admin_password).status_code == 200


@pytest.mark.parametrize("which", ["port", "http_port"])
def test_a_port_in_use_is_one_sentence(make_product, which):
    product = make_product()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", getattr(product, which)))
        taken.listen()

        product.start(expect_ready=False)

    assert_one_sentence(product, f"Port {getattr(product, which)} is in use")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8443 ", "08443"])
def test_a_port_that_is_none_is_one_sentence(make_product, port):
    product = make_product(GATEHOUSE_HTTPS_PORT=port).start(expect_ready=False)

    assert_one_sentence(product, "GATEHOUSE_HTTPS_PORT")


def test_one_port_for_both_is_one_sentence(make_product):
    port = str(free_port())
    product = make_product(GATEHOUSE_HTTPS_PORT=port, GATEHOUSE_HTTP_PORT=port).start(expect_ready=False)

    assert_one_sentence(product, "different ports")


def test_a_state_folder_that_cannot_be_made_is_one_sentence(make_product):
    product = make_product(state="/proc/gatehouse/state").start(expect_ready=False)

    assert_one_sentence(product, "/proc/gatehouse/state", "cannot be made")


def test_a_state_folder_that_is_a_file_is_one_sentence(make_product, tmp_path):
    (tmp_path / "file").write_text("")

    product = make_product(state=tmp_path / "file").start(expect_ready=False)

    assert_one_sentence(product, "cannot be made")


@pytest.mark.parametrize("options,words", [("size=32k", "full"), ("size=50m", "300 MB"), ("ro", "cannot be written to")])
def test_a_disk_that_is_full_or_read_only_is_one_sentence(make_product, tmp_path, options, words):
    """In a mount namespace of its own, which an ordinary user may have as well."""
    product = make_product()
    disk = product.state
    disk.mkdir()
    (disk / "logs").mkdir()
    (disk / "secrets").mkdir()
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c",
         f'mount -t tmpfs -o {options} none "{disk}" && exec "{CHECKOUT}/scripts/run"'],
        env={**os.environ, "GATEHOUSE_STATE": str(disk), "GATEHOUSE_BINARY": str(product.binary),
             "GATEHOUSE_HTTPS_PORT": str(product.port), "GATEHOUSE_HTTP_PORT": str(product.http_port)},
        capture_output=True, text=True,
    )

    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("·")]
    assert done.returncode not in (0, 127)
    assert len(said) == 1 and words in said[0], said


@pytest.mark.parametrize("name,value", [
    ("GATEHOUSE_LOG_LEVEL", "shouting"), ("GATEHOUSE_GATE_CACHE", "perhaps"), ("GATEHOUSE_WEB_PROCESSES", "0"),
])
def test_a_broken_setting_is_named(make_product, name, value):
    product = make_product(**{name: value}).start(expect_ready=False)

    assert product.run.returncode == 1
    assert any(name in line for line in product.output), product.said()
    assert processes_of(product.state) == []


def test_a_broken_policy_is_named(make_product, tmp_path):
    policy = tmp_path / "broken.policy"
    policy.write_text("GET /api/v1/engine/** no-such-thing extra\n")

    product = make_product(GATEHOUSE_GATE_POLICY=str(policy)).start(expect_ready=False)

    assert product.run.returncode == 1
    assert any("broken.policy" in line for line in product.output), product.said()
    assert processes_of(product.state) == []


def test_an_administrator_password_that_is_too_weak_is_said(make_product):
    product = make_product(GATEHOUSE_ADMIN_PASSWORD="short").start(expect_ready=False)

    assert_one_sentence(product, "administrator")


def test_a_missing_toolchain_is_one_sentence(tmp_path):
    for tool in ("dirname", "env", "bash"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    if shutil.which("swift", path=environment["PATH"]):
        environment["PATH"] = str(tmp_path)

    done = subprocess.run(
        [CHECKOUT / "scripts/install-dependencies", "run"], env=environment, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "Swift 6.3 toolchain" in done.stderr


def test_a_deep_state_folder_works(make_product, tmp_path):
    product = make_product(state=tmp_path / ("deep-" * 12) / ("deeper-" * 12) / "state").start()

    assert product.sign_in("admin", product.admin_password).status_code == 200
    runtime = product.runtime()
    product.stop()
    assert not runtime.exists()


def test_a_state_folder_with_a_space_works(make_product, tmp_path):
    product = make_product(state=tmp_path / "with a space").start()

    assert product.sign_in("admin", product.admin_password).status_code == 200


def test_state_and_sockets_are_for_nobody_else(make_product):
    product = make_product().start()

    def mode(path):
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(product.state) == 0o700
    assert mode(product.runtime()) == 0o700
    for path in (product.state / "secrets").iterdir():
        assert mode(path) == 0o600, path
    for name in ("web", "gate"):
        assert mode(product.runtime() / f"{name}.sock") == 0o660


@pytest.fixture
def as_ordinary_user(binary):
    """Starts `make run` as nobody, from a copy that nobody may read. Without root it is as oneself."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-user.", dir="/tmp"))
    for part in ("scripts", "nginx", "sql", "public"):
        if (CHECKOUT / part).exists():
            shutil.copytree(CHECKOUT / part, folder / part)
    (folder / "bin").mkdir()
    shutil.copy(binary, folder / "bin/gatehouse")
    for resources in binary.parent.glob("*.resources"):
        shutil.copytree(resources, folder / "bin" / resources.name)
    (folder / "state").mkdir()
    folder.chmod(0o755)
    user = []
    if os.getuid() == 0:
        os.chown(folder / "state", 65534, 65534)
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    def start(port, http_port):
        return folder, subprocess.Popen(
            [*user, folder / "scripts/run"], cwd="/", text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GATEHOUSE_STATE": str(folder / "state"),
                 "GATEHOUSE_BINARY": str(folder / "bin/gatehouse"), "GATEHOUSE_HTTPS_PORT": str(port),
                 "GATEHOUSE_HTTP_PORT": str(http_port)},
            preexec_fn=heed_signals,
        )

    yield start
    shutil.rmtree(folder)


def test_it_runs_as_an_ordinary_user(as_ordinary_user):
    folder, run = as_ordinary_user(free_port(), free_port())
    with run:
        said = []
        for line in run.stdout:
            said.append(line)
            if line.startswith("Ctrl-C stops everything"):
                run.send_signal(signal.SIGINT)

    assert run.returncode == 0, said
    assert any("is ready" in line for line in said)
    assert processes_of(folder) == []


def test_a_port_of_roots_is_one_sentence_for_an_ordinary_user(as_ordinary_user):
    ordinary_from = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    _, run = as_ordinary_user(81, free_port())
    with run:
        said = run.stdout.readlines()
        run.send_signal(signal.SIGINT)

    assert ordinary_from <= 81 or (run.returncode == 1 and "Port 81 is for root" in said[-1]), said


def test_a_killed_service_ends_the_run_with_a_sentence(make_product):
    product = make_product().start()

    os.kill(product.pid("nginx"), signal.SIGKILL)
    product.run.wait(60)
    wait_until(lambda: "by itself" in product.said(), "the sentence", 10)

    assert product.run.returncode == 1
    assert "nginx ended by itself" in product.said()
    wait_until(lambda: processes_of(product.state) == [], "its workers to end", 40)
