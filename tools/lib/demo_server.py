#!/usr/bin/env python3
"""The server of tools/demo, on a free port of 127.0.0.1. Its first line of output is its URL."""
import http.server
import json
import re
import time

USERS = {1: "Ada", 2: "Grace", 3: "Barbara"}
SLOW_SECONDS = 1.0
REPORT_ROWS = 5000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, document, **headers):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if match := re.fullmatch(r"/users/(\d+)", self.path):
            user = int(match.group(1))
            if user in USERS:
                self.answer(200, {"id": user, "name": USERS[user]})
            else:
                self.answer(404, {"error": f"no user {user}"})
        elif self.path == "/slow":
            time.sleep(SLOW_SECONDS)
            self.answer(200, {"took": SLOW_SECONDS})
        elif self.path == "/report":
            self.answer(200, [{"row": row, "value": row * row} for row in range(REPORT_ROWS)])
        elif self.path == "/moved":
            self.answer(302, {}, location="/users/1")
        elif self.path == "/error":
            self.answer(503, {"error": "down for maintenance"})
        else:
            self.answer(404, {"error": f"nothing at {self.path}"})

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.answer(201, {"received": body.decode(errors="replace")})

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        """A client that was too impatient for the answer is no news."""


with Server(("127.0.0.1", 0), Handler) as server:
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
