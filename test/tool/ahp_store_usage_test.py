"""ahp run --store and ahp fetch: what they say to a wrong use."""
import json
import unittest

from ahp_store_case import S3_KEYS, AhpStoreCase


class AhpStoreUsageTest(AhpStoreCase):
    def assert_refused(self, url, said):
        for words in (["run", "--store", url, "-"], ["fetch", "--store", url, "-"]):
            with self.subTest(words=words):
                run = self.ahp(*words)
                self.assertEqual((run.returncode, run.stdout, run.stderr.count(b"\n")), (2, b"", 1), run.stderr)
                self.assertIn(f"--store: {said}", run.stderr.decode())
                self.assertNotIn("pw", run.stderr.decode())

    def test_wrong_urls_are_refused_and_show_no_password(self):
        forms = "must be file:DIR, redis://"
        for url, said in (
            ("", forms), ("payloads", forms), ("/payloads", forms), ("ftp://:pw@host/", forms), ("redis:pw", forms),
            ("Redis://host", forms), ("file:", "file: a directory is needed"), ("file://host/x", "file: a host is of no use"),
            ("file:x?ttl=5", "file: "), (b"file:\xff", "must be UTF-8"), ("file:a\nb", "must be UTF-8 without control"),
            ("redis://", "redis: a host is needed"), ("redis:///0", "redis: a host is needed"),
            ("redis://:pw@", "redis: a host is needed"), ("redis://:pw", "redis: a host is needed"),
            ("redis://host:pw", "redis: the port must be an integer from 1 to 65535"), ("redis://host:0", "redis: the port"),
            ("redis://host:65536", "redis: the port"), ("redis://host:", "redis: the port"),
            ("redis://host/pw", "redis: the database must be"), ("redis://host/-1", "redis: the database must be"),
            ("redis://[::1", "redis: a host is needed"), ("redis://:p/w@pw@host/", "redis: an @ within the credentials"),
            ("redis://:p/pw@host/", "redis: a / in the credentials"), ("redis://:pw#@host/", "redis: a space is written %20"),
            ("redis://:p?pw@host", "redis: after the ? go ttl=..."), ("redis://:%pw@host", "redis: the credentials"),
            ("redis://:pw@host?ttl=x", "redis: ttl must be a number"), ("redis://:pw@host?ttl=", "redis: after the ?"),
            ("redis://host?password=pw", "redis: after the ?"), ("redis://host?ttl=1&ttl=2", "redis: after the ?"),
            ("redis://host?ca_file=x", "redis: after the ?"), ("unix://path", "unix: the absolute path"),
            ("unix://:pw@", "unix: the absolute path"), ("unix:///x?db=pw", "unix: db must be"),
            ("s3://", "s3: a bucket is needed"), ("s3:///prefix", "s3: a bucket is needed"),
            ("s3://id:pw@bucket/", "s3: credentials come from"), ("s3://bucket?style=pw", "s3: style must be path or host"),
            ("s3://bucket?endpoint=http://id:pw@host", "s3: the endpoint must have no credentials"),
            ("s3://bucket?secret=pw", "s3: after the ? go endpoint=..."),
        ):
            self.assert_refused(url, said)

    def test_what_the_store_itself_refuses_is_a_wrong_use_too(self):
        self.need_redis()
        for url, said in (("redis://:pw@host?ttl=-1", "ttl"), ("redis://:pw@host?ttl=1e99", "ttl"),
                          (f"unix://:pw@/{'x' * 200}", "unix"), ("s3://bucket?endpoint=ftp://host", "endpoint")):
            with self.subTest(url=url):
                run = self.ahp("run", "--store", url, "-", env=S3_KEYS)
                self.assertEqual((run.returncode, run.stdout, run.stderr.count(b"\n")), (2, b"", 1), run.stderr)
                self.assertIn(said, run.stderr.decode())
                self.assertNotIn("pw", run.stderr.decode())

    def test_a_threshold_needs_a_store_and_is_at_least_1(self):
        for words, said in ((["--threshold", "5"], "--threshold needs --store"),
                            (["--store", self.store, "--threshold", "0"], "--threshold: "),
                            (["--store", self.store, "--threshold", "-1"], "--threshold: -1 is out of range"),
                            (["--store", self.store, "--threshold", "x"], "--threshold must be an integer")):
            run = self.ahp("run", *words, "-")
            self.assertEqual((run.returncode, run.stdout), (2, b""))
            self.assertIn(said, run.stderr.decode())
        self.assertFalse(self.payloads.exists())

    def test_wrong_operands_of_fetch(self):
        for words, said in (([], "one REF is needed"), (["-", "-"], "one REF is needed"), (["x"], "REF must be"),
                            (["{}"], "REF must be"), (['{"result":{"a":1}}'], "REF must be"), (["{"], "REF must be"),
                            (["--walk", "-"], "unknown option --walk"), (["--threshold=1", "-"], "unknown option --threshold"),
                            (["--store=file:/no/such", "-"], "no such directory")):
            with self.subTest(words=words):
                run = self.ahp("fetch", *words)
                self.assertEqual((run.returncode, run.stdout), (2, b""), run.stderr)
                self.assertIn(said, run.stderr.decode())
                self.assertTrue(run.stderr.endswith(b"; see ahp fetch --help\n"))

    def test_a_missing_payload_prints_nothing(self):
        self.payloads.mkdir()
        reference = json.dumps({"$ref": {"store": f"file:{self.payloads}", "key": "gone"}})
        fetched = self.ahp("fetch", reference)
        self.assertEqual((fetched.returncode, fetched.stdout), (1, b""))
        self.assertIn(b'"key":"gone"', fetched.stderr)


if __name__ == "__main__":
    unittest.main()
