"""Every closed list of words in one place: code, Chinese label, source."""

from services.kernel.language.vocabulary.item_fields import InfoType
from services.kernel.language.vocabulary.items import (
    DeclineReason,
    EventGrade,
    IntakeStatus,
    ReportStage,
    ReturnReason,
    ReviewStatus,
    Share,
)
from services.kernel.language.vocabulary.openness import (
    DisclosureAttribute,
    ErasureGround,
    InformationStatus,
    NonDisclosureGround,
    ReviewOutcome,
    Validity,
)
from services.kernel.language.vocabulary.people import LeaderRank, Role, SignMode
from services.kernel.language.vocabulary.periodicals import AdoptionMode, PeriodicalKind
from services.kernel.language.vocabulary.places import (
    DayKind,
    ErasureStage,
    Lane,
    Level,
    LinkState,
    System,
    UnitKind,
)
from services.kernel.language.vocabulary.word import Word

__all__ = [
    "VOCABULARIES",
    "AdoptionMode",
    "DayKind",
    "DeclineReason",
    "DisclosureAttribute",
    "ErasureGround",
    "ErasureStage",
    "EventGrade",
    "InfoType",
    "InformationStatus",
    "IntakeStatus",
    "Lane",
    "LeaderRank",
    "Level",
    "LinkState",
    "NonDisclosureGround",
    "PeriodicalKind",
    "ReportStage",
    "ReturnReason",
    "ReviewOutcome",
    "ReviewStatus",
    "Role",
    "Share",
    "SignMode",
    "System",
    "UnitKind",
    "Validity",
    "Word",
    "vocabulary",
]

VOCABULARIES: dict[str, type[Word]] = {
    "adoption_modes": AdoptionMode,
    "day_kinds": DayKind,
    "decline_reasons": DeclineReason,
    "disclosure_attributes": DisclosureAttribute,
    "erasure_grounds": ErasureGround,
    "erasure_stages": ErasureStage,
    "event_grades": EventGrade,
    "info_types": InfoType,
    "information_statuses": InformationStatus,
    "intake_statuses": IntakeStatus,
    "lanes": Lane,
    "leader_ranks": LeaderRank,
    "levels": Level,
    "link_states": LinkState,
    "non_disclosure_grounds": NonDisclosureGround,
    "periodical_kinds": PeriodicalKind,
    "report_stages": ReportStage,
    "return_reasons": ReturnReason,
    "review_outcomes": ReviewOutcome,
    "review_statuses": ReviewStatus,
    "roles": Role,
    "share_modes": Share,
    "sign_modes": SignMode,
    "systems": System,
    "unit_kinds": UnitKind,
    "validities": Validity,
}
"""API name of each list, as in `GET /<service>/api/v1/vocabulary/{name}`."""


def vocabulary(name: str) -> list[dict[str, str]]:
    """The codes and labels of one list, in the order in which they are offered.

    Raises:
        KeyError: No list has this name.
    """
    return [{"code": word.value, "label": word.label} for word in VOCABULARIES[name]]
