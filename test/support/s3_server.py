#!/usr/bin/python3
"""An S3 server for tests: OpenStack Swift and its s3api, all four of its servers in this one process, on 127.0.0.1.

    test/support/s3_server.py --bucket payloads

prints one line, the URL, when it answers, and serves until it gets SIGTERM or SIGINT. Needs Debian's package python3-swift
and therefore Debian's interpreter; nothing of what the package brings along runs or is configured outside of the
directory of this server.
"""
import argparse
import atexit
import ctypes
import logging
import os
import shutil
import signal
import sys
import tempfile
import time

BACKENDS = ("account", "container", "object")
ACCOUNT = "/v1/AUTH_test"
FILTERS = ("catch_errors", "gatekeeper", "listing_formats", "bulk", "s3api", "tempauth", "copy", "slo", "dlo")

COMMON = """\
[DEFAULT]
swift_dir = {home}
devices = {home}/devices
mount_check = false
disable_fallocate = yes
"""

BACKEND = COMMON + """\
[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#{program}
"""

PROXY = COMMON + """\
[pipeline:main]
pipeline = {pipeline} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:s3api]
use = egg:swift#s3api
location = {region}
storage_domain = {domain}
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0, the default: any that is free")
    parser.add_argument("--directory", help="where the data is, and stays; without it they go with the server")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--bucket", action="append", default=[], help="make it first; may be given several times")
    parser.add_argument("--key", default="TESTACCESSKEY", help="the access key id")
    parser.add_argument("--secret", default="test/secret+key=1", help="the secret access key")
    parser.add_argument("--domain", default="", help="take BUCKET.DOMAIN for a host, too")
    parser.add_argument("--pem", help="serve TLS by this file: certificate and key")
    parser.add_argument("--log", help="a file for what Swift has to say")
    parser.add_argument("--memory", action="store_true", help="keep objects in memory: faster")
    parser.add_argument("--die-with-parent", action="store_true")
    return parser.parse_args()


class Memory:
    """What Swift wants of a memcached client, as far as it uses it here."""

    def __init__(self):
        self.entries = {}

    def get(self, key, raise_on_error=False):
        value, end = self.entries.get(key, (None, 0.0))
        return value if time.monotonic() < end else None

    def set(self, key, value, serialize=True, time=0, min_compress_len=0, raise_on_error=False):
        self.entries[key] = (value, monotonic() + (time or 3600))

    def incr(self, key, delta=1, time=0):
        value = max(0, int(self.get(key) or 0) + delta)
        self.set(key, value, time=time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -delta, time)

    def delete(self, key, server_key=None):
        self.entries.pop(key, None)


monotonic = time.monotonic


class Server:
    def __init__(self, options):
        self.options = options
        self.home = options.directory or tempfile.mkdtemp(prefix="ahp-s3-")
        self.memory = Memory()
        self.sockets = {}
        self.url = None
        self.applications = {}

    def clean(self):
        if not self.options.directory:
            shutil.rmtree(self.home, ignore_errors=True)

    def end(self, *_):
        self.clean()
        os._exit(0)  # at once: eventlet would finish its sleep first

    def write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def listen(self, eventlet):
        """First of all: who starts again on a port wants an early word when it is taken."""
        self.sockets["proxy"] = eventlet.listen(("127.0.0.1", self.options.port))
        scheme = "https" if self.options.pem else "http"
        self.url = f"{scheme}://127.0.0.1:{self.sockets['proxy'].getsockname()[1]}"
        for kind in BACKENDS:
            self.sockets[kind] = eventlet.listen(("127.0.0.1", 0))

    def configure(self, utils, ring_builder):
        # Swift hashes no path without this file.
        self.write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\n")
        utils.set_swift_dir(self.home)
        os.makedirs(os.path.join(self.home, "devices", "disk"), exist_ok=True)
        for kind in BACKENDS:
            # One device, one replica; the port is a new one each time.
            builder = ring_builder(2, 1, 0)
            builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": self.sockets[kind].getsockname()[1],
                             "device": "disk", "weight": 1})
            builder.rebalance()
            builder.get_ring().save(os.path.join(self.home, kind + ".ring.gz"))
            program = "mem_object" if kind == "object" and self.options.memory else kind
            self.write(kind + ".conf", BACKEND.format(home=self.home, program=program))
        text = PROXY.format(home=self.home, pipeline=" ".join(FILTERS), region=self.options.region,
                            domain=self.options.domain)
        for name in FILTERS:
            if name != "s3api":
                text += f"[filter:{name}]\nuse = egg:swift#{name}\n"
        self.write("proxy.conf", text)

    def load(self, loadapp, temp_auth):
        for kind in self.sockets:
            self.applications[kind] = loadapp(os.path.join(self.home, kind + ".conf"))
        # The configuration knows users as account:name only, and S3 clients have keys without a colon.
        auth = self.applications["proxy"]
        while not isinstance(auth, temp_auth):
            auth = auth.app
        auth.users = {self.options.key: {"key": self.options.secret, "url": "$HOST" + ACCOUNT, "groups": [".admin"]}}

    def proxy(self, environment, start_response):
        environment["swift.cache"] = self.memory
        return self.applications["proxy"](environment, start_response)

    def serve(self, eventlet, utils, protocol):
        for kind, socket in self.sockets.items():
            application = self.applications[kind]
            if kind == "proxy":
                application = self.proxy
                if self.options.pem:
                    socket = eventlet.wrap_ssl(socket, certfile=self.options.pem, server_side=True)
            eventlet.spawn(eventlet.wsgi.server, socket, application, utils.NullLogger(), protocol=protocol,
                           capitalize_response_headers=False)

    def make_bucket(self, name, request):
        answer = request.blank(f"{ACCOUNT}/{name}", {"REQUEST_METHOD": "PUT", "swift.authorize_override": True})
        status = answer.get_response(self.proxy).status_int
        if status not in (201, 202):  # made, was there
            sys.exit(f"bucket {name} cannot be made: status {status}")


def main():
    options = arguments()
    if options.die_with_parent:
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    os.environ["TZ"] = "UTC"  # signatures are dated so
    time.tzset()
    try:
        from swift.common import swob, utils, wsgi
    except ImportError:
        sys.exit(f"python3-swift is missing for {sys.executable}: apt-get install --no-install-recommends python3-swift")
    utils.eventlet_monkey_patch()
    import eventlet
    import eventlet.wsgi
    from swift.common.http_protocol import SwiftHttpProtocol
    from swift.common.middleware.tempauth import TempAuth
    from swift.common.ring import RingBuilder

    # Swift knows no log but syslog.
    utils.ThreadSafeSysLogHandler = lambda *_, **__: (
        logging.FileHandler(options.log) if options.log else logging.NullHandler())

    server = Server(options)
    atexit.register(server.clean)  # for when it fails to start
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.end)
    server.listen(eventlet)
    server.configure(utils, RingBuilder)
    server.load(wsgi.loadapp, TempAuth)
    server.serve(eventlet, utils, SwiftHttpProtocol)
    for bucket in options.bucket:
        server.make_bucket(bucket, swob.Request)
    print(server.url, flush=True)
    while True:
        eventlet.sleep(3600)


main()
