"""What the tests of ahp with a payload store share: servers of payloads and of large responses, stores, references."""
import base64
import contextlib
import http.server
import json
import pathlib
import random
import shutil
import subprocess
import threading

from ahp_case import AhpCase, free_port, is_listening, wait_until

PASSWORD = "s3cr3t/pa ss"
S3_SERVER = pathlib.Path(__file__).resolve().parent.parent / "support" / "s3_server.py"
S3_KEYS = {"AWS_ACCESS_KEY_ID": "TESTACCESSKEY", "AWS_SECRET_ACCESS_KEY": "test/secret+key=1"}


def body_of(size):
    return random.Random(size).randbytes(size)


def body_in(outcome):
    return base64.b64decode(outcome["result"]["body"]["value"])


class BytesHandler(http.server.BaseHTTPRequestHandler):
    """Answers /bytes/N with N bytes, always the same, that do not get shorter by compression."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = body_of(int(self.path.rsplit("/", 1)[1]))
        self.send_response(200)
        self.send_header("content-type", "application/octet-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class BytesServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        """A client that was killed is no news."""


class AhpStoreCase(AhpCase):
    def setUp(self):
        super().setUp()
        self.payloads = self.folder / "payloads"
        self.store = f"file:{self.payloads}"
        self.redis = None

    # --- servers ----------------------------------------------------------------------------------

    def start_bytes_server(self):
        server = self.stack.enter_context(BytesServer(("127.0.0.1", 0), BytesHandler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/bytes"

    def need_redis(self):
        probe = self.ahp("run", "--store", "redis://127.0.0.1:1/0", "/dev/null")
        if b"built without Redis" in probe.stderr:
            self.skipTest("built without Redis")
        self.assertIsNotNone(shutil.which("redis-server"), "redis-server is not installed")

    def start_redis(self, *options):
        """On a unix socket and a port; returns both URLs, without credentials."""
        self.need_redis()
        port, path = free_port(), self.folder / "redis.sock"
        self.redis = self.end_later(subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--unixsocket", path, "--save", "",
             "--appendonly", "no", "--dir", self.folder, *options], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT))
        wait_until(lambda: path.exists() and is_listening(port), "redis listens")
        return f"redis://127.0.0.1:{port}/0", f"unix://{path}"

    def start_s3(self):
        """The URL of a store in a bucket that is there."""
        server = self.end_later(subprocess.Popen(
            ["/usr/bin/python3", S3_SERVER, "--bucket", "payloads", "--memory", "--die-with-parent"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
        # SIGTERM lets it remove its folder; what does not heed it is killed.
        def end():
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(10)
        self.stack.callback(end)
        endpoint = server.stdout.readline().decode().strip()
        self.assertTrue(endpoint.startswith("http://127.0.0.1:"), endpoint)
        return f"s3://payloads/some/results?endpoint={endpoint}&region=us-east-1"

    # --- runs -------------------------------------------------------------------------------------

    def requests(self, base, sizes):
        return "".join(json.dumps({"url": f"{base}/{size}", "id": i}) + "\n" for i, size in enumerate(sizes)).encode()

    def run_stored(self, store, stdin, *words, status=0, env=None):
        run = self.ahp("run", "--store", store, *words, "-", stdin=stdin, env=env)
        return run, {outcome["id"]: outcome for outcome in self.outcomes(run, status)}

    def assert_stored(self, outcome, store):
        self.assertEqual(set(outcome), {"id", "callback", "type", "result"})
        self.assertEqual(set(outcome["result"]), {"$ref"})
        self.assertEqual(set(outcome["result"]["$ref"]), {"store", "key"})
        self.assertEqual(outcome["result"]["$ref"]["store"], store)

    def assert_round_trip(self, url, name, env=None):
        """A large and a small result: only the first is stored, `fetch` gives it back, `--remove` removes it."""
        base = self.start_bytes_server()
        run, outcomes = self.run_stored(url, self.requests(base, [100_000, 10]), env=env)
        self.assert_stored(outcomes[0], name)
        self.assertEqual(body_in(outcomes[1]), body_of(10))
        reference = json.dumps(outcomes[0]["result"])
        # No more is needed than the environment of the run; and with the URL not even the order of words matters.
        for words in ((reference,), ("--store", url, reference), (reference, f"--store={url}")):
            fetched = self.ahp("fetch", *words, env=env)
            self.assertEqual((fetched.returncode, fetched.stderr), (0, b""))
            self.assertEqual(body_in({"result": json.loads(fetched.stdout)}), body_of(100_000))
        removed = self.ahp("fetch", "--remove", "-", stdin=run.stdout, env=env)
        self.assertEqual({o["id"]: body_in(o) for o in self.outcomes(removed, 0)}, {0: body_of(100_000), 1: body_of(10)})
        gone = self.ahp("fetch", "-", stdin=run.stdout, env=env)
        self.assertEqual((gone.returncode, gone.stdout), (1, run.stdout))
        self.assertIn(outcomes[0]["result"]["$ref"]["key"], gone.stderr.decode())
        return run

    def keys(self):
        return {path.stem for path in self.payloads.glob("*.json")}
