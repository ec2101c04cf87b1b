"""What stands in the queues after `up`: items of two units in several states, without a story."""

from __future__ import annotations

from deploy.demo.progress import Progress
from deploy.demo.story.desk import BUREAU, INTAKE, TOWNSHIP, as_reviewed, check, report, submit, write
from deploy.demo.story.teller import Story
from deploy.demo.world import DemoWorld

REPORTED = ("water_pipes", "one_window", "grid_terraces", "elderly_meals", "night_school", "tea_research", "bus_route")
FROM_BUREAU = ("reservoirs", "meter_experience", "drought_suggestion", "irrigation_note")
TO_SIGN, TO_CHECK, DRAFT = "winter_medicine", "orchard_fees", "road_draft"


def fill_queues(world: DemoWorld, progress: Progress) -> None:
    """Write and report the items of a morning, unless the township has items already.

    Raises:
        CallRefused, DidNotHappen: A node does not do what it must.
    """
    story = Story(world, Progress())
    try:
        if story.officer("township", "clerk").get(INTAKE)["items"]:
            return
        with progress.doing(f"录入 {len(REPORTED) + len(FROM_BUREAU) + 3} 件演示稿件"):
            _fill(story)
    finally:
        story.close()


def _fill(story: Story) -> None:
    for name in REPORTED:
        report(story, TOWNSHIP, name)
    for name in FROM_BUREAU:
        report(story, BUREAU, name)
    for name in (TO_SIGN, TO_CHECK):
        write(story, TOWNSHIP, name)
        submit(story, TOWNSHIP, name)
    check(story, TOWNSHIP, TO_SIGN)
    write(story, TOWNSHIP, DRAFT)
    editor = story.officer("district", "editor")
    ids = [story.items[name] for name in (*REPORTED, *FROM_BUREAU)]
    story.becomes(lambda: all(as_reviewed(editor, one, "open") for one in ids), "稿件到区里")
