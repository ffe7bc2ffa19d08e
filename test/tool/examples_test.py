"""The programs of tools/examples do what they say, against the server beside them and without one.

The environment says where they are: EXAMPLES is a folder of programs, EXAMPLE_SERVER the server's source.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = pathlib.Path(os.environ["EXAMPLES"])
SERVER = os.environ["EXAMPLE_SERVER"]
PATIENCE_S = 60


def run(name, *arguments):
    # Credentials of the machine's must not be used here.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run([EXAMPLES / name, *map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=PATIENCE_S, env=environment)


class ExamplesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([sys.executable, SERVER, "0"], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end_server)
        cls.base = cls.server.stdout.readline().strip()

    @classmethod
    def end_server(cls):
        cls.server.kill()
        cls.server.wait()
        cls.server.stdout.close()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ahp-examples-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "payloads"

    def lines(self, result):
        """Of a run that went well."""
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return result.stdout.splitlines()

    def test_quick_start_prints_the_response_and_its_callback(self):
        [line] = self.lines(run("quick_start", f"{self.base}/"))
        callback, status, response = line.split(" ", 2)
        self.assertEqual((callback, status), ("FetchDataCallback", "200"))
        response = json.loads(response)
        self.assertEqual(json.loads(response["body"]["value"]), {"answer": 42})
        self.assertEqual(response["callback_args"], {"user_id": 123})

    def test_error_handling_tells_the_kinds_of_errors_apart(self):
        lines = self.lines(run("error_handling", self.base))
        # In the order of completion, which only the slow one surely ends.
        self.assertRegex(lines[-1], r"^/slow: AsyncHttpPool::RequestError request_timeout, .+ -> again later$")
        self.assertEqual(sorted(lines[:-1]), [
            '/error: AsyncHttpPool::ServerError 503 {"error": "down for maintenance"} -> again later',
            "/loop: AsyncHttpPool::RecursiveRedirectError after 1 redirect(s) -> given up",
            '/users/1: 200 {"id": 1, "name": "Ada"}',
            '/users/99: AsyncHttpPool::ClientError 404 {"error": "no user 99"} -> given up'])

    def test_templates_give_each_request_the_base_url_the_parameters_and_the_key(self):
        lines = self.lines(run("templates", self.base))
        self.assertEqual(lines[:5], [
            "GET /v1/users/123?lang=en",
            "GET /v1/users?lang=en&name=J.+Smith",
            "GET /v1/users?lang=de&page=2",
            "POST /v1/users?lang=en",
            "GET /users/1?lang=en"])
        answers = [line.split(" ", 1) for line in lines[5:]]
        self.assertEqual([status for status, _ in answers], ["200"] * 5)
        told = [json.loads(body) for _, body in answers]
        self.assertEqual([answer["did"] for answer in told[:4]],
                         ["GET /v1/users/123", "GET /v1/users", "GET /v1/users", "POST /v1/users?lang=en"])
        self.assertEqual(json.loads(told[3]["with"]), {"name": "John"})

    def test_callback_args_come_back_and_what_is_no_json_is_refused_with_its_path(self):
        user, args, verdict, refused = self.lines(run("callback_args_example", self.base))
        self.assertEqual(user, "user 123, queue default, tag new, name Ada")
        self.assertEqual(json.loads(args), {"user_id": 123, "tags": ["new", "paid"], "since": None})
        self.assertEqual(verdict, "came back as they went")
        self.assertRegex(refused, r"^refused: .*scores\[1\]")

    def check_external_storage(self, where, store):
        lines = self.lines(run("external_storage_example", self.base, where))
        messages = [line.removeprefix("message: ") for line in lines if line.startswith("message: ")]
        references = [json.loads(message) for message in messages if message.startswith('{"$ref"')]
        self.assertEqual((len(messages), len(references)), (2, 1), lines)
        self.assertEqual(references[0]["$ref"]["store"], store)
        consumed = sorted(line.removeprefix(self.base) for line in lines if not line.startswith("message: "))
        self.assertRegex(consumed[0], r"^/report: [0-9]{6} bytes, from the store$")
        self.assertRegex(consumed[1], r"^/users/1: 24 bytes, from the queue$")

    def test_external_storage_keeps_the_large_response_in_a_file_until_it_is_consumed(self):
        self.check_external_storage(self.folder, "files")
        self.assertEqual(list(self.folder.iterdir()), [])

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_external_storage_works_alike_with_redis(self):
        folder = tempfile.TemporaryDirectory(prefix="ahp-redis-")
        self.addCleanup(folder.cleanup)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        redis = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                                  "--dir", folder.name], stdout=subprocess.PIPE, text=True)
        self.addCleanup(redis.stdout.close)
        self.addCleanup(redis.wait)
        self.addCleanup(redis.kill)
        for line in redis.stdout:
            if "Ready to accept connections" in line:
                break
        else:
            self.fail("redis-server did not start")
        self.check_external_storage(f"redis://127.0.0.1:{port}/0", "cache")

    def test_external_storage_says_which_directory_it_cannot_make(self):
        file = self.folder.parent / "file"
        file.write_text("")
        result = run("external_storage_example", self.base, file / "below")
        self.assertEqual((result.returncode, result.stdout), (1, ""), result)
        self.assertIn(str(file), result.stderr)

    def test_external_storage_refuses_urls_that_are_no_store(self):
        for where in ("ftp://host/x", "Redis://host"):
            result = run("external_storage_example", self.base, where)
            self.assertEqual((result.returncode, result.stdout), (1, ""), result)
            self.assertIn("unix://", result.stderr)
        for where in ("unix:///no/such/socket", "rediss://127.0.0.1:1/0"):
            result = run("external_storage_example", self.base, where)
            self.assertEqual(result.returncode, 1, result)
        self.assertFalse(pathlib.Path("unix:").exists() or pathlib.Path("rediss:").exists())

    def test_programs_that_get_no_url_say_so(self):
        for name in ("error_handling", "templates"):
            result = run(name, "nonsense")
            self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result)

    def test_the_server_tells_its_usage_and_a_busy_port_in_one_line(self):
        port = self.base.rsplit(":", 1)[1]
        for words, said in ((["x"], "usage: "), (["1", "2"], "usage: "), (["65536"], "usage: "), ([port], f"127.0.0.1:{port}: ")):
            result = subprocess.run([sys.executable, SERVER, *words], capture_output=True, text=True, check=False,
                                    timeout=PATIENCE_S)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result)
            self.assertIn(said, result.stderr)

    def test_external_storage_says_that_s3_wants_credentials(self):
        result = run("external_storage_example", self.base, "s3://bucket")
        self.assertEqual((result.returncode, result.stdout), (1, ""), result)
        self.assertIn("credentials", result.stderr)

    def test_the_custom_store_passes_the_check_and_keeps_a_response(self):
        findings, stored = self.lines(run("custom_store", self.base))
        self.assertEqual(findings, "0 findings")
        reference, size = re.fullmatch(r"(\{.*\}): (\d+) bytes", stored).groups()
        self.assertEqual(json.loads(reference)["$ref"]["store"], "scratch")
        self.assertGreater(int(size), 100_000)

    def test_the_observer_counts_tasks_requests_and_refusals(self):
        result = run("observer", self.base)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout.splitlines(), [
            "tasks: 10 accepted, 2 refused",
            "requests: 11 started, 11 ended, 1 failed",
            "outcomes: 9 responses, 1 errors, 0 given back"])

    def test_options_cookies_forms_and_uploads_work_together(self):
        result = run("options", self.base)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout.splitlines(), [
            '200 {"hello": "Ada"}', '200 {"name": "Ada"}', '201 {"parts": 2}', "1 cookie kept for later"])
        self.assertEqual(len(result.stderr.splitlines()), 3)

    def test_the_synchronous_executor_shows_that_the_handler_works(self):
        lines = self.lines(run("synchronous_executor_example", self.base))
        self.assertEqual(len(lines), 5)
        self.assertEqual([line for line in lines if not line.startswith("ok: ")], [])

    def test_without_a_server_every_program_says_so_and_ends(self):
        # The port is ours and nobody listens: a connection is refused.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            base = f"http://127.0.0.1:{taken.getsockname()[1]}"
            for program in sorted(EXAMPLES.iterdir()):
                if not program.is_file() or not os.access(program, os.X_OK) or program.suffix:
                    continue
                arguments = [self.folder] if program.name == "external_storage_example" else []
                with self.subTest(program.name):
                    result = run(program.name, base, *arguments)
                    # The first program prints errors as it prints responses.
                    self.assertEqual(result.returncode, 0 if program.name == "quick_start" else 1, result)
                    self.assertRegex(result.stdout + result.stderr, "refused|Failed to connect|no response|FAILED", result)
                    self.assertNotIn("terminate called", result.stderr)


if __name__ == "__main__":
    unittest.main()
