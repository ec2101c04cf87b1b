"""What a hand does wrong: pressed twice, gone back, sent unfinished, keys pressed while writing."""

import re

from playwright.sync_api import expect

from deploy.demo.content import draft_of
from tests.journeys.seats import Office, sign_in
from tests.journeys.writing import WritingForm

DRAFT = {**draft_of("orchard_fees"), "title": "龙潭乡村级果园账目逐季张榜"}


def count_of(office: Office, title: str) -> int:
    """How many items of that title the clerk's list has."""
    clerk = office.seat("township", "clerk")
    clerk.open(f"/intake/submissions?q={title[:10]}")
    return clerk.page.get_by_role("link", name=title).count()


def test_a_double_click_on_submit_does_it_once_and_going_back_does_no_harm(office: Office) -> None:
    clerk = office.seat("township", "clerk")
    form = WritingForm(clerk)
    form.begin()
    form.fill_in(DRAFT)
    form.declare_non_secret()
    clerk.page.get_by_role("button", name="提交审核人").dblclick()
    clerk.is_told("已提交审核人。")

    clerk.page.go_back()
    expect(clerk.page.get_by_role("heading", name=DRAFT["title"]).first).to_be_visible()
    assert count_of(office, DRAFT["title"]) == 1


def test_going_back_after_submitting_does_not_bring_the_same_text_to_be_submitted_again(office: Office) -> None:
    clerk = office.seat("township", "clerk")
    title = "龙潭乡村级果园账目逐季张榜（续）"
    WritingForm(clerk).begin()
    WritingForm(clerk).fill_in({**DRAFT, "title": title})
    WritingForm(clerk).declare_non_secret()
    WritingForm(clerk).submit()
    clerk.is_told("已提交审核人。")
    clerk.page.go_back()
    expect(
        clerk.page.locator(f"text={title}").or_(clerk.page.get_by_role("heading", name="写信息")).first
    ).to_be_visible()
    offered = clerk.page.locator("textarea[name=title]")
    assert title not in [offered.nth(at).input_value() for at in range(offered.count())]
    assert "未提交的草稿" not in clerk.page.inner_text("main")
    assert count_of(office, title) == 1


def test_a_form_that_fails_keeps_what_was_typed(office: Office) -> None:
    with office.another("township", "clerk", java_script_enabled=False) as clerk:
        form = WritingForm(clerk)
        form.begin()
        form.fill_in({"title": "没有写完的一件", "body": "水" * 100_001})
        form.submit()
        clerk.sees("10 万字")
        form.has("标题", "没有写完的一件")
        assert len(clerk.field("正文").input_value()) == 100_001


def test_a_wrong_password_keeps_the_name_and_says_so(office: Office) -> None:
    with office.another("township") as somebody:
        somebody.open("/login")
        somebody.fill("用户名", "clerk")
        somebody.fill("口令", "wrong")
        somebody.press("登录")
        expect(somebody.page.get_by_role("alert").first).to_be_visible()
        expect(somebody.field("用户名")).to_have_value("clerk")
        sign_in(somebody, "clerk")


def test_signing_in_leads_to_the_page_that_was_asked_for(office: Office) -> None:
    with office.another("township") as somebody:
        somebody.open("/intake/submissions?tab=draft")
        somebody.fill("用户名", "clerk")
        somebody.fill("口令", "shangda-demo")
        somebody.press("登录")
        expect(somebody.page).to_have_url(re.compile(r"/intake/submissions\?tab=draft$"))
