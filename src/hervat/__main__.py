"""`hervat`, and `python -m hervat`, is the command line. Whoever stops it while it is still being loaded is answered as later on."""

import sys


def main() -> int:
    """Load the command line and run one command; returns its exit status."""
    try:
        from hervat.doors.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("hervat: stopped before anything was done", file=sys.stderr)
        if "--json" in sys.argv[1:]:
            print('{"error": "stopped before anything was done", "status": 130}')
        return 130


if __name__ == "__main__":
    sys.exit(main())
