"""The directory listens to nobody; after a restore it takes in again what it told itself."""

from __future__ import annotations

from collections.abc import Mapping

from services.directory.actions.replaying import (
    bring_back_day,
    bring_back_end,
    bring_back_officer,
    bring_back_peer,
    bring_back_unit,
)
from services.kernel.language.events.directory import (
    CalendarDaySet,
    OfficerAppointed,
    PeerRegistered,
    SessionEnded,
    UnitRegistered,
)
from services.kernel.language.events.parts import Fact
from services.kernel.runtime.telling.inbox import Handler

REPLAYS: Mapping[type[Fact], Handler] = {
    UnitRegistered: bring_back_unit,
    OfficerAppointed: bring_back_officer,
    SessionEnded: bring_back_end,
    PeerRegistered: bring_back_peer,
    CalendarDaySet: bring_back_day,
}
