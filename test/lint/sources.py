"""The C++ sources of the tree given as first argument."""
import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1])
FOLDERS = ("include", "lib", "test", "tools")


def sources(folders=FOLDERS):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*")
                  if path.suffix in (".cpp", ".hpp") and path.is_file())
