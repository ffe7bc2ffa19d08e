#!/usr/bin/env python3
"""A small API for the examples and tools/demo to talk to: `server.py [PORT]`, 8080 by default, 0 for a free one.

Listens on 127.0.0.1 until it is ended. Its first line of output is its URL.
"""
import hashlib
import http.server
import json
import re
import sys
import time
import urllib.parse

USERS = {1: "Ada", 2: "Grace", 3: "Barbara"}
KEY = "Bearer secret"
SLOW_SECONDS = 1.0
# Its entity tag is the digest of the content, as strong as can be.
ARCHIVE = hashlib.shake_128(b"archive").digest(3 << 20)
ARCHIVE_TAG = f'"{hashlib.sha256(ARCHIVE).hexdigest()[:16]}"'
WORD_SECONDS = 0.02


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
        path, _, query = self.path.partition("?")
        if path == "/":
            self.answer(200, {"answer": 42})
        elif match := re.fullmatch(r"/users/(\d+)", path):
            user = int(match.group(1))
            if user in USERS:
                self.answer(200, {"id": user, "name": USERS[user]})
            else:
                self.answer(404, {"error": f"no user {user}"})
        elif path == "/report":
            # Digests hardly compress, so that the report stays large on its way.
            rows = [{"row": row, "digest": hashlib.sha256(str(row).encode()).hexdigest()} for row in range(2000)]
            self.answer(200, rows)
        elif path == "/slow":
            time.sleep(SLOW_SECONDS)
            self.answer(200, {"took": SLOW_SECONDS})
        elif path == "/moved":
            self.answer(302, {}, location="/users/1")
        elif path == "/loop":
            self.answer(302, {}, location="/loop")
        elif path == "/me":
            self.answer_by_cookie()
        elif path == "/error":
            self.answer(503, {"error": "down for maintenance"})
        elif path == "/archive":
            self.answer_archive()
        elif path.startswith("/v1/"):
            self.answer_with_key(path, query)
        else:
            self.answer(404, {"error": f"nothing at {path}"})

    do_HEAD = do_GET

    def do_POST(self):
        if self.path == "/count":
            self.answer_count()
            return
        body = b"".join(self.body_pieces())
        received = body.decode(errors="replace")
        if self.path == "/login":
            [name] = urllib.parse.parse_qs(received).get("name", ["nobody"])
            self.answer(200, {"hello": name}, **{"set-cookie": f"user={urllib.parse.quote(name)}; Path=/; HttpOnly"})
        elif self.path == "/files":
            self.answer(201, {"parts": body.count(b"Content-Disposition: form-data;")})
        elif self.path == "/v1/chat/completions" and self.headers.get("authorization") == KEY:
            self.answer_in_words(json.loads(received))
        elif self.path.startswith("/v1/"):
            self.answer_with_key(self.path, received)
        else:
            self.answer(201, {"received": received})

    def answer_in_words(self, chat):
        """As a language model does: an event for each word, while it thinks of the next."""
        question = chat["messages"][-1]["content"]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.send_chunk(b": thinking\n\n")
        for word in f"You asked: {question} I think it is 42.".split():
            time.sleep(WORD_SECONDS)
            delta = json.dumps({"choices": [{"delta": {"content": word + " "}}]})
            self.send_chunk(f"data: {delta}\n\n".encode())
        self.send_chunk(b"data: [DONE]\n\n")
        self.send_chunk(b"")

    def send_chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def body_pieces(self):
        """The body of the request, as it comes: of a known length, or in chunks."""
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            yield self.rfile.read(int(self.headers.get("content-length", 0)))
            return
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers

    def answer_count(self):
        """Of a body that may be larger than the memory."""
        size, lines = 0, 0
        for piece in self.body_pieces():
            size += len(piece)
            lines += piece.count(b"\n")
        self.answer(200, {"bytes": size, "lines": lines})

    def answer_archive(self):
        """Whole, or from some byte on for those who have the beginning."""
        first = 0
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        if match and self.headers.get("if-range") in (None, ARCHIVE_TAG) and int(match.group(1)) < len(ARCHIVE):
            first = int(match.group(1))
            self.send_response(206)
            self.send_header("content-range", f"bytes {first}-{len(ARCHIVE) - 1}/{len(ARCHIVE)}")
        else:
            self.send_response(200)
        self.send_header("content-length", str(len(ARCHIVE) - first))
        self.send_header("etag", ARCHIVE_TAG)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(ARCHIVE[first:])

    def answer_by_cookie(self):
        if match := re.fullmatch(r"user=([^;]+)", self.headers.get("cookie", "")):
            self.answer(200, {"name": urllib.parse.unquote(match.group(1))})
        else:
            self.answer(401, {"error": "who are you?"})

    def answer_with_key(self, path, received):
        """Below /v1/ only those are served who show the key."""
        if self.headers.get("authorization") == KEY:
            self.answer(200, {"did": f"{self.command} {path}", "with": received})
        else:
            self.answer(401, {"error": "who are you?"}, **{"www-authenticate": "Bearer"})

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        """A client that was too impatient for the answer is no news."""


def listen(words):
    """The server that the command line asks for."""
    if len(words) > 1 or not all(re.fullmatch(r"[0-9]{1,5}", word) and int(word) < 65536 for word in words):
        sys.exit("usage: server.py [PORT]")
    port = int(words[0]) if words else 8080
    try:
        return Server(("127.0.0.1", port), Handler)
    except OSError as error:
        sys.exit(f"cannot listen on 127.0.0.1:{port}: {error.strerror}")


if __name__ == "__main__":
    with listen(sys.argv[1:]) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
