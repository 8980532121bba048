"""`python -m local.picture statemachine/chat_turn.asl.json docs/workflow.svg`"""

import json
import sys
from pathlib import Path

from local.picture import picture

USAGE = 2


def main(arguments: list[str]) -> int:
    """Draw a definition into a file; its exit code."""
    if len(arguments) != USAGE:
        print(f"usage: {__doc__.strip('`')}", file=sys.stderr)
        return USAGE
    definition, target = map(Path, arguments)
    target.write_text(picture(json.loads(definition.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
