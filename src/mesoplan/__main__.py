"""The command line as a module: `python -m mesoplan` is `mesoplan`."""

from mesoplan.cli import main

if __name__ == "__main__":
    main()
