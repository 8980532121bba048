"""python -m models prepare | train | serve"""

import sys

from models.cli import main

sys.exit(main(sys.argv[1:]))
