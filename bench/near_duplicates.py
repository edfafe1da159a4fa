"""Finding near-duplicates: each of many dialogues is looked for among those kept before it, then kept."""

import argparse
import random
import resource
import sys

from measuring import ROOT, dialogues, heading, needed, say, seconds

PROMISED_SECONDS = 60
PROMISED_BYTES = 6_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dialogues", type=int, default=50_000)
    asked = options.parse_args()
    sys.path.insert(0, str(ROOT))
    needed("numpy")
    from generation.checks.duplicates import DuplicateIndex, signature, stored

    texts = [[one["text"] for one in record["utterances"]] for record in dialogues(asked.dialogues)]
    copies = sorted(random.Random(1).sample(range(1, asked.dialogues), asked.dialogues // 100))
    for place in copies:
        texts[place] = [*texts[place - 1][:-1], f"{texts[place - 1][-1]} Goodbye, and thank you!"]
    heading(f"Near-duplicates among {asked.dialogues:,} dialogues, {len(copies):,} of them copies with a longer end")
    made = []
    hashing = seconds(lambda: made.extend(signature(one) for one in texts))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index = DuplicateIndex()
    found = []

    def look_up_and_keep() -> None:
        for name, one in enumerate(made):
            found.append(index.find(one))
            index.add(name, one)

    looking = seconds(look_up_and_keep)
    taken = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / asked.dialogues
    data = [(name, stored(one)) for name, one in enumerate(made)]
    again = seconds(lambda: DuplicateIndex.rebuilt(data))
    say("signatures", f"{hashing:.1f} s")
    say("looked for and kept", f"{looking:.1f} s")
    kept = hashing + looking <= PROMISED_SECONDS
    say("both", f"{hashing + looking:.1f} s", f"at most {PROMISED_SECONDS} s", kept=kept)
    say("rebuilt from stored signatures", f"{again:.1f} s")
    say("memory a dialogue", f"{taken:,.0f} bytes", f"at most {PROMISED_BYTES:,}", kept=taken <= PROMISED_BYTES)
    caught = sum(1 for place in copies if found[place])
    say("copies found", f"{caught:,} of {len(copies):,}; {sum(map(bool, found)) - caught:,} others")


if __name__ == "__main__":
    main()
