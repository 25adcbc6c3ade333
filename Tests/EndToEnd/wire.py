"""Requests as bytes: what a client library would tidy up or refuse to send."""

import json
import socket
import ssl


class Answer:
    """One HTTP/1.1 answer, with doubled headers kept apart."""

    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0] else None
        self.headers = [
            (name.lower(), value.strip())
            for name, _, value in (line.partition(":") for line in lines[1:])
        ]
        if self.header("transfer-encoding") == "chunked":
            self.body = unchunked(self.body)

    def all(self, name):
        return [value for header, value in self.headers if header == name.lower()]

    def header(self, name):
        values = self.all(name)
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)


def unchunked(data):
    parts = []
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        if length == 0:
            break
        parts.append(data[:length])
        data = data[length + 2 :]
    return b"".join(parts)


def connect(port, tls=True, timeout=30):
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    # Else the first request waits for the server to acknowledge the end of the handshake.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not tls:
        return connection
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname="localhost")


def received(connection):
    data = b""
    try:
        while chunk := connection.recv(65536):
            data += chunk
    except (ConnectionResetError, ssl.SSLError):
        pass
    return data


def send_raw(port, data, tls=True, timeout=30):
    """Sends the bytes as they are and reads until the server closes."""
    with connect(port, tls, timeout) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass
        return Answer(received(connection))


def ask(port, target, headers=(), method="GET", body=b"", tls=True, host="localhost"):
    """One request with the target and headers exactly as given, in order."""
    lines = [f"{method} ".encode() + (target if isinstance(target, bytes) else target.encode())]
    lines[0] += b" HTTP/1.1"
    if host is not None:
        lines.append(f"Host: {host}".encode())
    for name, value in headers:
        lines.append(f"{name}: {value}".encode("latin-1"))
    if body:
        lines.append(f"Content-Length: {len(body)}".encode())
    if not any(name.lower() == "connection" for name, _ in headers):
        lines.append(b"Connection: close")
    return send_raw(port, b"\r\n".join(lines) + b"\r\n\r\n" + body, tls)
