"""The story in nine steps, every one of them by hand in the browser; each test goes on where the one before ended."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.content import amended_body_of, draft_of
from deploy.demo.progress import Progress
from deploy.demo.story.desk import TOWNSHIP, report
from deploy.demo.story.teller import Story
from deploy.demo.world import DemoWorld
from services.kernel.language.vocabulary import SignMode
from tests.journeys import desks
from tests.journeys.desks import QUEUE, fetch, in_issue, move, take_in, view
from tests.journeys.manuscripts import SCAN, pipe_table, problem, problem_in_word
from tests.journeys.seats import Office, Seat
from tests.journeys.writing import WritingForm, check, open_item, row_of, sign, write_and_submit

PROBLEM = str(draft_of("water_pipes")["title"])
EDITED = "龙潭乡高山片区4个村冬季饮水管网冻损严重亟待支持"
ON_PAPER = str(draft_of("one_window")["title"])
TO_RETURN = str(draft_of("grid_terraces")["title"])
TO_KEEP = str(draft_of("elderly_meals")["title"])
TO_DECLINE = str(draft_of("night_school")["title"])
TAKEN_OUT = str(draft_of("tea_research")["title"])
OF_BUREAU = str(draft_of("reservoirs")["title"])
MEANWHILE = str(draft_of("winter_medicine")["title"])
SECOND_MEANWHILE = str(draft_of("orchard_fees")["title"])
TABLE = pipe_table()

QUESTION = "冻裂入户支管126处是什么时间的数？请核实。"
ANSWER = "已逐村核对，截至今天18时，冻裂入户支管共142处。"
RETURN_REASON = "请补充三类闲置农房各多少处、农户和村集体各增收多少。"
INSTRUCTION = "请市水利局会同云岭区抓紧研究，春节前保证高山群众有水喝。"


@pytest.fixture(scope="module")
def clerks_screen(all_machines: Office) -> Iterator[Page]:
    """The township clerk's second screen: once the item is opened there it is never loaded again."""
    with all_machines.another("township", "clerk") as seat:
        yield seat.page


def show_without_reloading(screen: Page, text: str) -> None:
    """The text comes onto a page that was opened before and has not been loaded since."""
    expect(screen.get_by_text(text).locator("visible=true").first).to_be_visible()
    assert screen.evaluate("window.isTheSamePage") is True


def leave_open(screen: Page, address: str) -> None:
    """Open the page and mark it, so that a later load would be seen."""
    screen.goto(address)
    screen.evaluate("window.isTheSamePage = true")


def address_of(seat: Seat, title: str) -> str:
    """Where the item of that title is in one's own list."""
    seat.open(f"/intake/submissions?q={title[:12]}")
    found = seat.page.get_by_role("link", name=title).first.get_attribute("href")
    assert found is not None
    return found


def test_1_a_draft_is_saved_as_it_is_typed_and_survives_a_closed_browser(office: Office) -> None:
    with office.another("township", "clerk") as clerk:
        form = WritingForm(clerk)
        form.begin()
        form.fill_in({"title": "关于高山片区饮水的情况（起草中）"})
        form.is_saved()

    form = WritingForm(office.seat("township", "clerk"))
    form.take_up("关于高山片区饮水的情况（起草中）")
    form.has("标题", "关于高山片区饮水的情况（起草中）")


def test_1_a_dropped_word_file_fills_title_and_body_and_a_file_is_attached(office: Office) -> None:
    clerk = office.seat("township", "clerk")
    form = WritingForm(clerk)
    form.drop("document", "饮水管网冻损情况.docx", problem_in_word())
    form.has("标题", PROBLEM)
    expect(clerk.field("正文")).to_have_value(re.compile("冻裂主管道6处、入户支管126处"))
    clerk.sees("标题和正文已填入，请核对。")

    form.fill_in(problem())
    form.drop("file", "高山片区饮水管网冻损情况表.docx", TABLE)
    clerk.sees("类型和内容相符")


def test_1_what_is_missing_is_named_before_it_can_be_submitted(office: Office) -> None:
    clerk = office.seat("township", "clerk")
    form = WritingForm(clerk)
    form.submit()
    clerk.is_told("草稿已保存，还差 1 项才能提交。")
    form.has("标题", PROBLEM)
    form.declare_non_secret()
    form.submit()
    clerk.is_told("已提交审核人。")


def test_1_another_is_recorded_as_signed_on_paper(office: Office) -> None:
    write_and_submit(office.seat("township", "clerk"), draft_of("one_window"))
    check(office.seat("township", "reviewer"), ON_PAPER)
    sign(office.seat("township", "signer"), ON_PAPER, mode=SignMode.PAPER, signed_by="罗文清", scan=SCAN)

    clerk = office.seat("township", "clerk")
    clerk.open(address_of(clerk, ON_PAPER))
    clerk.sees("纸质签发")


def test_2_signing_brings_it_to_the_districts_queue_and_back_comes_delivered(
    office: Office, clerks_screen: Page
) -> None:
    clerk, editor = office.seat("township", "clerk"), office.seat("district", "editor")
    leave_open(clerks_screen, address_of(clerk, PROBLEM))
    leave_open(editor.page, QUEUE)

    check(office.seat("township", "reviewer"), PROBLEM)
    sign(office.seat("township", "signer"), PROBLEM)

    show_without_reloading(editor.page, PROBLEM)
    show_without_reloading(clerks_screen, "已送达")
    assert "已签收" not in clerks_screen.inner_text("main")


def test_2_opening_it_shows_everything_and_marks_it_received(office: Office, clerks_screen: Page) -> None:
    editor = office.seat("district", "editor")
    take_in(editor, PROBLEM)
    editor.sees("截至11月22日，4个村共冻裂主管道6处")
    editor.sees("希望上级协调解决的事项")
    link = editor.page.get_by_role("link", name="高山片区饮水管网冻损情况表.docx")
    assert fetch(editor, link).body() == TABLE
    expect(editor.page.locator(".item-check li.is-ok").first).to_be_visible()
    expect(editor.page.locator(".item-check li.is-bad")).to_have_count(0)
    view(editor, "流转记录")
    editor.sees("签发，上报区县级")

    show_without_reloading(clerks_screen, "已签收")


def test_2_a_bureaus_item_reaches_the_district_and_never_the_city(office: Office) -> None:
    write_and_submit(office.seat("district", "bureau_clerk"), draft_of("reservoirs"))
    check(office.seat("district", "bureau_reviewer"), OF_BUREAU)
    sign(office.seat("district", "bureau_signer"), OF_BUREAU)

    take_in(office.seat("district", "editor"), OF_BUREAU)
    city = office.seat("city", "editor")
    city.open(f"{QUEUE}?q=水库")
    city.sees("没有找到")


def test_3_the_editor_asks_and_the_clerk_answers_in_place(office: Office, clerks_screen: Page) -> None:
    editor = office.seat("district", "editor")
    take_in(editor, PROBLEM)
    desks.ask(editor, QUESTION)

    show_without_reloading(clerks_screen, QUESTION)
    clerk = office.seat("township", "clerk")
    clerk.open(address_of(clerk, PROBLEM))
    clerk.fill("答复", ANSWER)
    clerk.press("答复")
    clerk.is_told("已答复，提问的单位会看到。")

    take_in(editor, PROBLEM)
    editor.sees(ANSWER)


def test_3_the_districts_edition_shows_what_changed_and_calls_out_figures(office: Office, clerks_screen: Page) -> None:
    editor = office.seat("district", "editor")
    take_in(editor, PROBLEM)
    desks.edit(editor, {"支管126处": "支管142处", "支管83处": "支管97处"}, title=EDITED)

    view(editor, "修改对比")
    figures = editor.page.locator(".diff-note")
    expect(figures).to_contain_text("126")
    expect(figures).to_contain_text("142")
    view(editor, "原稿")
    editor.sees("入户支管126处")
    show_without_reloading(clerks_screen, "编辑")


def test_3_one_goes_back_one_is_kept_one_is_declined(office: Office, world: DemoWorld) -> None:
    story = Story(world, Progress())
    for name in ("grid_terraces", "elderly_meals", "night_school", "tea_research"):
        report(story, TOWNSHIP, name)
    story.close()

    editor, clerk = office.seat("district", "editor"), office.seat("township", "clerk")
    desks.return_item(editor, TO_RETURN, RETURN_REASON)
    desks.keep(editor, TO_KEEP)
    desks.decline(editor, TO_DECLINE, "属日常工作安排。")

    clerk.open(address_of(clerk, TO_DECLINE))
    clerk.sees("属日常工作安排。")
    clerk.open(address_of(clerk, TO_KEEP))
    clerk.does_not_see("备用")


def test_4_the_chief_takes_one_out_reorders_and_signs(office: Office, clerks_screen: Page) -> None:
    editor, chief = office.seat("district", "editor"), office.seat("district", "chief")
    for title in (OF_BUREAU, TAKEN_OUT, ON_PAPER, EDITED):
        desks.select(editor, title, "政务信息")
    assert "采用，《政务信息》" not in clerks_screen.inner_text("main")

    desks.open_issue(chief)
    assert set(in_issue(chief)) == {OF_BUREAU, TAKEN_OUT, ON_PAPER, EDITED}
    move(chief, "移出", TAKEN_OUT)
    while in_issue(chief)[0] != EDITED:
        move(chief, "上移", EDITED)
    number = desks.sign_issue(chief)

    show_without_reloading(clerks_screen, f"《政务信息》第{number}期")
    editor.open(QUEUE)
    expect(row_of(editor, TAKEN_OUT)).to_be_visible()


def test_4_the_issue_opens_as_page_word_and_pdf(office: Office) -> None:
    chief = office.seat("district", "chief")
    assert in_issue(chief)[0] == EDITED
    expect(chief.page.locator(".paper")).to_contain_text(EDITED)
    word = ZipFile(io.BytesIO(fetch(chief, chief.page.get_by_role("link", name="下载 .docx")).body()))
    assert EDITED[:8] in word.read("word/document.xml").decode()
    assert fetch(chief, chief.page.get_by_role("link", name="打开 PDF")).body().startswith(b"%PDF-")


def test_5_it_goes_on_to_the_city_and_is_adopted_there(office: Office, clerks_screen: Page) -> None:
    editor, chief = office.seat("district", "editor"), office.seat("district", "chief")
    take_in(editor, EDITED, show="adopted")
    editor.page.get_by_role("button", name="提请转报").click()
    editor.sees("待刊物签发人签发")
    open_item(chief, f"{QUEUE}?show=forward", EDITED)
    chief.agree("签发转报", waits=True)
    chief.is_told("已签发，转报")
    show_without_reloading(clerks_screen, "转报市")

    city_editor, city_chief = office.seat("city", "editor"), office.seat("city", "chief")
    desks.select(city_editor, EDITED, "安澜政务信息")
    desks.open_issue(city_chief)
    desks.sign_issue(city_chief)
    show_without_reloading(clerks_screen, "市级采用")


def test_5_an_instruction_is_told_below_as_a_fact_without_its_text(office: Office, clerks_screen: Page) -> None:
    desks.record_instruction(office.seat("city", "editor"), EDITED, {"leader_name": "贺知远", "text": INSTRUCTION})
    show_without_reloading(clerks_screen, "作出批示")

    assert INSTRUCTION[:12] not in clerks_screen.content()
    clerk, editor = office.seat("township", "clerk"), office.seat("district", "editor")
    clerk.open(address_of(clerk, PROBLEM))
    clerk.does_not_see(INSTRUCTION[:12])
    open_item(editor, f"{QUEUE}?show=adopted", EDITED)
    view(editor, "批示")
    editor.sees("已有批示，内容未告知。")
    editor.does_not_see(INSTRUCTION[:12])


def test_6_the_clerk_has_seen_all_of_it_on_one_page_that_was_never_loaded_again(clerks_screen: Page) -> None:
    for text in ("已送达", "已签收", QUESTION, ANSWER, "区县级采用", "转报", "市级采用", "批示"):
        show_without_reloading(clerks_screen, text)


def test_6_what_was_returned_is_amended_and_goes_on_as_the_same_item(office: Office) -> None:
    clerk = office.seat("township", "clerk")
    address = address_of(clerk, TO_RETURN)
    clerk.open(address)
    clerk.sees(RETURN_REASON)
    clerk.follow("改稿")
    clerk.sees(RETURN_REASON)
    clerk.fill("正文", amended_body_of("grid_terraces"))
    WritingForm(clerk).submit()
    clerk.is_told("已提交审核人。")
    assert address_of(clerk, TO_RETURN) == address

    check(office.seat("township", "reviewer"), TO_RETURN)
    sign(office.seat("township", "signer"), TO_RETURN)
    editor = office.seat("district", "editor")
    take_in(editor, TO_RETURN)
    editor.sees("第 2 版 改回")
    changed = editor.page.locator(".item-diff")
    expect(changed.locator("ins").first).to_be_visible()
    expect(changed).to_contain_text("户均增收6072元")


def test_7_every_figure_of_the_scores_opens_its_sources(office: Office) -> None:
    statistician = office.seat("district", "statistician")
    statistician.open("/stats/scores")
    row = statistician.page.get_by_role("row", name=re.compile("龙潭乡")).first
    adopted = row.get_by_role("link").nth(2)
    expect(adopted).to_have_text(re.compile("^[1-9]"))
    adopted.click()
    statistician.sees("得分出处")
    expect(statistician.page.get_by_role("row", name=re.compile("《政务信息》")).first).to_be_visible()

    city = office.seat("city", "statistician")
    city.open("/stats/scores")
    expect(city.page.get_by_role("row", name=re.compile("云岭区")).first).to_be_visible()


def test_8_a_problem_item_is_refused_for_publication(office: Office) -> None:
    publisher, editor = office.seat("district", "publisher"), office.seat("district", "editor")
    publisher.open("/disclosure/information/new")
    assert EDITED not in publisher.page.inner_text("main")
    open_item(editor, f"{QUEUE}?show=adopted", EDITED)
    origin_id = editor.page.url.rsplit("/", 1)[-1].split("?")[0]
    publisher.open(f"/disclosure/information/new?origin_id={origin_id}")
    publisher.sees("“问题类”类信息只供内部参阅，不对外公开。")


def test_8_another_is_published_after_a_second_officers_review_and_found_by_two_characters(office: Office) -> None:
    publisher, secrecy = office.seat("district", "publisher"), office.seat("district", "secrecy")
    publisher.open("/disclosure/information/new")
    publisher.page.get_by_role("link", name=ON_PAPER).click()
    publisher.page.get_by_label(re.compile("^信息分类")).select_option(index=1)
    publisher.press("送保密审查")
    publisher.is_told("已送保密审查")
    address = publisher.page.url

    secrecy.open(address)
    for box in secrecy.page.locator("input[name=points]").all():
        box.check()
    secrecy.page.locator("input[name=outcome][value=open]").check()
    secrecy.press("记下审查意见")
    secrecy.sees("同意公开")

    publisher.open(address)
    publisher.follow("预览并发布")
    publisher.press("确认发布")
    publisher.follow("在门户上查看")
    publisher.sees("索引号")
    _find_on_portal(office)


def _find_on_portal(office: Office) -> None:
    with office.another("district") as citizen:
        citizen.open("/open/")
        citizen.page.get_by_role("searchbox").first.fill("便民")
        citizen.page.get_by_role("searchbox").first.press("Enter")
        citizen.page.locator(".document-list").get_by_role("link", name=ON_PAPER).click()
        for word in ("索引号", "信息分类", "发文机关", "成文日期", "发布日期"):
            citizen.sees(word)
        citizen.open("/open/?q=管网")
        citizen.does_not_see(PROBLEM)
        citizen.does_not_see(EDITED)


def test_9_the_link_is_cut_and_the_clerk_sees_how_long_it_has_waited(office: Office) -> None:
    admin, clerk = office.seat("township", "admin"), office.seat("township", "clerk")
    admin.open("/exchange/links/district")
    admin.follow("暂停链路")
    admin.press("暂停链路")
    admin.sees("恢复链路")

    for name in ("winter_medicine", "orchard_fees"):
        write_and_submit(clerk, draft_of(name))
        check(office.seat("township", "reviewer"), str(draft_of(name)["title"]))
        sign(office.seat("township", "signer"), str(draft_of(name)["title"]))
    clerk.open(address_of(clerk, MEANWHILE))
    clerk.sees("未送达")
    clerk.sees("已等待")

    editor = office.seat("district", "editor")
    editor.open(f"{QUEUE}?q=高山村")
    editor.does_not_see(MEANWHILE)


def test_9_when_the_link_is_back_everything_arrives_in_order_once(office: Office) -> None:
    admin, clerk, editor = (
        office.seat("township", "admin"),
        office.seat("township", "clerk"),
        office.seat("district", "editor"),
    )
    leave_open(clerk.page, clerk.page.url)
    leave_open(editor.page, QUEUE)
    admin.press("恢复链路")
    show_without_reloading(clerk.page, "已送达")
    show_without_reloading(editor.page, MEANWHILE)
    show_without_reloading(editor.page, SECOND_MEANWHILE)
    for title in (MEANWHILE, SECOND_MEANWHILE):
        expect(editor.page.get_by_role("link", name=title)).to_have_count(1)
