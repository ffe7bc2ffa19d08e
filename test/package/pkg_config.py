#!/usr/bin/env python3
"""Installs the library and builds the README's first program and all examples with the words of pkg-config alone.

`pkg_config.py SOURCE_TREE BUILD_TREE PKG_CONFIG COMPILER...`
"""
import concurrent.futures
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

    # As a newcomer would, who has all warnings on: from the installed copies, or from the tree when tools are off.
    installed = next(staged.rglob("doc/async-http-pool/examples"), pathlib.Path(tree) / "tools" / "examples")
    examples = sorted(installed.glob("*.cpp"))
    if not examples:
        sys.exit(f"no examples in {installed}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda example: output(*compiler, "-Wall", "-Wextra", "-Werror", str(example), "-o",
                                             str(pathlib.Path(folder) / example.stem), *words, cwd=folder), examples))
    print("compiled:", *(example.stem for example in examples))

    source = pathlib.Path(folder) / "README.cpp"
    source.write_text(quick_start.program(tree), encoding="utf-8")
    executable = pathlib.Path(folder) / "README"
    subprocess.run([*compiler, str(source), "-o", str(executable), *words], cwd=folder, check=True)
    quick_start.run(executable, {**environment, "LD_LIBRARY_PATH": str(pc_file.parent.parent)})
