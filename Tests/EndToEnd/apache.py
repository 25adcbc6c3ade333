"""Apache with one of its modules for OAuth2, as those who protect their pages with it run it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from servers import free_port, stop, wait_until

MODULES = Path("/usr/lib/apache2/modules")

# It answers with one page, and tells in a header whom it took the caller for.
CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
Mutex "file:{folder}" default
ErrorLog "{folder}/error.log"
LogLevel info
Listen 127.0.0.1:{port}
{user}
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
SSLEngine on
SSLCertificateFile "{folder}/certificate.pem"
SSLCertificateKeyFile "{tls}/key.pem"
DocumentRoot "{folder}/pages"
<Directory "{folder}/pages">
    Require all granted
</Directory>
{directives}
Header always set X-Remote-User "expr=%{{REMOTE_USER}}"
"""


class Apache:
    """An Apache of its own on a free port, with these modules and directives."""

    def __init__(self, tls, modules, directives):
        # Its workers are another user's, who has to get here.
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-apache.", dir="/tmp"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.base = f"https://localhost:{self.port}"
        # For its modules too, which read it as that user.
        self.certificate = self.folder / "certificate.pem"
        self.tls, self.modules, self.directives = tls, modules, directives
        self.process = None

    def start(self):
        (self.folder / "pages").mkdir()
        shutil.copyfile(self.tls / "certificate.pem", self.certificate)
        (self.folder / "pages/index.html").write_text("<!DOCTYPE html><title>Inside</title><p>You are in.\n")
        loaded = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "headers", "ssl", *self.modules]
        user = ""
        if os.geteuid() == 0:
            account = pwd.getpwnam("www-data")
            user = f"User {account.pw_name}\nGroup #{account.pw_gid}"
            shutil.chown(self.folder, account.pw_name)
        text = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in loaded)
        text += CONFIGURATION.format(
            folder=self.folder, port=self.port, user=user, tls=self.tls,
            directives=self.directives.format(base=self.base),
        )
        (self.folder / "apache.conf").write_text(text)
        self.process = subprocess.Popen(
            ["/usr/sbin/apache2", "-f", self.folder / "apache.conf", "-D", "FOREGROUND"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        wait_until(lambda: self.is_up() or self.process.poll() is not None, "Apache")
        assert self.process.poll() is None, self.process.stderr.read() + self.log()
        return self

    def is_up(self):
        return (self.folder / "apache.pid").exists()

    def log(self):
        log = self.folder / "error.log"
        return log.read_text() if log.exists() else ""

    def stop(self):
        if self.process:
            stop(self.process)
            self.process.stderr.close()
        shutil.rmtree(self.folder)
