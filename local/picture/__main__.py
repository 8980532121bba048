"""python -m local.picture DEFINITION.asl.json PICTURE.svg"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.picture import lay_out, read, write


def draw(definition: Mapping[str, Any], *, every_state: bool = False) -> str:
    """A definition as SVG; the fallbacks that rejoin at once are folded unless every state is asked for."""
    return write(lay_out(read(definition, fold=not every_state)), title=str(definition.get("Comment", "")))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.picture", description="Draw a state machine definition.")
    parser.add_argument("definition", type=Path, help="Amazon States Language, as JSON")
    parser.add_argument("picture", type=Path, help="the SVG file to write")
    parser.add_argument("--all", action="store_true", help="fold nothing")
    chosen = parser.parse_args(arguments)
    definition = json.loads(chosen.definition.read_text(encoding="utf-8"))
    chosen.picture.write_text(draw(definition, every_state=chosen.all), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
