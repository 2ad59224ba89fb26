"""A server that answers at once and keeps nothing: what is left is the client's own time.

Usage: instant.py PORT"""

import json
import socketserver
import sys
import time

RUN = {
    "info": {
        "run_id": "0" * 32, "run_uuid": "0" * 32, "experiment_id": "0", "status": "RUNNING",
        "start_time": 0, "artifact_uri": "mlflow-artifacts:/0/0/artifacts", "lifecycle_stage": "active",
        "run_name": "instant", "user_id": "ana",
    },
    "data": {},
}


def answer(path):
    if "runs/create" in path or "runs/get" in path:
        return {"run": RUN}
    if "runs/update" in path:
        return {"run_info": RUN["info"]}
    if "experiments/get" in path:
        return {"experiment": {"experiment_id": "0", "name": "Default", "lifecycle_stage": "active"}}
    return {}


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        while line := self.rfile.readline():
            length = 0
            while (head := self.rfile.readline().lower()).strip():
                if head.startswith(b"content-length:"):
                    length = int(head.split(b":")[1])
            self.rfile.read(length)
            path = line.decode("latin-1").split(" ")[1]
            body = b"3.17.2" if path == "/version" else json.dumps(answer(path)).encode()
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(body), body))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
server.timeout = 1
# Ends by itself, whoever forgot it.
until = time.monotonic() + 3600
while time.monotonic() < until:
    server.handle_request()
