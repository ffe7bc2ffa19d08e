#!/usr/bin/env python3
"""Builds a project that has the library as a meson subproject: `subproject.py SOURCE_TREE FOLDER`

The folder stays between runs, so that only what changed is compiled again.
"""
import os
import pathlib
import shutil
import subprocess
import sys

import quick_start

tree, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
# What a consumer needs of us; its tests and tools are off in a subproject.
PARTS = ("meson.build", "meson_options.txt", "include", "lib", "tools/meson.build")

MESON_BUILD = """
project('consumer', 'cpp', default_options: ['cpp_std=c++20', 'buildtype=plain'])
executable('consumer', 'consumer.cpp',
  dependencies: dependency('async-http-pool', fallback: ['async-http-pool', 'async_http_pool_dep']))
"""


def write(path, text):
    """Leaves an equal file alone, so that nothing is built again for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def mirror(source, target):
    """Makes `target` the files of `source`; those that did not change keep their times."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for name in wanted:
        write(target / name, (source / name).read_text(encoding="utf-8"))
    for path in list(target.rglob("*")):
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()


ours = folder / "subprojects" / "async-http-pool"
for part in PARTS:
    if (tree / part).is_dir():
        mirror(tree / part, ours / part)
    else:
        write(ours / part, (tree / part).read_text(encoding="utf-8"))
write(folder / "meson.build", MESON_BUILD)
write(folder / "consumer.cpp", quick_start.program(tree))

build = folder / "build"
if not (build / "build.ninja").exists():
    shutil.rmtree(build, ignore_errors=True)
    # An installed copy must not answer for the subproject; and each source must include what it uses.
    subprocess.run(["meson", "setup", "--wrap-mode=nodownload", "--force-fallback-for=async-http-pool",
                    "-Db_pch=false", str(build), str(folder)], check=True)
subprocess.run(["meson", "compile", "-C", str(build), "consumer"], check=True)
quick_start.run(build / "consumer", dict(os.environ))
