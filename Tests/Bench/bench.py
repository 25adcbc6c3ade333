"""The table of `make bench`: gatehouse against a bare C program behind the same nginx."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from pathlib import Path

from oauth2 import machine, service_user
from product import Product, children, made
from servers import CHECKOUT, free_port, stop, wait_until
from wire import ask

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 8
CONNECTIONS = 32
GATED = "/api/v1/engine/pipelines/bench"
LIST = "/api/v1/tokens"
TOKEN = "/oauth2/token"
INTROSPECT = "/oauth2/introspect"

# What each row is measured against; the others against the bare gate.
BASES = {
    "bare C, web": "bare C, web", "token list": "bare C, web", "bare C, form": "bare C, form",
    "introspection": "bare C, form", "client credentials": "bare C, form",
}
TICKS = os.sysconf("SC_CLK_TCK")

# Gated, and then answered by nginx itself: so the gate is measured, and no API behind it.
LOCATION = f"""
    location = {GATED} {{
        include gatehouse/gatehouse-gate.conf;
        empty_gif;
    }}
    location = /machhub {{"""


class Front:
    """The shipped nginx before two sockets, whoever listens there."""

    def __init__(self, folder, runtime, tls):
        self.port = free_port()
        subprocess.run(
            [CHECKOUT / "scripts/nginx-folder", folder, runtime, tls, str(self.port), str(free_port())], check=True
        )
        site = (folder / "site.conf").read_text()
        assert "location = /machhub {" in site
        # The product's own nginx is the echo service already.
        (folder / "echo.conf").write_text("")
        (folder / "site.conf").write_text(site.replace("\n    location = /machhub {", LOCATION, 1))
        self.process = subprocess.Popen(
            ["nginx", "-p", f"{folder}/", "-c", "nginx.conf", "-e", folder / "logs/error.log"],
            env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"},
        )
        wait_until(self.listens, "nginx")

    def listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    def workers(self):
        return children(self.process.pid)


def cpu(pids):
    """Seconds of processor time that the processes have had."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def memory(pid):
    """Resident megabytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def wrk(port, path, headers, connections=CONNECTIONS, seconds=SECONDS, script=None):
    done = subprocess.run(
        ["wrk", "--latency", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds}s",
         *(["-s", script] if script else []),
         *[word for name, value in headers.items() for word in ("-H", f"{name}: {value}")],
         f"https://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True,
    ).stdout
    assert "Non-2xx" not in done and "Socket errors" not in done, done
    latency = re.search(r"99%\s+([\d.]+)(us|ms|s)", done)
    return {
        "requests": int(re.search(r"(\d+) requests in", done)[1]),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1]),
        "p99": float(latency[1]) * {"us": 0.001, "ms": 1, "s": 1000}[latency[2]],
    }


def post(file, form):
    """A script with which wrk sends a form."""
    file.write_text(
        f'wrk.method = "POST"\nwrk.body = "{form}"\n'
        'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
    )
    return file


def measure(front, pids, path, headers, **options):
    wrk(front.port, path, headers, **{**options, "seconds": 1})
    before = cpu(pids), cpu(front.workers())
    result = wrk(front.port, path, headers, **options)
    after = cpu(pids), cpu(front.workers())
    result["own"] = (after[0] - before[0]) / result["requests"] * 1e6
    result["nginx"] = (after[1] - before[1]) / result["requests"] * 1e6
    return result


def better(one, other):
    return one if one and one["rate"] >= other["rate"] else other


def hammer(port, ending):
    """A client that does nothing but try to sign in."""
    body = b'{"username": "nobody", "password": "not the password"}'
    while not ending.is_set():
        ask(port, "/auth/login", [("Content-Type", "application/json")], "POST", body, host=f"127.0.0.1:{port}")


def first_answer(product, folder):
    """Milliseconds from the start of the supervisor to the first answer of a worker."""
    settings = dict(
        line.split("=", 1)
        for line in Path(f"/proc/{product.pid('gatehouse')}/environ").read_bytes().decode().split("\0") if "=" in line
    )
    settings["GATEHOUSE_RUNTIME_DIRECTORY"] = str(folder)
    parameters = b"".join(
        bytes([len(name), len(value)]) + name.encode() + value.encode()
        for name, value in {
            "REQUEST_METHOD": "GET", "REQUEST_URI": "/healthz", "SCRIPT_NAME": "/healthz", "HTTPS": "on",
            "HTTP_HOST": f"localhost:{product.port}", "REMOTE_ADDR": "127.0.0.1",
        }.items()
    )
    request = (
        bytes([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + bytes([1, 4, 0, 1, 0, len(parameters), 0, 0])
        + parameters + bytes([1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0])
    )
    begin = time.perf_counter()
    process = subprocess.Popen([product.binary, "serve"], env=settings, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.connect(str(folder / "web.sock"))
                    connection.sendall(request)
                    if connection.recv(1):
                        return (time.perf_counter() - begin) * 1000
            except OSError:
                assert process.poll() is None and time.perf_counter() - begin < 30
                time.sleep(0.001)
    finally:
        stop(process)


def bench(folder, binary):
    print("Starting gatehouse, with the gate's cache and without.", flush=True)
    ceiling = folder / "ceiling"
    subprocess.run(
        ["cc", "-O2", "-o", ceiling, CHECKOUT / "Tests/Bench/ceiling.c", "-lfcgi", "-lpthread"], check=True
    )
    cached = Product(folder / "cached", binary).start()
    uncached = Product(folder / "uncached", binary, GATEHOUSE_GATE_CACHE="off").start()
    running = [cached, uncached]
    processes = []
    try:
        bare = folder / "bare"
        bare.mkdir()
        ceilings = {
            name: subprocess.Popen([ceiling, bare / f"{name}.sock", "128"]) for name in ("web", "gate")
        }
        processes += ceilings.values()
        fronts = {
            "bare": Front(folder / "front-bare", bare, cached.state / "tls"),
            "cached": Front(folder / "front-cached", cached.runtime(), cached.state / "tls"),
            "uncached": Front(folder / "front-uncached", uncached.runtime(), cached.state / "tls"),
        }
        processes += [front.process for front in fronts.values()]

        def holder(product):
            organization = product.default_organization()
            token = made(product.create_token(product.admin, organization), 201)["token"]
            return {"Authorization": f"Bearer {token}", "X-Organization-ID": organization}

        # The name that the product is asked under is one that it serves.
        headers = {name: holder(product) for name, product in (("cached", cached), ("uncached", uncached))}
        headers["bare"] = headers["cached"]
        for name, product in (("cached", cached), ("uncached", uncached)):
            headers[name]["Host"] = f"localhost:{product.port}"
        session = {"Authorization": f"Bearer {cached.admin}", "Host": f"localhost:{cached.port}"}
        client = machine(cached, service_user(cached, cached.default_organization()))
        proof = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
        program = {"Authorization": f"Basic {proof}", "Host": f"localhost:{cached.port}"}
        token = made(cached.call(
            "POST", TOKEN, auth=(client["client_id"], client["client_secret"]),
            data={"grant_type": "client_credentials"},
        ), 200)["access_token"]
        asking = {"script": post(folder / "token.lua", "grant_type=client_credentials")}
        introspecting = {"script": post(folder / "introspect.lua", f"token={token}")}

        rows = {}
        # In turn, three times, the best of each: what else the machine does then hits nobody alone.
        for turn in range(3):
            print(f"Measuring, turn {turn + 1} of 3.", flush=True)
            for row, front, pids, path, sent, options in [
                ("bare C, gate", "bare", [ceilings["gate"].pid], GATED, headers["bare"], {}),
                ("gate, PAT, cached", "cached", cached.workers("gate"), GATED, headers["cached"], {}),
                ("gate, PAT, cache off", "uncached", uncached.workers("gate"), GATED, headers["uncached"], {}),
                ("bare C, web", "bare", [ceilings["web"].pid], LIST, headers["bare"], {}),
                ("token list", "cached", cached.workers("web"), LIST, session, {}),
                ("bare C, form", "bare", [ceilings["web"].pid], INTROSPECT, program, introspecting),
                ("introspection", "cached", cached.workers("web"), INTROSPECT, program, introspecting),
                ("client credentials", "cached", cached.workers("web"), TOKEN, program, asking),
            ]:
                rows[row] = better(rows.get(row), measure(fronts[front], pids, path, sent, **options))

        print("Measuring the gate while somebody hammers the sign-in.", flush=True)
        quiet = measure(fronts["cached"], [], GATED, headers["cached"], connections=2)
        ending = threading.Event()
        threads = [threading.Thread(target=hammer, args=(cached.port, ending)) for _ in range(4)]
        for thread in threads:
            thread.start()
        loud = measure(fronts["cached"], [], GATED, headers["cached"], connections=2)
        ending.set()
        for thread in threads:
            thread.join()

        resident = {pool: max(memory(pid) for pid in cached.workers(pool)) for pool in ("gate", "web")}
        starting = folder / "starting"
        starting.mkdir(mode=0o700)
        started = min(first_answer(cached, starting) for _ in range(3))
    finally:
        stop(*processes)
        for product in running:
            product.stop()
    return rows, quiet, loud, resident, started


def table(rows, quiet, loud, resident, started):
    print(f"\n{CONNECTIONS} connections over TLS, {os.cpu_count()} cores, {SECONDS} s each, the best of three:\n")
    print("| what | requests/s | of bare C | own CPU, µs a request | times bare C | nginx, µs a request |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, row in rows.items():
        base = rows[BASES.get(name, "bare C, gate")]
        print(
            f"| {name} | {row['rate']:,.0f} | {row['rate'] / base['rate']:.0%} | {row['own']:.1f} | "
            f"{row['own'] / base['own']:.2f} | {row['nginx']:.1f} |"
        )
    print()
    print("| what | measured | aim |")
    print("| --- | ---: | ---: |")
    print(f"| p99 of the gate while sign-in is hammered | {loud['p99'] / quiet['p99']:.2f} times the quiet one | under 2 |")
    for pool, megabytes in resident.items():
        print(f"| memory of a {pool} worker, after all this | {megabytes:.0f} MB | under 40 MB |")
    print(f"| start to first answer | {started:.0f} ms | under 300 ms |")


def main():
    # Short, because it holds sockets.
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-bench.", dir="/tmp"))
    try:
        table(*bench(folder, Path(os.environ["GATEHOUSE_BINARY"]).resolve()))
    finally:
        shutil.rmtree(folder)


main()
