"""`python -m bench [PART…]`: measure the parts named, or all but the slow ones.

Ends with 1 when a binding goal is missed or a part could not be measured.
"""

import sys
from pathlib import Path

from bench.parts import PARTS
from bench.runner import run

if __name__ == "__main__":
    sys.exit(run("python -m bench", __doc__, PARTS, Path("reports/bench.json")))
