"""Live random lives and print how they break a law: `python tests/lives --seed 0 --lives 200`."""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    sys.exit(import_module("lives.command").main())
