"""oidc-agent, which keeps the tokens of people who work at a command line."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from servers import stop, wait_until


class OIDCAgent:
    """An agent of its own with its own home folder; what it is told is forgotten with it."""

    def __init__(self, certificate):
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-agent.", dir="/tmp"))
        (self.folder / ".oidc-agent").mkdir()
        (self.folder / "password").write_text("of no worth\n")
        self.certificate = certificate
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "OIDC_SOCK": str(self.folder / "agent.sock"),
        }
        self.agent = subprocess.Popen(
            ["oidc-agent", "--console", "--quiet", f"--socket-path={self.folder}/agent.sock"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: (self.folder / "agent.sock").exists(), "oidc-agent")

    def add(self, issuer, *options, scope="openid profile offline_access"):
        """Starts adding an account; the address that it asks to visit comes from `address`."""
        return Adding([
            "oidc-gen", "gatehouse", f"--issuer={issuer}", f"--scope={scope}",
            f"--cert-path={self.certificate}", "--no-url-call", "--no-scheme", "--prompt=none", "--confirm-yes",
            f"--pw-file={self.folder}/password", *options,
        ], self.environment)

    def token(self, *options):
        done = subprocess.run(
            ["oidc-token", *options, "gatehouse"], env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def close(self):
        stop(self.agent)
        shutil.rmtree(self.folder)


class Adding:
    """One run of oidc-gen, which waits for what happens in the browser."""

    def __init__(self, words, environment):
        self.output = ""
        self.process = subprocess.Popen(
            words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with self.process.stdout as stream:
            for character in iter(lambda: stream.read(1), ""):
                self.output += character

    def find(self, pattern):
        """What the program has said, or says in a while."""
        wait_until(
            lambda: re.search(pattern, self.output) or self.process.poll() is not None, f"{pattern} of oidc-gen", 30
        )
        found = re.search(pattern, self.output)
        assert found, self.output
        return found[1]

    def finish(self):
        self.process.wait(60)
        self.reader.join(10)
        assert self.process.returncode == 0, self.output
        return self.output
