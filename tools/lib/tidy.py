#!/usr/bin/env python3
"""Runs clang-tidy over the library and the tools: `tidy.py SOURCE_TREE BUILD_TREE JOBS`

A file is looked at again only when it, a header of ours that it includes, or .clang-tidy changed.
"""
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys

tree, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
jobs = int(sys.argv[3])
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
CHECKED = ("lib", "tools")
# With it each check would go through all that the precompiled header holds, for each file.
PRECOMPILED = re.compile(r"-include-pch \S+ ")
stamps = build / "tidy"
stamps.mkdir(exist_ok=True)
rules = (tree / ".clang-tidy").read_bytes()


def closure(path, seen):
    """`path` and the files of ours that it includes."""
    if path in seen:
        return seen
    seen.add(path)
    for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        for folder in (path.parent, tree / "lib", tree / "include", tree / "tools"):
            if (folder / name).is_file():
                closure((folder / name).resolve(), seen)
                break
    return seen


def check(command):
    path = (pathlib.Path(command["directory"]) / command["file"]).resolve()
    digest = hashlib.sha256(rules + command["command"].encode())
    for part in sorted(closure(path, set())):
        digest.update(part.read_bytes())
    stamp = stamps / digest.hexdigest()
    if stamp.exists():
        return path, ""
    result = subprocess.run(["clang-tidy", "--quiet", "-p", str(stamps), str(path)], capture_output=True, text=True,
                            check=False)
    if result.returncode == 0:
        stamp.touch()
        return path, ""
    return path, result.stdout + result.stderr


database = json.loads(PRECOMPILED.sub("", (build / "compile_commands.json").read_text(encoding="utf-8")))
(stamps / "compile_commands.json").write_text(json.dumps(database), encoding="utf-8")
commands = [command for command in database
            if command["file"].endswith(".cpp") and
            (pathlib.Path(command["directory"]) / command["file"]).resolve().relative_to(tree).parts[0] in CHECKED]
failures = 0
with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for file, complaint in pool.map(check, commands):
        if complaint:
            failures += 1
            print(f"{file.relative_to(tree)}:\n{complaint}")
print(f"clang-tidy: {len(commands)} files, {failures} with complaints")
sys.exit(1 if failures else 0)
