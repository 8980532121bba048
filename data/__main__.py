"""`python -m data`: check every data file and print how many rows each holds; `--update` writes it into the README."""

import argparse
import sys
from pathlib import Path

from data import counts
from data.checks import findings
from data.files import DATA


def main() -> int:
    """0 when every row fits, rows agree with each other and the README has the counts; else 1."""
    arguments = _arguments()
    found = findings(arguments.data)
    table = counts.table(arguments.data)
    readme = arguments.data / "README.md"
    if arguments.update:
        counts.update(readme, table)
    wrong = [str(one) for one in found]
    if not counts.is_current(readme, table):
        wrong.append(
            f"data/README.md:{counts.line(readme)}: not the counts of today; `python -m data --update` writes them"
        )
    sys.stdout.write(table)
    sys.stderr.writelines(f"{one}\n" for one in wrong)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m data", description="Check data/ and count its rows.")
    parser.add_argument("--update", action="store_true", help="write the counts into the README")
    parser.add_argument("--data", type=Path, default=DATA, help="another folder laid out like data/")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
