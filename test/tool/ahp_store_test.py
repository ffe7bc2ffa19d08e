"""ahp run --store and ahp fetch: large results go into a payload store and come back."""
import json
import os
import shutil
import signal
import unittest
import urllib.parse

from ahp_case import free_port, wait_until
from ahp_store_case import PASSWORD, S3_KEYS, AhpStoreCase, body_in

FAULT_INJECTION = os.environ["FAULT_INJECTION"]
NOBODY = {"$ref": {"store": "file:/nowhere/at/all", "key": "0"}}


def without_times(outcome):
    """What two runs of one request have in common."""
    result = {name: value for name, value in outcome["result"].items() if name not in ("duration", "request_id")}
    result["headers"] = {name: value for name, value in result.get("headers", {}).items() if name.lower() != "date"}
    return {**outcome, "result": result}


class AhpFileStoreTest(AhpStoreCase):
    def test_a_large_result_is_stored_and_a_small_one_stays(self):
        self.assertRegex(self.assert_round_trip(self.store, self.store).stderr.decode(), r", p99 [^,]*, 1 stored\n$")
        self.assertEqual(self.keys(), set())

    def test_exactly_the_threshold_stays_and_one_byte_more_goes(self):
        url, threshold, seen = f"{self.start_bytes_server()}/10", 600, set()
        # A duration has more digits or fewer each time, so all sizes around the threshold are tried, and more than once.
        lines = [{"url": url, "id": i, "callback_args": {"more": "x" * (150 + i % 50)}} for i in range(600)]
        stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
        run, outcomes = self.run_stored(self.store, stdin, "--threshold", threshold)
        fetched = self.ahp("fetch", "-", stdin=run.stdout)
        for outcome in self.outcomes(fetched, 0):
            size = len(json.dumps(outcome["result"], separators=(",", ":")))
            self.assertEqual("$ref" in outcomes[outcome["id"]]["result"], size > threshold, size)
            seen.add(size - threshold)
        self.assertLessEqual({-1, 0, 1, 2}, seen)

    def test_errors_are_stored_too_but_lines_that_are_no_requests_are_not(self):
        nobody = f"http://127.0.0.1:{free_port()}/"
        _, outcomes = self.run_stored(self.store, f"{nobody}\nbad line\n".encode(), "--threshold=1", "--retries=0", status=1)
        self.assert_stored(outcomes[1], self.store)
        self.assertEqual((outcomes[1]["type"], outcomes[2]["result"]["class_name"]), ("error", "AsyncHttpPool::InputError"))
        fetched = json.loads(self.ahp("fetch", json.dumps(outcomes[1]["result"])).stdout)
        self.assertEqual(fetched["error_type"], "connection")

    def test_run_and_fetch_together_are_as_run_alone(self):
        base = self.start_bytes_server()
        stdin = self.requests(base, [size % 3000 for size in range(0, 60_000, 301)]) + b"bad line\n"
        words = ("--max-connections", 1, "-")
        alone = self.ahp("run", *words, stdin=stdin)
        stored = self.ahp("run", "--store", self.store, "--threshold", 1500, *words, stdin=stdin)
        self.assertGreater(len(self.keys()), 50)
        fetched = self.ahp("fetch", "-", stdin=stored.stdout)
        self.assertEqual(fetched.stderr, b"")
        self.assertEqual([without_times(o) for o in self.outcomes(fetched, 0)],
                         [without_times(o) for o in self.outcomes(alone, 1)])

    def test_outcomes_keep_the_order_of_their_completion(self):
        base = self.start_bytes_server()
        _, outcomes = self.run_stored(self.store, self.requests(base, [200_000, 1] * 50), "--max-connections=1")
        self.assertEqual(list(outcomes), list(range(100)))

    def test_lines_without_a_reference_are_passed_on_byte_for_byte(self):
        text = b'\n# comment\nno json\n{"id": 1e2,  "result": {}}\n[1]\n{"result":"$ref"}\n' + b"x" * (65 << 20) + b"\nlast\n"
        passed = self.ahp("fetch", "-", stdin=text)
        self.assertEqual((passed.returncode, passed.stderr), (0, b""))
        self.assertTrue(passed.stdout == text)

    def test_references_that_stand_for_nothing_are_passed_on_and_told(self):
        base = self.start_bytes_server()
        run, outcomes = self.run_stored(self.store, self.requests(base, [100_000]))
        good = outcomes[0]["result"]["$ref"]
        missing = "00000000-0000-4000-8000-000000000000"
        outside = self.file("outside.json", '"secret"')
        for reference, said in (
            ({**good, "key": missing}, missing), ({**good, "key": "../outside"}, "../outside"), ({**good, "key": ""}, "key"),
            ({**good, "key": 7}, "$ref"), ({"store": good["store"]}, "$ref"), ({"key": "k"}, "no store"), (7, "no store"),
            ({**good, "store": "nonsense"}, "must be file:DIR"), ({**good, "store": self.store + "/."}, "must be named as"),
            ({**good, "store": "file:payloads"}, "must be named as"), (NOBODY["$ref"], "no such directory"),
            ({**good, "store": f"redis://:{PASSWORD}@127.0.0.1:1/0"}, "redis: a space is written %20"),
            ({**good, "store": "redis://:s3cr3t@127.0.0.1:1/0"}, "must be named as redis://127.0.0.1:1/0"),
        ):
            with self.subTest(reference=reference):
                line = json.dumps({"id": 1, "result": {"$ref": reference}}).encode() + b"\n"
                fetched = self.ahp("fetch", "-", stdin=line + run.stdout)
                self.assertEqual(fetched.returncode, 1)
                self.assertTrue(fetched.stdout.startswith(line))
                self.assertEqual(len(body_in(self.outcomes(fetched.stdout)[1])), 100_000)
                self.assertEqual(fetched.stderr.count(b"\n"), 1)
                self.assertIn(said, fetched.stderr.decode())
                self.assertTrue(fetched.stderr.startswith(b"ahp: line 1: {\"$ref\":"), fetched.stderr)
                self.assertNotIn(b"s3cr3t", fetched.stderr)
        self.assertTrue(outside.exists())
        self.assertFalse(os.path.exists("/nowhere"))

    def test_a_line_that_was_cut_off_is_passed_on_and_told(self):
        cut = b'{"id":1,"result":{"$ref":{"store":"file:/x","ke\n'
        fetched = self.ahp("fetch", "-", stdin=cut)
        self.assertEqual((fetched.returncode, fetched.stdout), (1, cut))
        self.assertIn(b"line 1: not JSON", fetched.stderr)

    def test_a_store_that_is_given_must_be_the_one_of_the_reference(self):
        base = self.start_bytes_server()
        run, outcomes = self.run_stored(self.store, self.requests(base, [100_000]))
        other = self.folder / "other"
        other.mkdir()
        for operand, printed in ((json.dumps(outcomes[0]["result"]), b""), ("-", run.stdout)):
            fetched = self.ahp("fetch", "--store", f"file:{other}", operand, stdin=run.stdout)
            self.assertEqual((fetched.returncode, fetched.stdout), (1, printed))
            for name in (self.store, f"file:{other}"):
                self.assertIn(name, fetched.stderr.decode())

    def test_a_relative_directory_is_named_absolutely(self):
        base = self.start_bytes_server()
        self.file("requests", self.requests(base, [100_000]))
        run = self.ahp_in_shell(f'cd {self.folder} && "$AHP" run --store file:./a/../payloads/ requests')
        [outcome] = self.outcomes(run, 0)
        self.assert_stored(outcome, f"file:{self.folder.resolve()}/payloads")
        self.assertEqual(self.ahp("fetch", json.dumps(outcome)).returncode, 0)

    def test_a_configuration_file_may_name_the_store(self):
        base = self.start_bytes_server()
        config = self.file("config", json.dumps({"store": self.store, "threshold": 300, "quiet": True}))
        run = self.ahp("run", "--config", config, "-", stdin=self.requests(base, [400]))
        self.assert_stored(self.outcomes(run, 0)[0], self.store)

    def test_an_output_file_gets_what_was_fetched(self):
        base = self.start_bytes_server()
        run, outcomes = self.run_stored(self.store, self.requests(base, [100_000]))
        output = self.file("output", "old" * 100_000)
        fetched = self.ahp("fetch", "--remove", "--output", output, "-", stdin=run.stdout)
        self.assertEqual((fetched.returncode, fetched.stdout, self.keys()), (0, b"", set()))
        self.assertEqual(len(body_in(self.outcomes(output.read_bytes())[0])), 100_000)
        self.assertEqual(self.ahp("fetch", "--store=file:/no/such", "--output", output, "-").returncode, 2)
        self.assertGreater(output.stat().st_size, 100_000)

    def test_nothing_is_removed_that_was_not_written(self):
        base = self.start_bytes_server()
        run, _ = self.run_stored(self.store, self.requests(base, [100_000]))
        fetched = self.ahp("fetch", "--remove", "--output", "/dev/full", "-", stdin=run.stdout)
        self.assertEqual((fetched.returncode, len(self.keys())), (3, 1))
        self.assertIn(b"cannot write the output", fetched.stderr)

    # --- failures ---------------------------------------------------------------------------------

    def test_a_directory_that_cannot_be_made_is_a_wrong_use_and_leaves_the_output_alone(self):
        in_the_way, output = self.file("file", ""), self.file("output", "old")
        run = self.ahp("run", "--store", f"file:{in_the_way}/payloads", "--output", output, "-")
        self.assertEqual((run.returncode, run.stdout, output.read_text()), (2, b"", "old"))
        self.assertIn(str(in_the_way), run.stderr.decode())

    def test_a_store_that_does_not_work_is_found_before_the_first_request(self):
        base, output = self.start_hold_server(), self.file("output", "old")
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        run, _ = self.run_stored(self.store, f"{base}/hold/1\n".encode(), "--output", output, status=2, env={
            "LD_PRELOAD": FAULT_INJECTION, "FAULT": "disk", "EVERY": "2", "ASAN_OPTIONS": sanitizer})
        self.assertIn(f"cannot use store {self.store}: ".encode(), run.stderr)
        self.assertEqual((self.stats(base)["held_max"], output.read_text()), (0, "old"))

    def test_results_that_cannot_be_stored_stand_in_the_output(self):
        base = self.start_hold_server()
        run = self.start_ahp("run", "--store", self.store, "--threshold=1", "--max-connections=1", "--output",
                             self.folder / "output", self.file("requests", f"{base}/hold/1000\n" + f"{base}\n" * 20))
        self.wait_for_held(base, 1)
        shutil.rmtree(self.payloads)
        self.file("payloads", "in the way")
        self.assert_exit(run, 1)
        outcomes = self.outcomes((self.folder / "output").read_bytes())
        self.assertEqual([o["result"]["status"] for o in outcomes], [200] * 21)
        said = self.stderr_path.read_text()
        self.assertEqual(said.count("cannot store a result"), 1, said)
        self.assertIn("0 stored\n", said)
        self.assertIn("21 results could not be stored", said)

    def test_a_full_disk_of_the_store_loses_nothing(self):
        base = self.start_bytes_server()
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        run, outcomes = self.run_stored(self.store, self.requests(base, [100_000] * 40), status=1, env={
            "LD_PRELOAD": FAULT_INJECTION, "FAULT": "disk", "EVERY": "5", "ASAN_OPTIONS": sanitizer})
        stored = {o["result"]["$ref"]["key"] for o in outcomes.values() if "$ref" in o["result"]}
        # A payload may be left behind of which nobody has the reference, but no reference without its payload.
        self.assertEqual((len(outcomes), stored - self.keys()), (40, set()))
        self.assertTrue(0 < len(stored) < 40)
        fetched = self.ahp("fetch", "-", stdin=run.stdout)
        self.assertEqual([len(body_in(o)) for o in self.outcomes(fetched, 0)], [100_000] * 40)
        self.assertIn(f"{40 - len(stored)} results could not be stored", run.stderr.decode())

    def test_results_that_are_not_written_are_not_said_to_stand_in_the_output(self):
        base = self.start_bytes_server()
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        run, _ = self.run_stored(self.store, self.requests(base, [100_000] * 30), "--output", "/dev/full", status=3, env={
            "LD_PRELOAD": FAULT_INJECTION, "FAULT": "disk", "EVERY": "5", "ASAN_OPTIONS": sanitizer})
        self.assertIn(b"cannot store a result", run.stderr)
        self.assertNotIn(b"could not be stored", run.stderr)

    def test_an_output_that_fails_leaves_no_payloads_and_all_lines_in_the_requeue_file(self):
        base, requeue = self.start_bytes_server(), self.folder / "requeue"
        stdin = self.requests(base, [100_000] * 30)
        run, _ = self.run_stored(self.store, stdin, "--output", "/dev/full", "--requeue", requeue, status=3)
        self.assertEqual((requeue.read_bytes(), self.keys()), (stdin, set()), run.stderr)

    def test_sigterm_midway_loses_nothing_and_all_references_can_be_fetched(self):
        base = self.start_bytes_server()
        lines = self.requests(base, [3000] * 3000)
        output, requeue = self.folder / "output", self.folder / "requeue"
        run = self.start_ahp("run", "--store", self.store, "--threshold=1000", "--output", output, "--requeue", requeue,
                             self.file("requests", lines))
        wait_until(lambda: output.exists() and output.read_bytes().count(b"\n") > 50, "some outcomes")
        run.send_signal(signal.SIGTERM)
        self.assert_exit(run, 3)
        written = self.outcomes(output.read_bytes())
        requeued = requeue.read_bytes().split(b"\n")[:-1]
        done = {outcome["id"] for outcome in written}
        self.assertEqual(len(done), len(written))
        self.assertTrue(requeued)
        self.assertEqual(requeued, [line for line in lines.split(b"\n")[:-1] if json.loads(line)["id"] not in done])
        self.assertEqual({o["result"]["$ref"]["key"] for o in written}, self.keys())
        fetched = self.ahp("fetch", "-", stdin=output.read_bytes())
        self.assertEqual({len(body_in(o)) for o in self.outcomes(fetched, 0)}, {3000})


class AhpRedisStoreTest(AhpStoreCase):
    def test_results_go_to_redis_over_tcp_and_over_a_unix_socket(self):
        tcp, unix = self.start_redis()
        self.assert_round_trip(tcp, tcp)
        self.assert_round_trip(tcp.removesuffix("/0") + "?ttl=60", tcp)
        self.assert_round_trip(unix, unix)
        self.assert_round_trip(f"{unix}?ttl=60&db=3", f"{unix}?db=3")

    def test_a_time_to_live_removes_what_nobody_fetched(self):
        tcp, _ = self.start_redis()
        base = self.start_bytes_server()
        run, _ = self.run_stored(f"{tcp}?ttl=0.2", self.requests(base, [100_000]))
        wait_until(lambda: self.ahp("fetch", "-", stdin=run.stdout).returncode == 1, "the payload to expire")

    def test_a_password_of_the_url_or_the_environment_is_used_and_shown_nowhere(self):
        tcp, _ = self.start_redis("--requirepass", PASSWORD)
        place = tcp.removeprefix("redis://")
        encoded = urllib.parse.quote(PASSWORD, safe="")
        base = self.start_bytes_server()
        stdin = self.requests(base, [100_000])
        runs = [self.assert_round_trip(tcp, tcp, env={"AHP_REDIS_PASSWORD": PASSWORD}),
                self.assert_round_trip(f"redis://default@{place}", tcp, env={"AHP_REDIS_PASSWORD": PASSWORD})]
        run, outcomes = self.run_stored(f"redis://:{encoded}@{place}", stdin)
        self.assert_stored(outcomes[0], tcp)
        reference = json.dumps(outcomes[0])
        runs += [run, self.ahp("fetch", reference), self.ahp("fetch", "--store", f"redis://:wr0ng@{place}", reference)]
        self.assertEqual([fetched.returncode for fetched in runs[-2:]], [1, 1])
        self.assertEqual(self.ahp("fetch", "--store", f"redis://:{encoded}@{place}", reference).returncode, 0)
        # The one in the URL goes first.
        runs.append(self.run_stored(f"redis://:wr0ng@{place}", stdin, status=2, env={"AHP_REDIS_PASSWORD": PASSWORD})[0])
        for run in runs:
            for secret in (PASSWORD, encoded, "wr0ng"):
                self.assertNotIn(secret.encode(), run.stdout + run.stderr)

    def test_a_redis_that_dies_midway_loses_nothing(self):
        tcp, _ = self.start_redis()
        base = self.start_bytes_server()
        output = self.folder / "output"
        run = self.start_ahp("run", "--store", tcp, "--threshold=1000", "--max-connections=16", "--output", output, "-",
                             stdin=-1)
        run.stdin.write(self.requests(base, [3000] * 10))
        run.stdin.flush()
        wait_until(lambda: output.exists() and output.read_bytes().count(b"\n") == 10, "the first 10 outcomes")
        self.redis.kill()
        self.redis.wait()
        run.stdin.write(self.requests(base, [3000] * 8))
        run.stdin.close()
        self.assert_exit(run, 1)
        outcomes = self.outcomes(output.read_bytes())
        self.assertEqual(["$ref" in o["result"] for o in outcomes], [True] * 10 + [False] * 8)
        self.assertIn("8 results could not be stored", self.stderr_path.read_text())


class AhpS3StoreTest(AhpStoreCase):
    def test_results_go_to_s3_and_a_reference_names_the_endpoint(self):
        url = self.start_s3()
        self.assert_round_trip(url, url, env=S3_KEYS)
        path = url.replace("?", "/?") + "&style=path"
        self.assert_round_trip(path, url + "&style=path", env=S3_KEYS)

    def test_wrong_keys_are_found_before_the_first_request_and_shown_nowhere(self):
        url, base = self.start_s3(), self.start_bytes_server()
        env = {**S3_KEYS, "AWS_SECRET_ACCESS_KEY": "wr0ngs3cr3t"}
        run, outcomes = self.run_stored(url, self.requests(base, [100_000] * 3), status=2, env=env)
        self.assertEqual(outcomes, {})
        self.assertIn(f"cannot use store {url}: ".encode(), run.stderr)
        self.assertNotIn(b"wr0ngs3cr3t", run.stderr)

    def test_without_credentials_it_is_a_wrong_use(self):
        run = self.ahp("run", "--store", "s3://bucket", "-", env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
        self.assertEqual((run.returncode, run.stdout), (2, b""))
        self.assertIn(b"cannot open store s3://bucket: ", run.stderr)


if __name__ == "__main__":
    unittest.main()
