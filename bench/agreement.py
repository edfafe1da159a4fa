"""α with its two-way interval at 46,000 units × 7 annotators in 4,600 dialogues, beside the libraries of the field."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from agreement_cases import CASES, OURS
from measuring import heading, say

SECONDS, MEMORY = 0.1, 300.0
SCRIPT = Path(__file__).with_name("agreement_cases.py")


def run(python: str, case: str, units: int) -> dict[str, float | str]:
    done = subprocess.run([python, str(SCRIPT), case, str(units)], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"missing": (done.stderr.strip().splitlines() or ["it failed"])[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=46_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--peers", default=sys.executable, help="a Python that has krippendorff, evalica, statsmodels")
    asked = options.parse_args()
    heading(f"Agreement of {asked.units:,} units × 7 annotators, from their columns: seconds (of a core), memory")
    taken: dict[str, list[dict[str, float | str]]] = {case: [] for case in CASES}
    for _ in range(asked.rounds):
        for case in CASES:
            if taken[case] and "missing" in taken[case][-1]:
                continue
            taken[case].append(run(sys.executable if case in OURS else asked.peers, case, asked.units))
    for case, found in taken.items():
        if "missing" in found[-1]:
            say(case, "–", f"not measured: {found[-1]['missing']}; see bench/README.md")
            continue
        seconds, core = (statistics.median(float(one[name]) for one in found) for name in ("seconds", "core"))
        memory = max(float(one["memory"]) for one in found)
        promised = case.startswith("α")
        kept = core < SECONDS and memory < MEMORY if promised else None
        promise = f"{SECONDS} s of a core, {MEMORY:.0f} MB" if promised else ""
        say(case, f"{seconds:.3f} ({core:.3f}) s, {memory:.0f} MB", promise, kept=kept)


if __name__ == "__main__":
    main()
