"""`python -m evaluation [PART…]`: measure the parts named, or all; ends with 1 where a bound is missed."""

import sys
from pathlib import Path

from bench.runner import run
from evaluation.parts import PARTS

if __name__ == "__main__":
    sys.exit(run("python -m evaluation", __doc__, PARTS, Path("reports/evaluation.json")))
