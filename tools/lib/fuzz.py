#!/usr/bin/env python3
"""Runs fuzz targets for a while: `fuzz.py TREE BUILD SECONDS JOBS [TARGET...]`, all when none is named.

BUILD is a meson build directory with -Dfuzz=enabled. Each target starts from the golden documents, the files in
test/fuzz/corpus/<target> and what earlier runs found (in BUILD/fuzz). One line a target; the last line is
`N passed, N failed`. A finding fails: its input and the end of the log are named.
"""
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import sys

TARGETS = ("callback_args", "cookie", "error", "event_stream", "payload", "request", "request_task", "response", "url",
           "value")
EXTRA_SECONDS = 180  # to read a corpus, and to write down a finding
LOG_LINES = 40
INPUT_BYTES_MAX = 1 << 14


def bodies(document):
    """(content type, payload) of each response in a document."""
    response = document.get("response", document)
    if isinstance(response.get("body"), dict):
        yield response["headers"].get("content-type", ""), response["body"]


def seeds(target, golden):
    """Name and bytes of what the documents have to offer to a target."""
    for path in sorted(golden.glob("*_*.json")):
        kind, text = path.stem.split("_")[0], path.read_bytes()
        document = json.loads(text)
        if target == "value" or target == kind:
            yield path.stem, text
        elif target == "url" and "url" in document:
            yield path.stem, document["url"].encode()
        elif target == "callback_args" and "callback_args" in document:
            yield path.stem, json.dumps(document["callback_args"]).encode()
        elif target == "request_task" and kind == "request":
            task = {"request": document, "callback": "Callback", "callback_args": {"k": 1},
                    "raise_error_responses": None, "id": "r-1/2", "redirects": ["http://x/"]}
            yield path.stem, json.dumps(task).encode()
        elif target == "payload":
            for content_type, body in bodies(document):
                yield path.stem, f"{content_type}\n{json.dumps(body)}".encode()


def prepare(tree, folder, target):
    """The folders of inputs, the one that grows first."""
    grown, given = folder / "corpus", folder / "seeds"
    shutil.rmtree(given, ignore_errors=True)
    for each in (grown, given):
        each.mkdir(parents=True, exist_ok=True)
    for name, text in seeds(target, tree / "test/golden"):
        (given / name).write_bytes(text)
    kept = tree / "test/fuzz/corpus" / target
    return [grown, given] + ([kept] if kept.is_dir() else [])


def run(tree, build, target, seconds):
    """(whether nothing was found, what to print)"""
    folder = build / "fuzz" / target
    program = build / "test/fuzz" / f"{target}_fuzz"
    if not program.exists():
        return False, f"{target}: no program {program}"
    command = [str(program), f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=20",
               f"-max_len={INPUT_BYTES_MAX}", f"-dict={tree / 'test/fuzz/json.dict'}", "-print_final_stats=1",
               f"-artifact_prefix={folder}/"]
    command += [str(path) for path in prepare(tree, folder, target)]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        try:
            code = process.wait(seconds + EXTRA_SECONDS)
        except subprocess.TimeoutExpired:
            code = "it did not end"
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    text = log.read_text(encoding="utf-8", errors="replace")
    runs = re.search(r"stat::number_of_executed_units: +(\d+)", text)
    if code == 0 and runs and int(runs.group(1)) > 0:
        coverage = re.findall(r"cov: (\d+)", text)
        return True, f"{target}: {runs.group(1)} runs, {coverage[-1] if coverage else '?'} edges"
    artefact = re.search(r"Test unit written to (\S+)", text)
    end = "\n".join("    " + line for line in text.splitlines()[-LOG_LINES:])
    return False, f"{target}: FAILED ({code}), input: {artefact.group(1) if artefact else 'none'}, log: {log}\n{end}"


def main():
    if len(sys.argv) < 5 or not set(sys.argv[5:]) <= set(TARGETS):
        sys.exit(__doc__)
    tree, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    seconds, jobs = int(sys.argv[3]), int(sys.argv[4])
    targets = sys.argv[5:] or TARGETS
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        running = [pool.submit(run, tree, build, target, seconds) for target in targets]
        for future in concurrent.futures.as_completed(running):
            is_clean, line = future.result()
            passed += is_clean
            print(line, flush=True)
    print(f"{passed} passed, {len(targets) - passed} failed")
    return 0 if passed == len(targets) else 1


if __name__ == "__main__":
    sys.exit(main())
