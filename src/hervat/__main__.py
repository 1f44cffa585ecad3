"""`python -m hervat` is the command line."""

import sys

from hervat.doors.cli import main

sys.exit(main())
