"""Print every story as a table of before and after: `python tests/stories`, or those named."""

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> None:
    """Tell the stories whose file names contain one of these words, or all."""
    sys.path.insert(0, str(HERE.parent))
    for path in sorted(HERE.glob("test_*.py")):
        if not names or any(name in path.stem for name in names):
            print(import_module(f"stories.{path.stem}").story(), end="\n\n")  # noqa: T201 - it prints


if __name__ == "__main__":
    main(sys.argv[1:])
