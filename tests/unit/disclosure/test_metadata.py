"""The metadata header as a citizen reads it."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

from services.disclosure.model.catalogued import Catalogued
from services.disclosure.policy import Metadata, header_rows, missing_metadata
from services.disclosure.policy.fields import LABELS
from services.kernel.language.events.disclosure import InformationPublished
from services.kernel.language.vocabulary import DisclosureAttribute, Validity

NOTICE = Metadata(
    title="云岭区水利局关于冬修水利施工的公告",
    publisher_name="云岭区水利局",
    category_name="通知公告",
    formed_on=date(2026, 11, 20),
    attribute=DisclosureAttribute.PROACTIVE,
    index_no="113307020012345670/2026-00001",
    published_at=datetime(2026, 11, 23, 16, 30, tzinfo=UTC),
)


def test_the_header_has_the_usual_rows_in_the_usual_order_and_no_empty_ones() -> None:
    assert [(row.label, row.text) for row in header_rows(NOTICE)] == [
        ("索引号", "113307020012345670/2026-00001"),
        ("信息分类", "通知公告"),
        ("发文机关", "云岭区水利局"),
        ("成文日期", "2026年11月20日"),
        ("标题", "云岭区水利局关于冬修水利施工的公告"),
        ("发布日期", "2026年11月24日"),
    ]


def test_a_normative_document_shows_number_and_validity() -> None:
    document = replace(NOTICE, is_normative=True, document_no="云水〔2026〕8号", validity=Validity.IN_FORCE)
    rows = {row.field: row.text for row in header_rows(document)}
    assert rows["document_no"] == "云水〔2026〕8号"
    assert rows["validity"] == "有效"
    assert missing_metadata(document, summary_limit=300) == []


def test_what_the_catalogue_needs_is_asked_for() -> None:
    empty = replace(NOTICE, title=" ", publisher_name="", category_name="", formed_on=None, is_normative=True)
    assert [error.field for error in missing_metadata(empty, summary_limit=300)] == [
        "title", "publisher_org_id", "category_id", "formed_on", "validity",
    ]  # fmt: skip
    assert missing_metadata(NOTICE, summary_limit=300) == []


def test_a_summary_keeps_to_the_limit_of_the_node() -> None:
    long = replace(NOTICE, summary="述" * 101)
    assert missing_metadata(long, summary_limit=101) == []
    (error,) = missing_metadata(long, summary_limit=100)
    assert (error.field, error.code) == ("summary", "too_long")


def test_what_the_tables_keep_of_the_catalogue_reaches_the_fact_the_header_and_the_form_under_one_name() -> None:
    kept = set(Catalogued.model_fields)
    assert kept <= set(InformationPublished.model_fields)
    assert kept <= {field.name for field in fields(Metadata)}
    assert kept <= set(LABELS)
