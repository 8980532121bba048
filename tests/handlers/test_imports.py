"""What a handler's module imports is what every cold start pays for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path("functions")
HANDLERS = sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))
LIGHT = {
    "annotated_types",
    "pydantic",
    "pydantic_core",
    "snapshot_restore_py",
    "typing_extensions",
    "typing_inspection",
}
# A guest's session token is checked in the first lines of the turn.
FURTHER = {"open_turn": {"itsdangerous"}}
# Bare pydantic accounts for 200.
MOST_MODULES = 280

PROBE = """
import importlib, json, sys
before = set(sys.modules)
importlib.import_module(sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def imported_by(function: str) -> set[str]:
    command = [sys.executable, "-P", "-c", PROBE, f"{function}.handler"]
    done = subprocess.run(command, env={"PYTHONPATH": str(FUNCTIONS)}, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("function", HANDLERS)
def test_given_a_handler_when_imported_then_it_loads_nothing_that_it_does_not_need(function: str) -> None:
    modules = imported_by(function)
    top_level = {name.partition(".")[0] for name in modules if not name.startswith("_sysconfigdata")}

    ours = {"mangaassist", function}
    assert top_level - set(sys.stdlib_module_names) - ours <= LIGHT | FURTHER.get(function, set())
    assert len(modules) <= MOST_MODULES
