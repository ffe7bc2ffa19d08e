"""ahp fetch: damaged payloads, an output that nobody reads, an input that is slow."""
import json
import subprocess
import unittest

from ahp_case import AHP, PATIENCE_S
from ahp_store_case import AhpStoreCase


class AhpFetchTest(AhpStoreCase):
    def setUp(self):
        super().setUp()
        self.payloads.mkdir()

    def line(self, key, payload):
        """A line that refers to a payload, which may be anything."""
        (self.payloads / f"{key}.json").write_bytes(payload)
        return json.dumps({"id": key, "result": {"$ref": {"store": self.store, "key": key}}}).encode() + b"\n"

    def test_damaged_payloads_are_told_and_neither_passed_on_nor_removed(self):
        for payload in (b"", b"null", b"[1]", b'"text"', b'{"a":1', b'{"a":1}{"b":2}', b'{"a":"\xff"}', b'{"a":1}\n{"b":2}\n'):
            with self.subTest(payload=payload):
                line = self.line("k", payload)
                fetched = self.ahp("fetch", "--remove", "-", stdin=line)
                self.assertEqual((fetched.returncode, fetched.stdout, self.keys()), (1, line, {"k"}))
                self.assertIn(b"line 1: ", fetched.stderr)
                self.assertIn(b"damaged", fetched.stderr)
                alone = self.ahp("fetch", line)
                self.assertEqual((alone.returncode, alone.stdout), (1, b""))

    def test_a_payload_stays_as_it_is_unless_it_has_line_feeds(self):
        for payload, printed in ((b'{ "a" : 1.50,\t"b":1e2}', None),
                                 (b'{\n  "a \\" {": [1.50, 1e2 ],\r\n "b": "x  \\\\" }\n', b'{"a \\" {":[1.50,1e2],"b":"x  \\\\"}')):
            line = self.line("k", payload)
            fetched = self.ahp("fetch", "-", stdin=line)
            self.assertEqual((fetched.returncode, fetched.stdout), (0, b'{"id":"k","result":' + (printed or payload) + b"}\n"))

    def test_an_output_that_nobody_reads_is_said(self):
        lines = b"".join(self.line(f"k{i}", b'{"a":"%s"}' % (b"x" * 100_000)) for i in range(100))
        source = self.file("lines", lines)
        run = self.ahp_in_shell(f'{{ "$AHP" fetch - <{source}; echo $? >&2; }} | head -1')
        self.assertEqual(run.stdout.count(b"\n"), 1)
        self.assertIn(b"cannot write the output: Broken pipe", run.stderr)
        self.assertTrue(run.stderr.endswith(b"\n3\n"), run.stderr)

    def test_many_lines_are_answered_in_order(self):
        lines = [self.line(f"k{i}", b'{"n":%d}' % i) if i % 3 else b"other\n" for i in range(500)]
        fetched = self.ahp("fetch", "-", stdin=b"".join(lines))
        self.assertEqual((fetched.returncode, fetched.stderr), (0, b""))
        expected = [b'{"id":"k%d","result":{"n":%d}}' % (i, i) if i % 3 else b"other" for i in range(500)]
        self.assertEqual(fetched.stdout.split(b"\n")[:-1], expected)

    def test_a_line_is_answered_before_the_next_one_comes(self):
        fetch = self.end_later(subprocess.Popen([AHP, "fetch", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0))
        for i in range(20):
            line = self.line(f"k{i}", b'{"n":%d}' % i) if i % 2 else b"other\n"
            fetch.stdin.write(line)
            answer = fetch.stdout.readline()
            self.assertEqual(answer, b'{"id":"k%d","result":{"n":%d}}\n' % (i, i) if i % 2 else line)
        fetch.stdin.close()
        self.assertEqual(fetch.wait(PATIENCE_S), 0)

    def test_a_folder_as_stdin_is_a_wrong_use_of_both_commands(self):
        for command in ("fetch", "run"):
            run = self.ahp_in_shell(f'"$AHP" {command} - <{self.folder}')
            self.assertEqual((run.returncode, run.stdout), (2, b""), run.stderr)
            self.assertIn(b"cannot read stdin: Is a directory", run.stderr)

    def test_help_says_what_belongs_to_the_name_of_a_store(self):
        text = self.ahp("fetch", "--help").stdout.decode()
        for part in ("endpoint, region, style and ca_file", "damaged"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
