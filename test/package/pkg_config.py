#!/usr/bin/env python3
"""Installs the library and builds the README's first program with the words of pkg-config alone.

`pkg_config.py SOURCE_TREE BUILD_TREE PKG_CONFIG COMPILER...`
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import quick_start

tree, build, pkg_config, *compiler = sys.argv[1:]


def output(*command, **more):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: {result.stdout}{result.stderr}")
    return result.stdout


with tempfile.TemporaryDirectory() as folder:
    staged = pathlib.Path(folder) / "staged"
    output("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", str(staged))
    pc_file = next(staged.rglob("async-http-pool.pc"))
    text = pc_file.read_text(encoding="utf-8")
    for field in ("Requires", "Requires.private", "Libs.private"):
        if re.search(rf"^{re.escape(field)}:", text, re.MULTILINE):
            sys.exit(f"the .pc file must do without {field}:\n{text}")

    prefix = re.search(r"^prefix=(.+)$", text, re.MULTILINE).group(1)
    # No other .pc file can be found: ours is enough.
    environment = {**os.environ, "PKG_CONFIG_LIBDIR": str(pc_file.parent), "PKG_CONFIG_PATH": ""}
    words = output(pkg_config, f"--define-variable=prefix={staged}{prefix}", "--cflags", "--libs", "async-http-pool",
                   env=environment).split()
    print("pkg-config:", *words)

    source = pathlib.Path(folder) / "quick_start.cpp"
    source.write_text(quick_start.program(tree), encoding="utf-8")
    executable = pathlib.Path(folder) / "quick_start"
    subprocess.run([*compiler, str(source), "-o", str(executable), *words], cwd=folder, check=True)
    quick_start.run(executable, {**environment, "LD_LIBRARY_PATH": str(pc_file.parent.parent)})
