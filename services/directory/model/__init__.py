"""Tables of the directory, and the inputs from which their rows are made."""

from services.directory.model.inputs import (
    Line,
    NewOfficer,
    NewUnit,
    OfficerChange,
    PeerCard,
    PeerCardUnit,
    PeerChange,
    ProfileChange,
    UnitChange,
)
from services.directory.model.tables import (
    METADATA,
    CalendarDayRow,
    CalendarYear,
    NodeProfile,
    Officer,
    Peer,
    Session,
    SignInTries,
    Unit,
)

__all__ = [
    "METADATA",
    "CalendarDayRow",
    "CalendarYear",
    "Line",
    "NewOfficer",
    "NewUnit",
    "NodeProfile",
    "Officer",
    "OfficerChange",
    "Peer",
    "PeerCard",
    "PeerCardUnit",
    "PeerChange",
    "ProfileChange",
    "Session",
    "SignInTries",
    "Unit",
    "UnitChange",
]
