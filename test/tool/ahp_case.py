"""What the tests of the ahp command share: a scratch folder, local servers, ways to run the program.

The environment says where the programs are: AHP and HOLD_SERVER (see test/bench/hold_server.cpp).
"""
import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

AHP = os.environ["AHP"]
HOLD_SERVER = os.environ["HOLD_SERVER"]
PATIENCE_S = 60
NGINX = """
daemon off;
master_process off;
pid {run}/nginx.pid;
error_log {run}/nginx-error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  default_type text/plain;
  client_body_temp_path {run}/body;
  proxy_temp_path {run}/proxy;
  fastcgi_temp_path {run}/fastcgi;
  uwsgi_temp_path {run}/uwsgi;
  scgi_temp_path {run}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 "ok"; }}
  }}
}}
"""


def wait_until(is_true, what):
    """Looks again and again; fails when it takes too long."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"in vain waited for: {what}")
        time.sleep(0.005)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class EchoHandler(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, as JSON; /status/404 with that status."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size = int(self.headers.get("content-length", 0))
        told = {"method": self.command, "path": self.path, "body": self.rfile.read(size).decode(),
                "headers": {name.lower(): value for name, value in self.headers.items()}}
        body = json.dumps(told).encode()
        self.send_response(int(self.path[8:]) if self.path.startswith("/status/") else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class AhpCase(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.stack = stack
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ahp-test-")))

    # --- servers ----------------------------------------------------------------------------------

    def end_later(self, process):
        def end():
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()
        self.stack.callback(end)
        return process

    def start_hold_server(self):
        """The URL of a server that answers /hold/MS after MS milliseconds and all else at once."""
        process = self.end_later(subprocess.Popen([HOLD_SERVER, "0"], stdout=subprocess.PIPE))
        return f"http://127.0.0.1:{int(process.stdout.readline())}"

    def start_nginx(self):
        port = free_port()
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(run=self.folder, port=port))
        self.end_later(subprocess.Popen(["nginx", "-e", f"{self.folder}/nginx-start.log", "-c", config]))
        wait_until(lambda: is_listening(port), "nginx listens")
        return f"http://127.0.0.1:{port}"

    def start_echo_server(self):
        server = self.stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    @staticmethod
    def stats(base):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{base}/stats", timeout=10) as response:
            return json.load(response)

    def wait_for_held(self, base, count):
        wait_until(lambda: self.stats(base)["held"] == count, f"{count} requests are held")

    # --- the program ------------------------------------------------------------------------------

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def ahp(self, *words, stdin=b"", env=None):
        """A word is a path, a number, text, or bytes when it is none of them."""
        return subprocess.run([AHP, *(word if isinstance(word, bytes) else str(word) for word in words)], input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S,
                              env={**os.environ, **(env or {})}, check=False)

    @staticmethod
    def ahp_in_shell(text):
        """For redirections: `text` calls the program as "$AHP"."""
        return subprocess.run(["sh", "-c", text], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=PATIENCE_S, env={**os.environ, "AHP": AHP}, check=False)

    def start_ahp(self, *words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE):
        """Runs beside the test; what it says on stderr goes to a file."""
        self.stderr_path = self.folder / "stderr"
        with open(self.stderr_path, "wb") as stderr:
            return self.end_later(subprocess.Popen([AHP, *map(str, words)], stdin=stdin, stdout=stdout, stderr=stderr))

    def assert_exit(self, process, status):
        self.assertEqual(process.wait(PATIENCE_S), status, self.stderr_path.read_text(errors="replace"))

    def outcomes(self, output, status=None):
        """The lines of an output, or of a finished run whose exit status is checked."""
        if status is not None:
            self.assertEqual(output.returncode, status, output.stderr.decode(errors="replace"))
            output = output.stdout
        self.assertTrue(output == b"" or output.endswith(b"\n"))
        return [json.loads(line) for line in output.split(b"\n")[:-1]]
