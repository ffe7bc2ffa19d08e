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
import urllib.request

EXAMPLES = pathlib.Path(os.environ["EXAMPLES"])
SERVER = os.environ["EXAMPLE_SERVER"]
PATIENCE_S = 60


def run(name, *arguments, pipe=""):
    # Credentials of the machine's must not be used here.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run([EXAMPLES / name, *map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=PATIENCE_S, env=environment, input=pipe)


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

    def test_the_answer_of_a_language_model_is_printed_word_by_word(self):
        self.assertEqual(self.lines(run("llm_stream", self.base, "What is 6 * 7?")),
                         ["You asked: What is 6 * 7? I think it is 42. "])
        # Long before its end.
        question = "word " * 2000
        answering = subprocess.Popen([EXAMPLES / "llm_stream", self.base, question], stdout=subprocess.PIPE)
        self.addCleanup(answering.stdout.close)
        self.addCleanup(answering.wait)
        self.addCleanup(answering.kill)
        self.assertRegex(os.read(answering.stdout.fileno(), 100), b"^You ")
        self.assertIsNone(answering.poll())

    def test_requests_in_coroutines_run_in_parallel(self):
        self.assertEqual(self.lines(run("parallel_requests", self.base)),
                         ["1: Ada", "2: Grace", "3: Barbara", "99: nobody, 404", "all at once"])

    def test_a_download_is_written_and_continued(self):
        file = self.folder.parent / "archive"
        [said] = self.lines(run("streaming_download", self.base, file))
        self.assertEqual(said, f"{file}: 3145728 bytes, 0 of them from an earlier run")
        content = file.read_bytes()
        with urllib.request.urlopen(f"{self.base}/archive") as response:
            self.assertEqual(content, response.read())
            tag = response.headers["etag"]
        file.unlink()
        file.with_suffix(".part").write_bytes(content[:1000])
        file.with_suffix(".part.json").write_text(
            json.dumps({"url": f"{self.base}/archive", "validator": tag, "total": len(content)}))
        [said] = self.lines(run("streaming_download", self.base, file))
        self.assertEqual(said, f"{file}: 3145728 bytes, 1000 of them from an earlier run")
        self.assertEqual(file.read_bytes(), content)
        self.assertEqual([path.name for path in file.parent.iterdir()], ["archive"])

    def test_a_download_that_cannot_be_written_says_so(self):
        result = run("streaming_download", self.base, self.folder / "missing" / "archive")
        self.assertEqual((result.returncode, result.stdout), (1, ""), result)
        self.assertIn("No such file or directory", result.stderr)

    def test_what_comes_out_of_a_pipe_is_uploaded(self):
        text = "".join(f"{number}\n" for number in range(1_000_000))
        [said] = self.lines(run("upload_from_pipe", self.base, pipe=text))
        self.assertEqual(said, f"the server counted {len(text)} bytes in 1000000 lines")
        [said] = self.lines(run("upload_from_pipe", self.base))
        self.assertEqual(said, "the server counted 0 bytes in 0 lines")

    def test_an_upload_does_not_wait_for_a_silent_pipe_when_there_is_no_server(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            base = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with subprocess.Popen([EXAMPLES / "upload_from_pipe", base], stdin=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as process:
                self.assertEqual(process.wait(PATIENCE_S), 1)
                self.assertRegex(process.stderr.read(), "refused|Failed to connect")

    def test_a_mock_in_a_test_needs_no_server(self):
        lines = self.lines(run("mock_in_a_test"))
        self.assertEqual(len(lines), 7)
        self.assertEqual([line for line in lines if not line.startswith("ok: ")], [])

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
                if program.name == "mock_in_a_test":
                    continue
                takes_path = program.name in ("external_storage_example", "streaming_download")
                arguments = [self.folder / "archive" if program.name == "streaming_download" else self.folder]
                arguments = arguments if takes_path else []
                with self.subTest(program.name):
                    result = run(program.name, base, *arguments)
                    # The first program prints errors as it prints responses.
                    self.assertEqual(result.returncode, 0 if program.name == "quick_start" else 1, result)
                    self.assertRegex(result.stdout + result.stderr, "refused|Failed to connect|no response|FAILED", result)
                    self.assertNotIn("terminate called", result.stderr)


if __name__ == "__main__":
    unittest.main()
