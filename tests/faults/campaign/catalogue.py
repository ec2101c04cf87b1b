"""Every fault of the campaign by its name."""

from tests.faults.campaign.faults import KILLS_AND_CUTS, Fault
from tests.faults.campaign.losses import LOSSES
from tests.faults.campaign.returns import RETURNS
from tests.faults.campaign.strangers import SKEWS

FAULTS: dict[str, Fault] = {**KILLS_AND_CUTS, **LOSSES, **RETURNS, **SKEWS}
