"""ahp when its agent dies and when memory runs out: it comes to an end, and nothing is lost."""
import json
import os
import unittest

from ahp_case import AhpCase, free_port

FAULT_INJECTION = os.environ["FAULT_INJECTION"]


class AhpFaultTest(AhpCase):
    def ahp_with(self, fault, every, *words, **more):
        # A sanitizer wants to be the first library; that it is not is harmless here.
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return self.ahp(*words, env={"LD_PRELOAD": FAULT_INJECTION, "FAULT": fault, "EVERY": str(every),
                                     "ASAN_OPTIONS": sanitizer}, **more)

    def test_bench_ends_when_its_agent_dies_and_counts_what_had_no_response(self):
        url = f"{self.start_hold_server()}/hold/5"
        run = self.ahp_with("poll", 200, "bench", url, 2000, 4)
        [result] = self.outcomes(run, 1)
        self.assertTrue(0 < result["failed"] < 2000, result)
        self.assertIn(b"first failure: ", run.stderr)

    def run_short_of_memory(self, lines):
        requests = self.file("requests", b"".join(line + b"\n" for line in lines))
        run = self.ahp_with("memory", 3, "run", "--retries=0", "--requeue", self.folder / "requeue", requests)
        done = {outcome["id"] for outcome in self.outcomes(run, 3)}
        requeued = (self.folder / "requeue").read_bytes().split(b"\n")[:-1]
        self.assertTrue(requeued)
        self.assertEqual(requeued, [line for line in lines if json.loads(line)["id"] not in done])

    def test_responses_that_there_is_no_memory_for_are_requeued(self):
        base = self.start_hold_server()
        self.run_short_of_memory([json.dumps({"url": base, "id": i}).encode() for i in range(300)])

    def test_errors_that_there_is_no_memory_for_are_requeued(self):
        nobody = f"http://127.0.0.1:{free_port()}/"
        self.run_short_of_memory([json.dumps({"url": nobody, "id": i}).encode() for i in range(300)])


if __name__ == "__main__":
    unittest.main()
