#!/usr/bin/env python3
"""Includes point down only, and each foreign library has one door (ARCHITECTURE.md, layers)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])

# Layers of one rank do not know each other.
RANKS = [["base"], ["http"], ["config", "request", "response"], ["curl", "wire"], ["agent", "stores"],
         ["mock", "exchange"], ["pool"], ["processor", "client"]]
RANK = {layer: rank for rank, layers in enumerate(RANKS) for layer in layers}

# The public headers that are more than values: who may know them.
PUBLIC_RANK = {"configuration": 2, "request": 2, "request_task": 2, "response": 2, "error": 2,
               "task_handler": 2, "request_template": 2, "request_config": 2, "request_options": 2, "client_config": 2,
               "client_options": 2, "payload_store": 2, "external_storage": 4, "file_store": 4,
               "redis_store": 4, "s3_store": 4, "payload_store_check": 4, "body_source": 2,
               "processor_observer": 2, "mock_transport": 5, "processor": 6, "synchronous_executor": 7,
               "executor": 7, "body_reader": 7, "streaming_response": 7, "response_future": 7, "interceptor": 7,
               "event_stream": 7, "client": 7, "async_http_pool": 8}

# Foreign include -> the only places of the library and the tools that may have it.
DOORS = {
    "curl/": ["lib/curl/"],
    "rapidjson/": ["lib/wire/"],
    "zlib.h": ["lib/base/deflate.cpp", "lib/base/inflate.cpp"],
    "openssl/": ["lib/base/"],
    "iconv.h": ["lib/base/charset.cpp"],
    "hiredis/": ["lib/stores/"],
    "libpsl.h": ["lib/http/public_suffix_list.cpp"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
STANDARD = re.compile(r"^[a-z_0-9]+$")


def files(folder):
    root = ROOT / folder
    return sorted(path for suffix in ("cpp", "hpp", "hpp.in") for path in root.rglob("*." + suffix))


def includes(path):
    for match in INCLUDE.finditer(path.read_text(encoding="utf-8")):
        yield match.group(1), match.group(2)


def public_headers(problems):
    known = {path.name.removesuffix(".in") for path in files("include")}
    for path in files("include"):
        for _, name in includes(path):
            own = name.startswith("async_http_pool/") and name.split("/", 1)[1] in known
            if not own and not STANDARD.match(name):
                problems.append(f"{path.relative_to(ROOT)}: a public header includes <{name}>")


def library(problems):
    for path in files("lib"):
        where = path.relative_to(ROOT)
        layer = where.parts[1]
        if layer == "pch":  # belongs to all of them, and includes nothing of ours
            continue
        if layer not in RANK:
            problems.append(f"{where}: lib/{layer} is no layer")
            continue
        for quote, name in includes(path):
            if quote == '"':
                other = name.split("/")[0]
                if other not in RANK:
                    problems.append(f'{where}: "{name}" does not start with a layer')
                elif layer in ("exchange", "mock") and other in ("agent", "curl") and name not in (
                        "agent/transport.hpp", "agent/posted_order.hpp"):
                    problems.append(f'{where}: {layer} knows the agents as Transport only ("{name}")')
                elif other != layer and RANK[other] >= RANK[layer]:
                    problems.append(f'{where}: {layer} must not know {other} ("{name}")')
            elif name.startswith("async_http_pool/"):
                rank = PUBLIC_RANK.get(name.split("/")[1].removesuffix(".hpp"), 0)
                if rank > RANK[layer]:
                    problems.append(f"{where}: {layer} must not know <{name}>")
            elif name.startswith("fmt/") and path.suffix == ".hpp" and path.name != "log.hpp":
                problems.append(f"{where}: fmt belongs in .cpp files and log.hpp")


def doors(problems):
    for path in files("lib") + files("tools"):
        where = str(path.relative_to(ROOT))
        for quote, name in includes(path):
            for foreign, places in DOORS.items():
                # "curl/..." is our own layer.
                if quote == "<" and name.startswith(foreign) and not where.startswith(tuple(places)):
                    problems.append(f"{where}: <{name}> belongs in {' or '.join(places)} only")


def applications(problems):
    """What links the shared library alone sees what an application sees."""
    for folder in ("test/integration", "test/package", "tools"):
        for path in files(folder):
            for quote, name in includes(path):
                if quote == '"' and name.split("/")[0] in RANK and (ROOT / "lib" / name).exists():
                    problems.append(f'{path.relative_to(ROOT)}: "{name}" is internal to the library')


problems = []
for check in (public_headers, library, doors, applications):
    check(problems)
print("\n".join(problems))
sys.exit(1 if problems else 0)
