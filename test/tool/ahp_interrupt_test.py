"""ahp run: whatever ends it early, input = output + requeue."""
import array
import fcntl
import json
import os
import signal
import subprocess
import termios
import unittest

from ahp_case import PATIENCE_S, AhpCase, wait_until

FOREVER_MS = 600_000


def bytes_in_pipe(stream):
    count = array.array("i", [0])
    fcntl.ioctl(stream.fileno(), termios.FIONREAD, count)
    return count[0]


class AhpInterruptTest(AhpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Under nohup it is ignored, and stays so in the processes that are started from here.
        cls.addClassCleanup(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, signal.SIG_DFL))

    def lines(self, path, count, first=0):
        return [json.dumps({"url": path, "id": f"job-{i}"}).encode() for i in range(first, first + count)]

    def requests_file(self, lines):
        return self.file("requests", b"".join(line + b"\n" for line in lines))

    def requeued(self):
        content = (self.folder / "requeue").read_bytes()
        self.assertTrue(content == b"" or content.endswith(b"\n"))
        return content.split(b"\n")[:-1]

    def start_run(self, *words, **more):
        return self.start_ahp("run", "--requeue", self.folder / "requeue", "--output", self.folder / "output", *words, **more)

    def assert_nothing_lost(self, lines, output):
        """Each line is in exactly one of the two: by its id in the output, byte for byte in the requeue file."""
        done = [outcome["id"] for outcome in self.outcomes(output)]
        requeued = self.requeued()
        self.assertEqual(sorted(done + [json.loads(line)["id"] for line in requeued]),
                         sorted(json.loads(line)["id"] for line in lines))
        self.assertEqual(requeued, [line for line in lines if json.loads(line)["id"] not in set(done)])
        return done, requeued

    def output(self):
        return (self.folder / "output").read_bytes()

    def output_count(self):
        path = self.folder / "output"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    # --- signals ----------------------------------------------------------------------------------

    def test_sigterm_midway_requeues_what_is_in_flight_and_what_was_not_read(self):
        base = self.start_hold_server()
        held = f"{base}/hold/{FOREVER_MS}"
        lines = self.lines(base, 500) + self.lines(held, 100, 500) + self.lines(base, 500, 600)
        run = self.start_run("--max-connections", 64, "--shutdown-timeout", "0.2", self.requests_file(lines))
        wait_until(lambda: self.output_count() == 500, "the first 500 outcomes")
        self.wait_for_held(base, 64)
        run.send_signal(signal.SIGTERM)
        self.assert_exit(run, 3)
        done, requeued = self.assert_nothing_lost(lines, self.output())
        self.assertEqual((len(done), len(requeued)), (500, 600))

    def test_sigterm_at_any_moment_of_ten_thousand_requests_loses_nothing(self):
        base = self.start_nginx()
        lines = self.lines(base, 10_000)
        for moment in (1, 700, 3000):
            with self.subTest(moment=moment):
                (self.folder / "output").unlink(missing_ok=True)
                run = self.start_run("--shutdown-timeout", "5", self.requests_file(lines))
                wait_until(lambda: self.output_count() >= moment, f"{moment} outcomes")
                run.send_signal(signal.SIGTERM)
                self.assertIn(run.wait(PATIENCE_S), (0, 3))
                done, requeued = self.assert_nothing_lost(lines, self.output())
                self.assertEqual(run.returncode, 3 if requeued else 0)
                self.assertGreaterEqual(len(done), moment)

    def test_requests_in_flight_may_finish_after_a_signal(self):
        base = self.start_hold_server()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                lines = self.lines(f"{base}/hold/700", 108)
                run = self.start_run("--max-connections", 8, self.requests_file(lines))
                self.wait_for_held(base, 8)
                run.send_signal(number)
                self.assert_exit(run, 3)
                done, requeued = self.assert_nothing_lost(lines, self.output())
                self.assertEqual((len(done), len(requeued)), (8, 100))

    def test_a_second_signal_ends_it_at_once(self):
        base = self.start_hold_server()
        lines = self.lines(f"{base}/hold/{FOREVER_MS}", 10)
        run = self.start_run("--max-connections", 4, "--shutdown-timeout", FOREVER_MS, self.requests_file(lines))
        self.wait_for_held(base, 4)
        run.send_signal(signal.SIGTERM)
        # Two signals of one number may become one; these cannot.
        run.send_signal(signal.SIGINT)
        self.assert_exit(run, 3)
        self.assertEqual(self.requeued(), lines)

    def test_a_signal_that_was_ignored_from_the_start_stays_so(self):
        base = self.start_hold_server()
        lines = self.lines(f"{base}/hold/300", 4)
        previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            run = self.start_run("--max-connections", 1, self.requests_file(lines))
        finally:
            signal.signal(signal.SIGHUP, previous)
        self.wait_for_held(base, 1)
        run.send_signal(signal.SIGHUP)
        self.assert_exit(run, 0)
        self.assertEqual(self.requeued(), [])

    def test_what_stdin_still_has_after_a_signal_is_requeued(self):
        base = self.start_hold_server()
        lines = self.lines(f"{base}/hold/{FOREVER_MS}", 5000)
        run = self.start_run("--max-connections", 10, "--shutdown-timeout", "1.5", "-", stdin=subprocess.PIPE)
        run.stdin.write(b"".join(line + b"\n" for line in lines[:10]))
        run.stdin.flush()
        self.wait_for_held(base, 10)
        run.send_signal(signal.SIGTERM)
        run.stdin.write(b"# comment\n\n" + b"\n".join(lines[10:]))
        run.stdin.close()
        self.assert_exit(run, 3)
        self.assertEqual(self.requeued(), lines)

    def test_an_input_that_never_ends_does_not_hold_up_the_end(self):
        base = self.start_hold_server()
        run = self.start_run("--shutdown-timeout", "0.2", "-", stdin=subprocess.PIPE)
        lines = self.lines(base, 3) + self.lines(f"{base}/hold/{FOREVER_MS}", 1, 3)
        run.stdin.write(b"".join(line + b"\n" for line in lines))
        run.stdin.flush()
        wait_until(lambda: self.output_count() == 3, "3 outcomes")
        self.wait_for_held(base, 1)
        run.send_signal(signal.SIGTERM)
        self.assert_exit(run, 3)
        self.assert_nothing_lost(lines, self.output())
        self.assertIn("the input was not read to its end", self.stderr_path.read_text())

    def test_without_a_requeue_file_the_unfinished_are_counted(self):
        base = self.start_hold_server()
        requests = self.requests_file(self.lines(f"{base}/hold/{FOREVER_MS}", 10) + [b"# comment", b""])
        run = self.start_ahp("run", "--quiet", "--max-connections", 4, "--shutdown-timeout", "0.1", requests)
        self.wait_for_held(base, 4)
        run.send_signal(signal.SIGTERM)
        self.assert_exit(run, 3)
        self.assertIn("10 requests are unfinished", self.stderr_path.read_text())

    # --- outputs that fail ------------------------------------------------------------------------

    def test_a_closed_pipe_ends_the_run_even_before_there_is_anything_to_write(self):
        base = self.start_hold_server()
        lines = self.lines(f"{base}/hold/{FOREVER_MS}", 10)
        run = self.start_ahp("run", "--requeue", self.folder / "requeue", "--max-connections", 4, self.requests_file(lines))
        self.wait_for_held(base, 4)
        run.stdout.close()
        self.assert_exit(run, 3)
        self.assertEqual(self.requeued(), lines)

    def test_a_pipe_that_is_closed_midway_ends_the_run(self):
        base = self.start_nginx()
        lines = self.lines(base, 5000)
        run = self.start_ahp("run", "--requeue", self.folder / "requeue", self.requests_file(lines))
        read = [json.loads(run.stdout.readline())["id"] for _ in range(10)]
        run.stdout.close()
        self.assert_exit(run, 3)
        requeued = self.requeued()
        self.assertTrue(set(requeued) <= set(lines) and len(set(requeued)) == len(requeued))
        self.assertFalse(set(read) & {json.loads(line)["id"] for line in requeued})
        # What the pipe took and nobody read is beyond us; it takes 64 KiB.
        self.assertGreater(len(requeued), len(lines) - 10 - 1000)

    def test_what_a_closed_pipe_leaves_of_stdin_is_requeued_too(self):
        base = self.start_hold_server()
        lines = self.lines(f"{base}/hold/{FOREVER_MS}", 20)
        run = self.start_ahp("run", "--requeue", self.folder / "requeue", "-", stdin=subprocess.PIPE)
        run.stdin.write(b"".join(line + b"\n" for line in lines[:10]))
        run.stdin.flush()
        self.wait_for_held(base, 10)
        run.stdout.close()
        self.wait_for_held(base, 0)
        run.stdin.write(b"".join(line + b"\n" for line in lines[10:]))
        run.stdin.close()
        self.assert_exit(run, 3)
        self.assertEqual(self.requeued(), lines)

    def test_a_full_disk_ends_the_run_and_every_byte_of_the_input_is_requeued(self):
        base = self.start_hold_server().encode()
        lines = [b"  " + base + b"/a \r", b'{"url":"' + base + b'/b"}', b"http://127.0.0.1/\xff", b"bad\0line",
                 b"{" + b"x" * (33 << 20), base + b"/c", base + b"/last"]
        requests = self.file("requests", b"\n".join(lines))
        run = self.ahp("run", "--output", "/dev/full", "--requeue", self.folder / "requeue", requests)
        self.assertEqual(run.returncode, 3)
        self.assertIn(b"No space left", run.stderr)
        self.assertTrue(self.requeued() == lines)

    def test_a_line_that_is_too_long_is_requeued_whole_when_its_error_cannot_be_written(self):
        lines = [b"{" + b"x" * (33 << 20), b"http://127.0.0.1/"]
        requests = self.file("requests", b"\n".join(lines))
        for source, stdin in ((requests, b""), ("-", requests.read_bytes())):
            run = self.ahp("run", "--output", "/dev/full", "--requeue", self.folder / "requeue", source, stdin=stdin)
            self.assertEqual(run.returncode, 3)
            self.assertTrue(self.requeued() == lines)

    def test_a_reader_that_stopped_reading_is_given_up_after_the_shutdown_timeout(self):
        base = self.start_nginx()
        lines = self.lines(base, 5000)
        run = self.start_ahp("run", "--requeue", self.folder / "requeue", "--shutdown-timeout", "0.3",
                             self.requests_file(lines))
        # Almost full; the requests in flight bring far more than the rest of it takes.
        wait_until(lambda: bytes_in_pipe(run.stdout) > 50_000, "the pipe to fill")
        run.send_signal(signal.SIGTERM)
        self.assert_exit(run, 3)
        output = run.stdout.read()
        self.assert_nothing_lost(lines, output[:output.rfind(b"\n") + 1])

    # --- the requeue file -------------------------------------------------------------------------

    def test_the_requeue_file_may_be_the_input_and_is_empty_in_the_end(self):
        base = self.start_hold_server()
        lines = self.lines(base, 5) + self.lines(f"{base}/hold/1000", 3, 5)
        requests = self.requests_file(lines)
        requests.chmod(0o640)
        words = ("run", "--requeue", requests, "--output", self.folder / "output")
        run = self.start_ahp(*words, "--shutdown-timeout", "0.01", requests)
        self.wait_for_held(base, 3)
        wait_until(lambda: self.output_count() == 5, "the first 5 outcomes")
        self.assertEqual(requests.read_bytes().split(b"\n")[:-1], lines)
        run.send_signal(signal.SIGTERM)
        self.assert_exit(run, 3)
        self.assertEqual(requests.read_bytes().split(b"\n")[:-1], lines[5:])
        self.assertEqual(requests.stat().st_mode & 0o777, 0o640)
        self.assertEqual(self.ahp(*words, requests).returncode, 0)
        self.assertEqual(requests.read_bytes(), b"")
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"requests", "output", "stderr"})

    def test_a_new_requeue_file_is_for_its_owner_alone_and_a_link_stays_one(self):
        target, link = self.folder / "target", self.folder / "link"
        link.symlink_to(target)
        self.assertEqual(self.ahp("run", "--requeue", link, "-").returncode, 0)
        self.assertTrue(link.is_symlink())
        self.assertEqual((target.read_bytes(), target.stat().st_mode & 0o777), (b"", 0o600))

    def test_a_wrong_use_leaves_the_files_alone(self):
        requests, output = self.file("requests", "http://127.0.0.1/\n"), self.file("output", "old")
        for words in (("--output", requests, requests), ("--output", output, "--requeue", output, requests),
                      ("--output", output, "--requeue", "/dev/null", requests),
                      ("--output", output, "--requeue", self.folder / "no/such", requests),
                      ("--output", output, self.folder / "missing"), ("--output", output, self.folder)):
            with self.subTest(words=words):
                run = self.ahp("run", *words)
                self.assertEqual((run.returncode, run.stdout), (2, b""), run.stderr)
                self.assertEqual((requests.read_bytes(), output.read_bytes()), (b"http://127.0.0.1/\n", b"old"))
        self.assertFalse(os.path.isfile("/dev/null"))


if __name__ == "__main__":
    unittest.main()
