"""The core flow without JavaScript: write, submit, check, sign, receive."""

from contextlib import ExitStack

from deploy.demo.content import draft_of
from tests.journeys.desks import QUEUE
from tests.journeys.seats import Office
from tests.journeys.writing import check, open_item, sign, write_and_submit

TITLE = "龙潭乡村级卫生室集中添置体温计和血压计"


def test_an_item_goes_from_the_clerk_to_the_districts_editor_without_script(office: Office) -> None:
    with ExitStack() as seats:
        clerk, reviewer, signer, editor = (
            seats.enter_context(office.another(node, username, java_script_enabled=False))
            for node, username in (
                ("township", "clerk"),
                ("township", "reviewer"),
                ("township", "signer"),
                ("district", "editor"),
            )
        )
        write_and_submit(clerk, {**draft_of("winter_medicine"), "title": TITLE})
        check(reviewer, TITLE)
        sign(signer, TITLE)

        open_item(editor, QUEUE, TITLE)
        editor.sees("来件校验")
        editor.sees("已签收")
        clerk.open("/intake/submissions?tab=reported")
        clerk.follow(TITLE)
        clerk.sees("已送达")


def test_a_reason_is_given_on_a_page_where_there_are_no_dialogs(office: Office) -> None:
    with office.another("district", "editor", java_script_enabled=False) as editor:
        open_item(editor, QUEUE, TITLE)
        editor.follow("退回修改")
        editor.fill("退回理由", "请写明添置了多少件。")
        editor.press("退回")
        editor.sees("请从列出的选项中选择")
        editor.field("原因").select_option(label="要素不全")
        editor.press("退回")
        editor.is_told("已退回修改，报送单位会看到理由。")
