"""ahp: help, versions, and what it says to a wrong use."""
import json
import unittest

from ahp_case import AhpCase


class AhpUsageTest(AhpCase):
    def assert_usage_error(self, words, *said, help_command="ahp run --help"):
        run = self.ahp(*words)
        text = run.stderr.decode()
        self.assertEqual((run.returncode, run.stdout), (2, b""), text)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.startswith("ahp: ") and text.endswith(f"; see {help_command}\n"), text)
        for part in said:
            self.assertIn(part, text)

    def test_help_goes_to_stdout(self):
        for words, said in ((["--help"], "usage: ahp COMMAND"), (["run", "--help"], "usage: ahp run"),
                            (["fetch", "--help"], "usage: ahp fetch"), (["bench", "--help"], "usage: ahp bench")):
            run = self.ahp(*words)
            self.assertEqual((run.returncode, run.stderr), (0, b""))
            self.assertIn(said, run.stdout.decode())

    def test_help_tells_how_to_get_the_help_of_each_command(self):
        text = self.ahp("--help").stdout.decode()
        for command in ("run", "fetch", "bench"):
            self.assertIn(f"ahp {command} --help", text)

    def test_what_cannot_be_written_is_no_success(self):
        for words in ("--help", "--version", "run --help", "fetch --help", "bench --help"):
            for redirection in (">/dev/full", ">&-"):
                with self.subTest(words=words, redirection=redirection):
                    run = self.ahp_in_shell(f'"$AHP" {words} {redirection}')
                    self.assertEqual((run.returncode, run.stderr.count(b"\n")), (3, 1), run.stderr)
                    self.assertIn(b"ahp: cannot write to stdout: ", run.stderr)

    def test_standard_streams_that_are_closed_or_of_the_wrong_direction_cannot_be_used(self):
        for words, said in (('run - <&-', "cannot use stdin"), ('run /dev/null >&-', "cannot use stdout"),
                            ('run - 0>/dev/null', "cannot use stdin"), ('run /dev/null 1</dev/null', "cannot use stdout")):
            with self.subTest(words=words):
                run = self.ahp_in_shell(f'"$AHP" {words}')
                self.assertEqual((run.returncode, run.stdout), (2, b""), run.stderr)
                self.assertIn(said, run.stderr.decode())

    def test_the_help_of_run_names_every_option_of_the_design(self):
        text = self.ahp("run", "--help").stdout.decode()
        for name in ("max-connections N", "request-timeout S", "connection-timeout S", "shutdown-timeout S",
                     "max-response-size BYTES", "max-redirects N", "retries N", "user-agent S", "proxy-url URL",
                     "raise-error-responses", "agents N", "cacert FILE", "output FILE", "requeue FILE", "config FILE",
                     "store URL", "threshold BYTES", "progress", "quiet"):
            self.assertIn(f"--{name}", text)

    def test_the_help_of_fetch_names_every_option_and_exit_status(self):
        text = self.ahp("fetch", "--help").stdout.decode()
        for part in ("--store URL", "--remove", "--output FILE", "--help", "Exit status: 0 all was found, 1 "):
            self.assertIn(part, text)

    def test_the_version_names_the_libraries(self):
        run = self.ahp("--version")
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        self.assertRegex(run.stdout.decode(), r"^ahp \d+\.\d+\.\d+ \(libcurl/.*\)\n$")

    def test_a_command_is_needed(self):
        self.assert_usage_error([], "a command is needed", help_command="ahp --help")
        self.assert_usage_error(["walk"], "unknown command walk", help_command="ahp --help")
        self.assert_usage_error(["--walk"], "unknown option --walk", help_command="ahp --help")

    def test_wrong_options_of_run(self):
        for words, said in (
            ([], "FILE"),
            (["a", "b"], "FILE"),
            (["--walk", "-"], "unknown option --walk"),
            (["-x", "-"], "unknown option -x"),
            (["--max-connections"], "--max-connections needs a value"),
            (["--max-connections", "x", "-"], "--max-connections must be an integer, got \"x\""),
            (["--max-connections=", "-"], "--max-connections must be an integer"),
            (["--max-connections", "1.5", "-"], "--max-connections must be an integer"),
            (["--max-connections", "0", "-"], "--max-connections"),
            (["--max-connections", "99999999999", "-"], "--max-connections: 99999999999 is out of range"),
            (["--max-response-size", "-1", "-"], "--max-response-size: -1 is out of range"),
            (["--request-timeout", "soon", "-"], "--request-timeout must be a number of seconds"),
            (["--request-timeout", "0", "-"], "--request-timeout"),
            (["--request-timeout", "nan", "-"], "--request-timeout"),
            (["--request-timeout", "1e300", "-"], "--request-timeout"),
            (["--request-timeout", "1e-4", "-"], "--request-timeout: must be at least 0.001, got 0.0001"),
            (["--shutdown-timeout", "-1", "-"], "--shutdown-timeout: must be at least 0.001, got -1"),
            (["--cacert", "/no/such/file", "-"], "--cacert: cannot read /no/such/file: No such file"),
            (["--cacert", "/", "-"], "--cacert: cannot read /: Is a directory"),
            (["--retries", "-1", "-"], "--retries"),
            (["--proxy-url", "ftp://127.0.0.1/", "-"], "--proxy-url"),
            (["--raise-error-responses=perhaps", "-"], "--raise-error-responses must be true or false"),
            (["--progress", "often", "-"], "--progress: must be auto, always or never"),
            (["--output", "", "-"], "--output"),
            (["--quiet", "--quiet", "-"], "--quiet is given twice"),
            (["--agents", "1", "--agents=2", "-"], "--agents is given twice"),
            (["/no/such/file"], "cannot read /no/such/file"),
            (["--", "--no-such-file"], "cannot read --no-such-file"),
        ):
            with self.subTest(words=words):
                self.assert_usage_error(["run", *words], said)

    def test_values_that_may_hold_credentials_are_not_shown(self):
        url = "redis://user:pw@host/"
        for words in (["--threshold", url, "-"], ["--request-timeout", url, "-"], ["--progress", url, "-"], [url],
                      ["--cacert", url, "-"], ["--requeue", url, "/dev/null"], ["--output", url, "/dev/null"], [f"-x={url}"],
                      ["--config", url, "-"], ["--quiet=" + url, "-"]):
            with self.subTest(words=words):
                self.assert_usage_error(["run", *words])
                self.assertNotIn(b"pw", self.ahp("run", *words).stderr)
        self.assert_usage_error(["run", url], "cannot read redis://...@host/: No such file")
        for name, value, said in (("store", [url], "an array"), ("proxy_url", {"a": url}, "an object"), ("store", 5, "a number"),
                                  ("threshold", url, "a string"), ("quiet", [url], "an array"), ("agents", {"u": "pw"}, "an object")):
            config = self.file("config", json.dumps({name: value}))
            self.assert_usage_error(["run", "--config", str(config), "-"], f"{name} must be ", f", got {said};")

    def test_integers_without_a_place_in_64_bits_are_out_of_range(self):
        for number in (2**63, -2**63 - 1, 10**30):
            self.assert_usage_error(["run", "--agents", str(number), "-"], f"--agents: {number} is out of range")
            config = self.file("config", json.dumps({"agents": number}))
            self.assert_usage_error(["run", "--config", str(config), "-"], "agents: ", " is out of range")

    def test_help_tells_of_ids_thresholds_and_silent_stores(self):
        text = self.ahp("run", "--help").stdout.decode()
        for part in ("null when the line is not readable as JSON", "at least 1", "storing is suspended", "no request is made"):
            self.assertIn(part, text)

    def test_words_that_are_not_utf8_or_do_not_show_are_refused_and_shown(self):
        for words, said in (
            (["--max-connections", b"\xff", "-"], '--max-connections must be an integer, got "\\xff"'),
            (["--request-timeout", b"\xc0\x80", "-"], r'--request-timeout must be a number of seconds, got "\xc0\x80"'),
            (["--user-agent", b"a\xff", "-"], '--user-agent: must be UTF-8, got "a\\xff"'),
            (["--user-agent", b"\xed\xa0\x80", "-"], "--user-agent: must be UTF-8"),
            (["--proxy-url", b"http://\xff/", "-"], "--proxy-url: "),
            (["--progress", b"\xff", "-"], '--progress: must be auto, always or never, got "\\xff"'),
            ([b"--\xff", "-"], "unknown option --\\xff"),
            (["/no/\ufeffsuch\nfile\u202e\x1b"], r"cannot read /no/\xef\xbb\xbfsuch\x0afile\xe2\x80\xae\x1b:"),
            (["/no/sü€h/\U0001f600"], "cannot read /no/sü€h/\U0001f600:"),
        ):
            with self.subTest(words=words):
                self.assert_usage_error(["run", *words], said)

    def test_a_certificate_file_that_is_missing_is_found_at_the_start(self):
        self.assert_usage_error(["bench", "--cacert", "/no/such", "https://127.0.0.1/", "1", "1"],
                                "--cacert: cannot read /no/such", help_command="ahp bench --help")
        config = self.file("config", '{"cacert":"/no/such"}')
        self.assert_usage_error(["run", "--config", str(config), "-"], str(config), "cacert: cannot read /no/such")

    def test_wrong_operands_of_bench(self):
        for words, said in ((["http://127.0.0.1/"], "URL N CONCURRENCY"), (["http://127.0.0.1/", "0", "1"], "N"),
                            (["http://127.0.0.1/", "1", "x"], "CONCURRENCY"), (["nonsense", "1", "1"], ""),
                            (["http://127.0.0.1/", "1", "1", "http://127.0.0.1/"], "HOLD"),
                            (["http://127.0.0.1/[2-1]", "1", "1"], "[2-1] runs backwards"),
                            (["http://127.0.0.1/[0-999][0-1000]", "1", "1"], "more than 1000000 URLs"),
                            (["http://127.0.0.1/[0-18446744073709551615]", "1", "1"], "more than 1000000 URLs"),
                            (["--retries", "1", "http://127.0.0.1/", "1", "1"], "unknown option --retries")):
            with self.subTest(words=words):
                self.assert_usage_error(["bench", *words], said, help_command="ahp bench --help")

    def test_wrong_configuration_files(self):
        for content, said in (("", ""), ("{", ""), ("[]", "must be a JSON object"), ('{"walk":1}', 'unknown option "walk"'),
                              ('{"max-connections":1}', 'unknown option "max-connections"'),
                              ('{"config":"x"}', 'unknown option "config"'), ('{"help":true}', 'unknown option "help"'),
                              ('{"max_connections":"1"}', "max_connections must be an integer"),
                              ('{"max_connections":0}', "max_connections"),
                              ('{"store":5}', "store must be a string"), ('{"store":"x"}', "store: must be file:DIR"),
                              ('{"threshold":0}', "threshold"), ('{"retry_budget":-1}', "retry_budget"),
                              ('{"first_byte_timeout":"1"}', "first_byte_timeout"), ('{"auth":["x"]}', "auth"),
                              ('{"request_timeout":true}', "request_timeout must be a number of seconds"),
                              ('{"quiet":1}', "quiet must be true or false"),
                              ('{"agents":1,"agents":2}', "agents is given twice")):
            with self.subTest(content=content):
                config = self.file("config", content)
                self.assert_usage_error(["run", "--config", str(config), "-"], str(config), said)
        self.assert_usage_error(["run", "--config", "/no/such", "-"], "cannot read /no/such")

    def test_a_configuration_file_may_have_any_option_of_the_library(self):
        options = {"first_byte_timeout": 5, "retry_statuses": [503], "deny_private_addresses": True, "retry_budget": 10,
                   "max_in_flight_per_host": 2, "selector": "poll"}
        config = self.file("config", json.dumps(options))
        [line] = self.ahp("run", "--config", config, "-", stdin=b"http://127.0.0.1:1/\n").stdout.splitlines()
        self.assertIn(b"forbidden_address", line)

    def test_a_configuration_file_has_at_most_1_mib(self):
        config = self.file("config", b'{"quiet":true}'.ljust(1 << 20))
        self.assertEqual(self.ahp("run", "--config", config, "-").returncode, 0)
        config.write_bytes(b'{"quiet":true}'.ljust((1 << 20) + 1))
        self.assert_usage_error(["run", "--config", str(config), "-"], f"{config}: longer than 1 MiB")
        self.assert_usage_error(["run", "--config", "/dev/zero", "-"], "/dev/zero: longer than 1 MiB")

    def test_a_mistake_in_the_configuration_file_is_found_even_if_the_command_line_would_win(self):
        config = self.file("config", json.dumps({"agents": 0}))
        self.assert_usage_error(["run", "--config", str(config), "--agents", "2", "-"], "agents")


if __name__ == "__main__":
    unittest.main()
