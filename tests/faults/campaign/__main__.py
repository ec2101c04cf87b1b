"""A campaign by hand: `python -m tests.faults.campaign --minutes 15 --seed 7`; the seed of a failed one repeats its chances."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign.catalogue import FAULTS
from tests.faults.campaign.running import Campaign, CampaignFailed


def main() -> int:
    """Run one campaign; its folder is kept when it fails."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=15.0)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked.add_argument("--faults", default=",".join(FAULTS), help="which faults, by name")
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=f"campaign-{given.seed}-"))
    try:
        chosen = {name: FAULTS[name] for name in given.faults.split(",")}
        Campaign(folder, given.seed, chosen, lambda line: print(line, flush=True)).run(given.minutes)
    except CampaignFailed as fault:
        print(fault)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
