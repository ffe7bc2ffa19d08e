"""The first program of the README, which must compile and run as it stands."""
import json
import pathlib
import re
import subprocess

from json_server import DOCUMENT, serve


def program(tree):
    """The first C++ block of the README with a main function."""
    readme = pathlib.Path(tree) / "README.md"
    for block in re.findall(r"^```cpp\n(.*?)^```", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if "int main(" in block:
            return block
    raise SystemExit("README.md has no C++ program")


def run(executable, environment):
    """Runs it against a server and shows that the response arrived."""
    with serve() as url:
        result = subprocess.run([str(executable), url], capture_output=True, text=True, check=False, timeout=30,
                                env=environment)
    print(result.stdout + result.stderr, end="")
    if result.returncode != 0:
        raise SystemExit(f"it ended with {result.returncode}")
    callback, status, response = result.stdout.rstrip("\n").split(" ", 2)
    response = json.loads(response)
    assert (callback, status) == ("FetchDataCallback", "200"), result.stdout
    assert json.loads(response["body"]["value"]) == DOCUMENT, response
    assert response["callback_args"] == {"user_id": 123}, response
