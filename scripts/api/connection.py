"""Requests over one connection that is kept, with as little around them as Python can."""

import json
import socket
import time


class Connection:
    def __init__(self, url):
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"{host}:{port}"
        self.rest = b""

    def close(self):
        self.socket.close()

    def request(self, method, path, fields=None):
        body = b"" if fields is None else json.dumps(fields).encode()
        head = (
            f"{method} /api/2.0/mlflow/{path} HTTP/1.1\r\nHost: {self.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        return head.encode() + body

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        """Its status and body; a body comes with its length, or in chunks."""
        head = self._until(b"\r\n\r\n").decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        if "content-length:" in head:
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            return status, self._take(length)
        parts = []
        while size := int(self._until(b"\r\n").strip(), 16):
            parts.append(self._take(size))
            self._take(2)
        self._take(2)
        return status, b"".join(parts)

    def call(self, method, path, fields=None):
        self.send(self.request(method, path, fields))
        status, body = self.answer()
        if status != 200:
            raise SystemExit(f"{method} {path}: {status} {body[:300]!r}")
        return json.loads(body) if body else {}

    def timed(self, data):
        """Seconds from the first byte sent to the last one received."""
        start = time.perf_counter()
        self.send(data)
        status, body = self.answer()
        took = time.perf_counter() - start
        if status != 200:
            raise SystemExit(f"{data[:80]!r}: {status} {body[:300]!r}")
        return took, body

    def _until(self, end):
        while end not in self.rest:
            self._more()
        found, self.rest = self.rest.split(end, 1)
        return found

    def _take(self, count):
        parts, have = [self.rest], len(self.rest)
        while have < count:
            part = self.socket.recv(1 << 20)
            if not part:
                raise ConnectionError("the server closed the connection")
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.rest = whole[count:]
        return whole[:count]

    def _more(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.rest += part
