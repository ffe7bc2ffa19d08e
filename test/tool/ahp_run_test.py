"""ahp run: what goes in, what comes out."""
import json
import subprocess
import unittest

from ahp_case import PATIENCE_S, AhpCase, free_port


class AhpRunTest(AhpCase):
    def test_ten_thousand_requests_at_256_in_flight_give_ten_thousand_responses(self):
        base, count = self.start_nginx(), 10_000
        requests = self.file("requests", "".join(f"{base}/{i}\n" for i in range(1, count + 1)))
        outcomes = self.outcomes(self.ahp("run", "--max-connections", 256, requests), 0)
        self.assertEqual(len(outcomes), count)
        self.assertEqual({outcome["type"] for outcome in outcomes}, {"response"})
        self.assertEqual({outcome["result"]["status"] for outcome in outcomes}, {200})
        self.assertEqual({(o["id"], o["result"]["url"]) for o in outcomes},
                         {(i, f"{base}/{i}") for i in range(1, count + 1)})

    def test_a_line_of_json_can_say_all_of_a_request(self):
        base = self.start_echo_server()
        line = {"http_method": "post", "url": f"{base}/users?a=1", "headers": {"X-Thing": "7"}, "body": "Jöhn",
                "timeout": 12.5, "max_redirects": 0, "id": "job/ü", "callback": "FetchData",
                "callback_args": {"user_id": 123, "deep": [1, {"n": None}]}, "raise_error_responses": True}
        [outcome] = self.outcomes(self.ahp("run", "-", stdin=json.dumps(line).encode()), 0)
        self.assertEqual((outcome["id"], outcome["callback"], outcome["type"]), ("job/ü", "FetchData", "response"))
        result = outcome["result"]
        self.assertEqual((result["status"], result["http_method"]), (200, "post"))
        self.assertEqual(result["callback_args"], line["callback_args"])
        told = json.loads(result["body"]["value"])
        self.assertEqual((told["method"], told["path"], told["body"]), ("POST", "/users?a=1", "Jöhn"))
        self.assertEqual((told["headers"]["x-thing"], told["headers"]["user-agent"]), ("7", "AsyncHttpPool"))

    def test_only_the_url_is_needed_and_null_is_as_good_as_nothing(self):
        base = self.start_echo_server()
        line = {"url": f"{base}/x", "http_method": None, "headers": None, "body": None, "timeout": None,
                "max_redirects": None, "id": None, "callback": None, "callback_args": None,
                "raise_error_responses": None}
        requests = f"{json.dumps({'url': line['url']})}\n{json.dumps(line)}\n"
        outcomes = self.outcomes(self.ahp("run", "-", stdin=requests.encode()), 0)
        self.assertEqual(sorted((o["id"], o["callback"]) for o in outcomes), [(1, "default"), (2, "default")])
        self.assertEqual({json.loads(o["result"]["body"]["value"])["method"] for o in outcomes}, {"GET"})

    def test_ids_are_kept_as_they_are_even_when_given_twice(self):
        base = self.start_hold_server()
        ids = ["a", "a", 7, 7, "7", "", -1, 9223372036854775807]
        requests = "".join(json.dumps({"url": base, "id": id}) + "\n" for id in ids)
        outcomes = self.outcomes(self.ahp("run", "-", stdin=requests.encode()), 0)
        self.assertEqual(sorted(map(repr, ids)), sorted(repr(outcome["id"]) for outcome in outcomes))

    def test_blank_lines_and_comments_are_skipped_but_count_as_lines(self):
        base = self.start_hold_server()
        requests = f"# first\n\n  \t\r\n{base}/a\r\n  # more\n  {base}/b  \n#{base}/c\n{base}/d"
        outcomes = self.outcomes(self.ahp("run", "-", stdin=requests.encode()), 0)
        self.assertEqual({o["id"]: o["result"]["url"] for o in outcomes}, {4: f"{base}/a", 6: f"{base}/b", 8: f"{base}/d"})

    def test_a_byte_order_mark_is_no_part_of_the_first_line(self):
        base, mark = self.start_hold_server(), b"\xef\xbb\xbf"
        url = base.encode()
        for first in (url, b'{"url":"' + url + b'"}', b" " + url):
            [outcome] = self.outcomes(self.ahp("run", "-", stdin=mark + first + b"\n"), 0)
            self.assertEqual((outcome["id"], outcome["result"]["url"].rstrip("/")), (1, base))
        for first in (b"", b"# comment", b"\n#"):
            self.assertEqual(self.outcomes(self.ahp("run", "-", stdin=mark + first), 0), [])
        # Only there: elsewhere it is as wrong as any other character.
        outcomes = self.outcomes(self.ahp("run", "-", stdin=url + b"\n" + mark + url + b"\n" + mark), 1)
        self.assertEqual(sorted((o["id"], o["type"]) for o in outcomes), [(1, "response"), (2, "error"), (3, "error")])

    def test_a_first_line_that_is_requeued_keeps_its_byte_order_mark(self):
        requests = self.file("requests", b"\xef\xbb\xbfhttp://127.0.0.1/\n# comment\nhttp://127.0.0.1/b")
        run = self.ahp("run", "--retries=0", "--output", "/dev/full", "--requeue", requests, requests)
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertEqual(requests.read_bytes(), b"\xef\xbb\xbfhttp://127.0.0.1/\nhttp://127.0.0.1/b\n")

    def test_a_closed_or_full_stderr_changes_nothing_else(self):
        base, output = self.start_hold_server(), self.folder / "output"
        requests = self.file("requests", f"{base}\n")
        for redirection in ("2>/dev/full", "2>&-", "<&- 2>&- >&-"):
            with self.subTest(redirection=redirection):
                run = self.ahp_in_shell(f'"$AHP" run --progress=always --output {output} {requests} {redirection}')
                self.assertEqual((run.returncode, run.stdout), (0, b""))
                self.assertEqual([o["type"] for o in self.outcomes(output.read_bytes())], ["response"])

    def test_a_bad_line_becomes_an_error_that_names_it_and_the_run_goes_on(self):
        base = self.start_hold_server()
        url = f'"url":"{base}"'.encode()
        bad = {  # what is wrong with it, the id that can be told
            b"not a url": 1,
            b"ftp://127.0.0.1/x": 2,
            b"{": None,
            b'{"url":1}': 4,
            b"{}": 5,
            b'{"id":"x"}': "x",
            b'{"id":"y",' + url + b',"header":{}}': "y",
            b'{"id":[1],' + url + b"}": None,
            b'{"id":1.5,' + url + b"}": None,
            b'{"id":10,"callback":"",' + url + b"}": 10,
            b'{"id":11,"callback_args":[1],' + url + b"}": 11,
            b'{"id":12,"raise_error_responses":"yes",' + url + b"}": 12,
            b'{"id":13,"timeout":-1,' + url + b"}": 13,
            b'{"id":14,"max_redirects":"x",' + url + b"}": 14,
            b'{"id":15,"http_method":"get","body":"x",' + url + b"}": 15,
            b'{"id":16,"http_method":"a b",' + url + b"}": 16,
            b'{"id":17,"headers":{"a\\r\\nb":"c"},' + url + b"}": 17,
            b'{"id":18,' + url + b"} x": None,
            b"http://127.0.0.1/\xff": 19,
            b'{"id":"\xff",' + url + b"}": None,
            b"http://127.0.0.1/\0": 21,
            b'["' + base.encode() + b'"]': 22,
            b"[" * 100_000: 23,
            b'{"a":' * 100_000: None,
        }
        requests = b"\n".join([*bad, base.encode()])
        outcomes = self.outcomes(self.ahp("run", "-", stdin=requests), 1)
        self.assertEqual([o["id"] for o in outcomes if o["type"] == "response"], [len(bad) + 1])
        errors = {o["result"]["line"]: o for o in outcomes if o["type"] == "error"}
        self.assertEqual(len(outcomes), len(bad) + 1)
        for number, (line, id) in enumerate(bad.items(), 1):
            with self.subTest(line=line[:60]):
                error = errors[number]
                self.assertEqual(error["id"], id)
                self.assertEqual(error["result"]["class_name"], "AsyncHttpPool::InputError")
                self.assertEqual(error["result"]["error_type"], "unknown")
                self.assertRegex(error["result"]["message"], f"^line {number}: .")

    def test_a_line_of_more_than_16_mib_is_an_error(self):
        base = self.start_hold_server()
        most = 16 << 20
        requests = b"{" + b"x" * most + b"\n" + b"{" + b"y" * (most - 1) + b"\n" + base.encode() + b"\n#" + b"z" * most
        outcomes = self.outcomes(self.ahp("run", "-", stdin=requests), 1)
        self.assertEqual(sorted(o["type"] for o in outcomes), ["error", "error", "response"])
        messages = {o["result"]["line"]: o["result"]["message"] for o in outcomes if o["type"] == "error"}
        self.assertEqual(messages[1], "line 1: longer than 16 MiB")
        self.assertNotIn("16 MiB", messages[2])

    def test_failed_requests_are_errors_and_error_responses_only_when_asked_for(self):
        base, nobody = self.start_echo_server(), f"http://127.0.0.1:{free_port()}/"
        requests = "\n".join([nobody, f"{base}/status/404",
                              json.dumps({"url": f"{base}/status/500", "raise_error_responses": True})])
        outcomes = {o["id"]: o for o in self.outcomes(self.ahp("run", "--retries=0", "-", stdin=requests.encode()), 1)}
        self.assertEqual([outcomes[i]["type"] for i in (1, 2, 3)], ["error", "response", "error"])
        self.assertEqual(outcomes[1]["result"]["error_type"], "connection")
        self.assertEqual(outcomes[2]["result"]["status"], 404)
        self.assertEqual(outcomes[3]["result"]["response"]["status"], 500)
        run = self.ahp("run", "--raise-error-responses", "-", stdin=f"{base}/status/404".encode())
        self.assertEqual([o["type"] for o in self.outcomes(run, 1)], ["error"])

    def test_each_outcome_is_written_at_once_while_the_input_is_still_open(self):
        base = self.start_hold_server()
        run = self.start_ahp("run", "-", stdin=subprocess.PIPE)
        for path in "ab":
            run.stdin.write(f"{base}/{path}\n".encode())
            run.stdin.flush()
            self.assertEqual(json.loads(run.stdout.readline())["result"]["url"], f"{base}/{path}")
        run.stdin.close()
        self.assert_exit(run, 0)

    def test_no_more_requests_are_in_flight_than_allowed(self):
        base = self.start_hold_server()
        run = self.ahp("run", "--max-connections", 3, "-", stdin=f"{base}/hold/20\n".encode() * 60)
        self.assertEqual(len(self.outcomes(run, 0)), 60)
        self.assertEqual(self.stats(base)["held_max"], 3)

    def test_an_output_file_is_replaced(self):
        base = self.start_hold_server()
        output = self.file("output", "old" * 10_000)
        run = self.ahp("run", "--output", output, "-", stdin=base.encode())
        self.assertEqual((run.returncode, run.stdout), (0, b""))
        self.assertEqual(len(self.outcomes(output.read_bytes())), 1)

    def test_a_configuration_file_gives_options_and_the_command_line_wins(self):
        base = self.start_echo_server()
        config = self.file("config", json.dumps({"user_agent": "from-file", "raise_error_responses": True,
                                                 "request_timeout": 20.5, "max_connections": 2, "quiet": True}))
        requests = f"{base}/a\n{base}/status/404\n".encode()
        run = self.ahp("run", "--config", config, "-", stdin=requests)
        outcomes = {o["id"]: o for o in self.outcomes(run, 1)}
        self.assertIn("from-file", outcomes[1]["result"]["body"]["value"])
        self.assertEqual((outcomes[2]["type"], run.stderr), ("error", b""))
        run = self.ahp("run", "--config", config, "--user-agent=mine", "--raise-error-responses=false", "-", stdin=requests)
        outcomes = {o["id"]: o for o in self.outcomes(run, 0)}
        self.assertIn("mine", outcomes[1]["result"]["body"]["value"])
        self.assertEqual(outcomes[2]["type"], "response")

    def test_timeouts_are_seconds_with_fractions(self):
        base = self.start_hold_server()
        requests = f'{base}/hold/600000\n{{"url":"{base}/hold/600000","timeout":0.2}}\n'.encode()
        outcomes = self.outcomes(self.ahp("run", "--request-timeout", "0.3", "-", stdin=requests), 1)
        self.assertEqual([o["result"]["error_type"] for o in outcomes], ["timeout", "timeout"])

    def test_the_summary_goes_to_stderr_unless_quiet(self):
        base = self.start_hold_server()
        run = self.ahp("run", "-", stdin=f"{base}\nbad line\n".encode())
        self.assertEqual(len(self.outcomes(run, 1)), 2)
        self.assertRegex(run.stderr.decode(), r"^ahp: 2 requests in .* s: 1 responses, 1 errors, .* p50 .*, p99 .*\n$")
        self.assertEqual(self.ahp("run", "--quiet", "--progress=always", "-", stdin=base.encode()).stderr, b"")

    def test_progress_shows_what_is_done_and_in_flight(self):
        base = self.start_hold_server()
        run = self.ahp("run", "--progress", "always", "-", stdin=f"{base}\n{base}/hold/1500\n".encode())
        self.assertEqual(len(self.outcomes(run, 0)), 2)
        self.assertIn("1 done, 1 in flight, 0 errors", run.stderr.decode())

    def test_an_empty_input_is_a_complete_run(self):
        self.assertEqual(self.outcomes(self.ahp("run", "--quiet", "-"), 0), [])


class AhpBenchTest(AhpCase):
    KEYS = {"client", "n", "c", "wall_s", "rps", "cpu_us_per_req", "user_us", "sys_us", "p50_us", "p99_us", "failed",
            "rss_kb", "library"}

    def bench(self, *words, status=0):
        run = self.ahp("bench", *words, env={"BENCH_SETTLE": "0.5"})
        [result] = self.outcomes(run, status)
        return result

    def test_it_makes_exactly_the_requests_it_is_told_to(self):
        result = self.bench(f"{self.start_hold_server()}/x", 500, 8)
        self.assertEqual(set(result), self.KEYS)
        self.assertEqual((result["client"], result["n"], result["c"], result["failed"]), ("async-http-pool", 500, 8, 0))
        self.assertGreater(result["cpu_us_per_req"], 0)
        self.assertLessEqual(result["p50_us"], result["p99_us"])

    def test_it_keeps_as_many_in_flight_as_it_is_told_to(self):
        base = self.start_hold_server()
        self.assertEqual(self.bench(f"{base}/hold/5", 200, 7)["failed"], 0)
        self.assertEqual(self.stats(base)["held_max"], 7)

    def test_fewer_requests_than_places_are_fine(self):
        self.assertEqual(self.bench(self.start_hold_server(), 3, 100)["failed"], 0)

    def test_it_measures_beside_held_requests_and_does_not_wait_for_them(self):
        base = self.start_hold_server()
        result = self.bench(base, 200, 4, f"{base}/hold/600000", 50)
        self.assertEqual(set(result), self.KEYS | {"hold", "held_kb_per_req"})
        self.assertEqual((result["hold"], result["failed"], self.stats(base)["held_min"]), (50, 0, 50))

    def test_requests_without_a_good_response_are_counted_and_no_success(self):
        held = (f"{self.start_hold_server()}/hold/600000", 3)
        for url in (f"http://127.0.0.1:{free_port()}/", f"{self.start_echo_server()}/status/404"):
            for more in ((), held):
                with self.subTest(url=url, more=more):
                    self.assertEqual(self.bench(url, 20, 4, *more, status=1)["failed"], 20)

    def test_requests_take_the_urls_of_ranges_in_turn(self):
        base = self.start_echo_server()
        self.assertEqual(self.bench(f"{base}/status/[299-300]", 5, 1, status=1)["failed"], 2)
        # 290, 300, 291 and 301 if the last range did not change fastest.
        self.assertEqual(self.bench(f"{base}/status/[29-30][0-1]", 2, 1)["failed"], 0)

    def test_brackets_that_are_no_range_stay(self):
        self.assertEqual(self.bench(f"http://[::1]:{free_port()}/", 3, 1, status=1)["failed"], 3)
        self.assertEqual(self.bench(f"{self.start_echo_server()}/?a=[1-]&b=[x-2]&c=[1-2", 3, 1)["failed"], 0)

    def test_it_measures_with_the_options_of_a_file(self):
        config = self.file("config", '{"max_header_count":1}')
        result = self.bench("--config", str(config), self.start_hold_server(), 5, 1, status=1)
        self.assertEqual(result["failed"], 5)

    def test_failures_that_nobody_can_be_told_of_do_not_hold_it_up(self):
        run = self.ahp_in_shell(f'"$AHP" bench http://127.0.0.1:{free_port()}/ 20 4 2>/dev/full')
        self.assertEqual([result["failed"] for result in self.outcomes(run, 1)], [20])

    def test_a_result_that_cannot_be_written_is_no_success(self):
        base = self.start_hold_server()
        for held in ("", f"{base}/hold/600000 3"):
            for redirection in (">/dev/full", ">&-"):
                with self.subTest(held=held, redirection=redirection):
                    run = self.ahp_in_shell(f'BENCH_SETTLE=0.1 "$AHP" bench {base} 20 4 {held} {redirection}')
                    self.assertEqual((run.returncode, run.stderr.count(b"\n")), (3, 1), run.stderr)
                    self.assertIn(b"ahp: cannot write to stdout: ", run.stderr)


if __name__ == "__main__":
    unittest.main()
