"""Servers of one measurement each, on a CPU of their own."""
import contextlib
import gzip
import json
import os
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from string import ascii_lowercase

HERE = Path(__file__).resolve().parent
SERVER_CPU = 1


class Failure(Exception):
    """A run without a result."""


def environment(**more):
    """Ours without proxies: all traffic is to loopback."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | more


def pinned(cpu, command):
    return ["taskset", "-c", str(cpu), *map(str, command)]


def run_json(words, limit):
    """Runs a program, and returns what it says on each line."""
    try:
        done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=limit, env=environment(), check=False)
    except subprocess.TimeoutExpired:
        raise Failure(f"no end within {limit:.0f} s") from None
    if done.returncode:
        raise Failure(f"exit status {done.returncode}: {done.stderr.strip()[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def end(process):
    """Ends a process that we started."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    """Free on all addresses of this machine."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


def fetch(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as response:
        return response.read().decode()


@dataclass
class Server:
    process: subprocess.Popen
    port: int
    tls_port: int | None = None

    def base(self, scheme, host):
        return f"{scheme}://{host}:{self.tls_port if scheme == 'https' else self.port}"

    def connections(self):
        """How many connections nginx has ever had, this call's own included: it numbers them."""
        return int(fetch(f"http://127.0.0.1:{self.port}/connection"))

    def hold_stats(self):
        """What a hold_server tells of itself; it has one connection more then."""
        return json.loads(fetch(f"http://127.0.0.1:{self.port}/stats"))


@contextlib.contextmanager
def run_server(command, port, log):
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(pinned(SERVER_CPU, command), stdout=output, stderr=output, env=environment())
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"{command[0]} did not start: {Path(log).read_text(encoding='utf-8')}")
            time.sleep(0.02)
        yield process
    finally:
        end(process)


def make_certificates(folder):
    """An authority, and a certificate of it for 127.0.0.1."""
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    folder.mkdir()
    openssl("req", "-x509", *key, "-subj", "/CN=bench authority", "-days", 30, "-keyout", folder / "ca.key", "-out",
            folder / "ca.pem")
    openssl("req", *key, "-subj", "/CN=127.0.0.1", "-keyout", folder / "server.key", "-out", folder / "server.csr")
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    openssl("x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
            "-CAcreateserial", "-days", 30, "-extfile", extensions, "-out", folder / "server.pem")


def text(size):
    """Such as compresses to a fifth or so; always the same."""
    random = Random(1)
    words = ["".join(random.choices(ascii_lowercase, k=random.randint(2, 9))) for _ in range(200)]
    lines = (f'{{"id":{number},"name":"{" ".join(random.choices(words, k=4))}","state":"{random.choice(words[:5])}"}}\n'
             for number in count())
    parts, length = [], 0
    while length < size:
        parts.append(next(lines))
        length += len(parts[-1])
    return "".join(parts).encode()


def prepare(folder):
    """What the servers of a whole run share, below `folder`."""
    make_certificates(folder / "tls")
    (folder / "www").mkdir()
    (folder / "www/text.gz").write_bytes(gzip.compress(text(1 << 20)))
    (folder / "www/100k").write_bytes(bytes(range(256)) * 400)
    (folder / "www/100m").write_bytes(bytes(range(256)) * 4096 * 100)


@contextlib.contextmanager
def nginx(scenario, folder):
    port, tls_port = free_port(), free_port()
    text = (HERE / "nginx.conf.in").read_text(encoding="utf-8")
    for name, value in {
            "RUN": folder, "PORT": port, "TLS_PORT": tls_port,
            "ADDRESS": "127.0.0.1" if scenario.host == "127.0.0.1" else "0.0.0.0",
            "TICKETS": "on" if scenario.resumable else "off"}.items():
        text = text.replace(f"@{name}@", str(value))
    config = folder / "nginx.conf"
    config.write_text(text, encoding="utf-8")
    command = ["nginx", "-e", folder / "nginx-start.log", "-c", config]
    with run_server(command, port, folder / "nginx.log") as process:
        yield Server(process, port, tls_port)


@contextlib.contextmanager
def hold_server(program, folder):
    port = free_port()
    with run_server([program, port], port, folder / f"hold_server-{port}.log") as process:
        yield Server(process, port)
