"""ahp run --store and ahp fetch with a Redis that falls silent: nobody waits for it again and again."""
import json
import shutil
import signal
import socket
import threading
import time
import unittest

from ahp_case import wait_until
from ahp_store_case import AhpStoreCase


class SilenceableProxy:
    """Passes connections on to a port, until it is silenced: then it takes all in and answers nothing."""

    def __init__(self, port):
        self.port = port
        self.silent = False
        self.asked_in_silence = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.sockets = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", self.port))
            self.sockets += [client, upstream]
            for source, target in ((client, upstream), (upstream, client)):
                threading.Thread(target=self.copy, args=(source, target, source is client), daemon=True).start()

    def copy(self, source, target, is_question):
        try:
            while data := source.recv(65536):
                if not self.silent:
                    target.sendall(data)
                elif is_question:
                    self.asked_in_silence.set()
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()
        for each in self.sockets:
            each.close()


class AhpSilentStoreTest(AhpStoreCase):
    def setUp(self):
        super().setUp()
        tcp, _ = self.start_redis()
        self.proxy = SilenceableProxy(int(tcp.split(":")[2].split("/")[0]))
        self.stack.callback(self.proxy.close)
        self.url = f"redis://127.0.0.1:{self.proxy.listener.getsockname()[1]}/0"
        self.base = self.start_bytes_server()
        self.output, self.requeue = self.folder / "output", self.folder / "requeue"

    def written(self):
        return self.output.read_bytes().count(b"\n") if self.output.exists() else 0

    def start_run(self, count, shutdown_timeout="23"):
        """A run whose first result is stored, and `count` more after the store fell silent."""
        self.lines = self.requests(self.base, [3000] * (count + 1))
        first, rest = self.lines.split(b"\n", 1)
        run = self.start_ahp("run", "--store", self.url, "--threshold=1000", "--shutdown-timeout", shutdown_timeout,
                             "--output", self.output, "--requeue", self.requeue, "-", stdin=-1)
        run.stdin.write(first + b"\n")
        run.stdin.flush()
        wait_until(lambda: self.written() == 1, "the first outcome")
        self.proxy.silent = True
        run.stdin.write(rest)
        run.stdin.flush()
        self.assertTrue(self.proxy.asked_in_silence.wait(60))
        return run

    def assert_all_inline_but_the_first(self):
        outcomes = self.outcomes(self.output.read_bytes())
        requeued = self.requeue.read_bytes().split(b"\n")[:-1]
        self.assertEqual(len(outcomes) + len(requeued), self.lines.count(b"\n"))
        self.assertEqual(["$ref" in o["result"] for o in outcomes], [True] + [False] * (len(outcomes) - 1))
        self.assertGreater(len(outcomes), 1)
        self.assertIn(f"{len(outcomes) - 1} results could not be stored", self.stderr_path.read_text())

    def test_the_shutdown_timeout_holds(self):
        run = self.start_run(20, "0.3")
        run.send_signal(signal.SIGTERM)
        # Less than the time-out of the store, 10 s, after which the run would end by itself.
        self.assertIn(run.wait(8), (1, 3))
        self.assert_all_inline_but_the_first()

    def test_a_second_signal_ends_it_at_once(self):
        run = self.start_run(20, "600")
        run.send_signal(signal.SIGTERM)
        run.send_signal(signal.SIGINT)
        self.assertIn(run.wait(8), (1, 3))
        self.assert_all_inline_but_the_first()

    def test_storing_is_suspended_and_goes_on_once_the_store_answers_again(self):
        run = self.start_run(200)
        # With 10 s for each result, 8 at a time, it would take minutes.
        started = time.monotonic()
        wait_until(lambda: self.written() == 201, "all results are inline")
        self.assertLess(time.monotonic() - started, 30)
        self.proxy.silent = False
        more = 0

        def is_stored_again():
            nonlocal more
            more += 1
            run.stdin.write(self.requests(self.base, [3000]))
            run.stdin.flush()
            wait_until(lambda: self.written() == 201 + more, "one more outcome")
            time.sleep(0.1)  # a request now and then, while the pause lasts
            return b"$ref" in self.output.read_bytes().splitlines()[-1]

        wait_until(is_stored_again, "a result is stored again")
        run.stdin.close()
        self.assert_exit(run, 1)
        self.assertEqual(self.stderr_path.read_text().count("the store does not answer"), 1)

    def test_fetch_passes_lines_on_without_waiting_for_each(self):
        key = "00000000-0000-4000-8000-000000000000"
        line = json.dumps({"id": 1, "result": {"$ref": {"store": self.url, "key": key}}}).encode() + b"\n"
        self.proxy.silent = True
        started = time.monotonic()
        fetched = self.ahp("fetch", "-", stdin=line * 200)
        self.assertLess(time.monotonic() - started, 40)
        self.assertEqual((fetched.returncode, fetched.stdout), (1, line * 200))
        self.assertIn(b"is not asked again for a while", fetched.stderr)


@unittest.skipUnless(shutil.which("sh"), "no shell")
class AhpLostRequeueTest(AhpStoreCase):
    def test_a_requeue_file_that_could_not_be_written_is_not_said_to_hold_anything(self):
        base = self.start_hold_server()
        lines = self.file("requests", f"{base}/{'x' * 900}\n" * 200)
        # No file may be larger than some blocks of 512 or 1024 bytes.
        run = self.ahp_in_shell(f'ulimit -f 64; trap "" XFSZ; "$AHP" run --output /dev/full --requeue {self.folder}/r {lines}')
        said = run.stderr.decode()
        self.assertEqual(run.returncode, 3, said)
        self.assertIn("200 unfinished requests are not saved: they are lost", said)
        self.assertNotIn("unfinished requests are in", said)


if __name__ == "__main__":
    unittest.main()
