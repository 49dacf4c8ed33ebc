"""``python -m samples DIR`` writes the sample site."""

from __future__ import annotations

import argparse
from pathlib import Path

from samples.site import write_sample_site


def main() -> None:
    """Write the sample site into the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m samples", description="Writes the sample site.")
    parser.add_argument("folder", type=Path, help="where to; made where it does not exist")
    write_sample_site(parser.parse_args().folder)


if __name__ == "__main__":
    main()
