"""Only decodes a survey, for comparison: ``python -m tests.bench.decode SCRATCH SURVEY...`` prints the points."""

from __future__ import annotations

import sys
from pathlib import Path

from twin.survey import decode, open_survey


def main(arguments: list[str]) -> None:
    """All points of the survey as columns in the scratch folder."""
    scratch, *surveys = map(Path, arguments)
    cloud = decode(open_survey(surveys), scratch)
    sys.stdout.write(f"{len(cloud.points)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
