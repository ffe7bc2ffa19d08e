#!/usr/bin/env python3
"""The table of options in the README is what the tables of the headers say. `options.py TREE --fix` makes it so."""
import re
import sys

from sources import ROOT

HEADERS = {"RequestConfig": "request_options.hpp", "ClientConfig": "client_options.hpp"}
BEGIN, END = "<!-- options: written by test/lint/options.py -->\n", "<!-- end of options -->\n"
ROW = re.compile(r"/\*\*(?P<doc>(?:[^*]|\*(?!/))*)\*/\s*X\((?P<type>[\w:]+), (?P<name>\w+),\s*(?P<rest>.*?)\)\s*(?=/\*|$)",
                 re.DOTALL)
UNITS = {"bool": "yes or no", "std::string": "text", "TextList": "list of texts", "IntegerList": "list of integers",
         "TlsVersion": '"1.0" to "1.3"', "CertificateFormat": '"pem" or "p12"', "IpFamily": "name", "HttpVersion": "name",
         "SelectorKind": "name"}
DURATION = re.compile(r"(?:std::chrono::)?(\w+)\((\d+)\)")
SECONDS = {"milliseconds": 0.001, "Milliseconds": 0.001, "seconds": 1, "minutes": 60, "hours": 3600}


def unit_of(type_, rule, doc):
    if type_ == "Milliseconds":
        return "time"
    if type_ == "std::size_t":
        return "bytes a second" if doc.startswith("Bytes a second") else "bytes"
    if type_ == "int":
        return "percent" if rule == "percentage" else "number"
    return UNITS[type_]


def shown(type_, value):
    """A default as a reader wants it."""
    if type_ == "Milliseconds":
        word, count = DURATION.fullmatch(value).groups()
        seconds = int(count) * SECONDS[word]
        return "0" if seconds == 0 else f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
    if shift := re.fullmatch(r"std::size_t\{(\d+)\} << (\d+)", value):
        count = int(shift.group(1)) << int(shift.group(2))
        return f"{count >> 20} MiB" if count % (1 << 20) == 0 else f"{count >> 10} KiB"
    if value in ('""', "TextList()", "IntegerList()"):
        return "empty"
    if items := re.fullmatch(r"\(TextList\{(.*)\}\)", value, re.DOTALL):
        return ", ".join(re.findall(r'"([^"]*)"', items.group(1)))
    if type_ == "TlsVersion":
        return value.removeprefix("TlsVersion::v").replace("_", ".")
    return value.split("::")[-1].strip('"')


def rows(header):
    # Continued lines and comments that stand one below the other are one.
    text = (ROOT / "include/async_http_pool" / header).read_text(encoding="utf-8")
    text = text.split("(X)", 1)[1].split("// clang-format on")[0]
    text = re.sub(r" *\\\n", "\n", text)
    text = re.sub(r"/\* ---.*?--- \*/", "", text)
    text = re.sub(r"\*/\s*/\*\* ?", "", text)
    for match in ROW.finditer(text):
        doc = " ".join(match["doc"].split())
        default, rule = match["rest"].rsplit(",", 2 if "request" in header else 1)[:2]
        yield match["type"], match["name"], " ".join(default.split()), rule.strip(), doc
    if (found := len(ROW.findall(text))) != (declared := len(re.findall(r"\bX\(", text))):
        sys.exit(f"{header}: {declared} options, but only {found} with a comment that describes them")


def table():
    for config, header in HEADERS.items():
        yield f"\n`{config}`:\n\n| Option | Default | Unit | |\n|---|---|---|---|\n"
        for type_, name, default, rule, doc in rows(header):
            text = doc.replace("|", "\\|").replace("*", "\\*")
            yield f"| `{name}` | {shown(type_, default)} | {unit_of(type_, rule, doc)} | {text} |\n"


path = ROOT / "README.md"
readme = path.read_text(encoding="utf-8")
if readme.count(BEGIN) != 1 or readme.count(END) != 1:
    sys.exit("README.md: the marks of the table of options are missing")
before, rest = readme.split(BEGIN)
wanted = before + BEGIN + "".join(table()) + "\n" + END + rest.split(END)[1]
if "--fix" in sys.argv:
    path.write_text(wanted, encoding="utf-8")
elif wanted != readme:
    sys.exit("README.md: the table of options differs from the headers; to mend it: python3 test/lint/options.py . --fix")
