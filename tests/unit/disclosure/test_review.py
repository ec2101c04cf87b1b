"""When a review counts: every point decided, an opinion where it is not plain, what was marked cut and nothing else."""

from itertools import product

import pytest

from services.disclosure.policy.point import ReviewPoint
from services.disclosure.policy.redaction import changes_beyond, passages_left, spoken
from services.disclosure.policy.review import faults_in_passages, missing_in_review
from services.kernel.language.vocabulary import ReviewOutcome

ALL = list(ReviewPoint)


def missing(outcome: ReviewOutcome, **said: object) -> set[tuple[str, str]]:
    given = {"points": ALL, "doubts": (), "opinion": "", "is_plain": True, "is_doubtful": False} | said
    return {(error.field, error.code) for error in missing_in_review(outcome, **given)}  # type: ignore[arg-type]


def test_a_plain_text_is_opened_by_its_points_alone() -> None:
    assert missing(ReviewOutcome.OPEN) == set()


@pytest.mark.parametrize("point", ALL)
def test_every_point_is_decided_once(point: ReviewPoint) -> None:
    others = [one for one in ALL if one is not point]
    refused = {("points", "undecided")}
    assert missing(ReviewOutcome.OPEN, points=others) == refused
    assert missing(ReviewOutcome.REFER, points=ALL, doubts=[point], opinion="报请确定") == refused
    assert missing(ReviewOutcome.REFER, points=others, doubts=[point], opinion="报请确定") == set()
    assert missing(ReviewOutcome.OPEN, points=others, doubts=[point], opinion="可以") == {("outcome", "doubted")}


@pytest.mark.parametrize(
    ("outcome", "opinion", "is_plain"), list(product(ReviewOutcome, ["", " ", "有意见"], [True, False]))
)
def test_what_is_not_plain_needs_an_opinion(outcome: ReviewOutcome, opinion: str, is_plain: bool) -> None:
    is_needed = not opinion.strip() and (outcome is not ReviewOutcome.OPEN or not is_plain)
    assert (("opinion", "required") in missing(outcome, opinion=opinion, is_plain=is_plain)) is is_needed


def test_without_points_the_opinion_speaks_for_all_of_them() -> None:
    assert missing(ReviewOutcome.OPEN, points=None) == {("opinion", "required")}
    assert missing(ReviewOutcome.OPEN, points=None, opinion="不涉密") == set()
    assert missing(ReviewOutcome.OPEN, points=[], opinion="不涉密") == {("points", "undecided")}


@pytest.mark.parametrize("outcome", ReviewOutcome)
def test_an_opinion_alone_does_not_open_a_doubtful_text(outcome: ReviewOutcome) -> None:
    refused = {("points", "undecided")} if outcome is ReviewOutcome.OPEN else set()
    assert missing(outcome, points=None, opinion="不涉密", is_doubtful=True) == refused
    assert missing(outcome, points=ALL, opinion="不涉密", is_doubtful=True) == set()


BEFORE = "负责人张三，身份证号110101199003070417，欢迎监督。未达标的2处不予验收。"
MARKED = ("张三", "110101199003070417")
BEYOND, FIGURE, NEGATION = "正文的改动超出标明要删减的内容", "数字有变化", "“不、未、无”等否定词有变化"


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("负责人，身份证号，欢迎监督。未达标的2处不予验收。", []),
        ("负责人██，身份证号██████，欢迎监督。未达标的2处不予验收。", []),
        ("负责人张三，身份证号110101199003070417欢迎监督。未达标的2处不予验收。", [BEYOND, FIGURE]),
        ("负责人，身份证号，欢迎监督。未达标的3处不予验收。", [BEYOND, FIGURE]),
        ("负责人，身份证号，欢迎监督。达标的2处不予验收。", [BEYOND, NEGATION]),
        ("负责人，身份证号，欢迎。未达标的2处不予验收。", [BEYOND]),
        ("负责人李梅，身份证号，欢迎监督。未达标的2处不予验收。", [BEYOND]),
    ],
)
def test_a_change_is_plain_if_the_marked_passages_are_gone_and_nothing_else_is(after: str, found: list[str]) -> None:
    assert changes_beyond(BEFORE, after, MARKED) == found


def test_a_change_that_nobody_asked_for_is_named() -> None:
    assert changes_beyond("一二三", "一二三") == []
    assert changes_beyond("投入86万元", "投入68万元") == ["正文有改动", FIGURE]


def test_a_marked_passage_is_found_however_it_is_spaced_or_wide() -> None:
    assert passages_left("电话１３８ 0000，", ["1380000", "139"]) == ["1380000"]
    assert passages_left("任何文字", ["", " "]) == []


def test_passages_are_quoted_from_the_text_and_gone_before_it_is_opened() -> None:
    def faults(outcome: ReviewOutcome, *, marked: tuple[str, ...] = (), before: tuple[str, ...] = ()) -> list[str]:
        return [error.code for error in faults_in_passages(outcome, text=BEFORE, marked=marked, marked_before=before)]

    assert faults(ReviewOutcome.OPEN_AFTER_REDACTION, marked=MARKED) == []
    assert faults(ReviewOutcome.OPEN_AFTER_REDACTION, marked=("李四",)) == ["not_in_text"]
    assert faults(ReviewOutcome.OPEN, before=MARKED) == ["not_cut", "not_cut"]
    assert faults(ReviewOutcome.OPEN, before=("李四",)) == []
    assert faults(ReviewOutcome.NOT_OPEN, before=MARKED) == []


def test_a_passage_may_stand_in_a_file() -> None:
    files = [spoken("电话 138 1234 5678\n住址")]
    asked = {"text": "正文", "marked_before": (), "files": files}
    assert faults_in_passages(ReviewOutcome.OPEN_AFTER_REDACTION, marked=["13812345678"], **asked) == []  # type: ignore[arg-type]
    refused = faults_in_passages(ReviewOutcome.OPEN_AFTER_REDACTION, marked=["别处"], **asked)  # type: ignore[arg-type]
    assert [error.code for error in refused] == ["not_in_text"]
    kept = faults_in_passages(
        ReviewOutcome.OPEN, text="正文", marked=(), marked_before=["138-1234-5678", "13812345678"], files=files
    )
    assert [error.code for error in kept] == ["not_cut"]
