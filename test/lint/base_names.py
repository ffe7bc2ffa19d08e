#!/usr/bin/env python3
"""Base names are unique in the tree, so that a name in a log, a backtrace or a talk means one file."""
import collections
import sys

from sources import ROOT, sources

# A public header keeps its name although the implementation of the same name stands in lib/.
by_name = collections.defaultdict(list)
for path in sources():
    by_name[path.name].append(str(path.relative_to(ROOT)))
doubles = {name: paths for name, paths in by_name.items() if len(paths) > 1}
for name, paths in sorted(doubles.items()):
    print(f"{name}: {' '.join(paths)}")
sys.exit(1 if doubles else 0)
