"""The story that the demo tells: nine chapters on three nodes, through the public API alone."""

from __future__ import annotations

from collections.abc import Callable

from deploy.demo.progress import Progress
from deploy.demo.story.city import reach_the_city
from deploy.demo.story.cut import cut_and_resume
from deploy.demo.story.editing import decide
from deploy.demo.story.following import follow, read_scores
from deploy.demo.story.issue import sign_issue
from deploy.demo.story.portal import publish
from deploy.demo.story.teller import Story
from deploy.demo.story.writing import report_up, write_and_sign
from deploy.demo.world import DemoWorld

CHAPTERS: tuple[tuple[str, Callable[[Story], None]], ...] = (
    ("一、乡里起草、审核、签发", write_and_sign),
    ("二、上报到区：送达、签收；部门的稿件只到区", report_up),
    ("三、区里核实、编辑、退回、备用、未采用、选用", decide),
    ("四、刊物签发：撤稿、排序、编期号", sign_issue),
    ("五、转报到市：采用、批示", reach_the_city),
    ("六、乡里看到的全过程；退回件修改再报", follow),
    ("七、考核得分", read_scores),
    ("八、主动公开", publish),
    ("九、断线与恢复", cut_and_resume),
)


def tell_story(world: DemoWorld, progress: Progress) -> Story:
    """Tell all chapters on a world that is up.

    Raises:
        ClaimFailed, DidNotHappen, CallRefused: What the story says is not so; the message says what.
    """
    story = Story(world, progress)
    try:
        for title, tell in CHAPTERS:
            story.chapter(title)
            tell(story)
    finally:
        story.close()
    return story
