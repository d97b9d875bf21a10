"""`python -m pilotnet` is the command `pilotnet`."""

import sys

from pilotnet.cli import main

if __name__ == "__main__":
    sys.exit(main())
