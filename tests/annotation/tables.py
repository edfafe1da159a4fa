"""Small tables of judgments, and how they are read."""

import gzip
from pathlib import Path

from annotation.published import Options, Reading

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", the example with four coders and missing data.
KRIPPENDORFF = """\
unit,a,b,c,d
1,1,1,,1
2,2,2,3,2
3,3,3,3,3
4,3,3,3,3
5,2,2,2,2
6,1,2,3,4
7,4,4,4,4
8,1,1,2,1
9,2,2,2,2
10,,5,5,5
11,,,1,1
12,,,3,
"""


def written(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    content = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def read(folder: Path, text: str | bytes, name: str = "table.csv", options: Options | None = None) -> Reading:
    reading = Reading(written(folder, text, name), options or Options())
    for _step in reading.steps():
        pass
    return reading


def problems(reading: Reading) -> str:
    return "\n".join(str(problem) for problem in reading.problems)
