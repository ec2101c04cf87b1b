"""Chapter 4: the chief takes one item out, reorders, and signs the issue; then 采用 is told."""

from __future__ import annotations

from functools import partial

from deploy.demo.story.desk import as_reviewed, marked
from deploy.demo.story.teller import Story, save

IN_PRINT = ("water_pipes", "reservoirs", "one_window")
ISSUES = "/review/api/v1/issues"


def sign_issue(story: Story) -> None:
    """From a draft of four items to an issue of three with its number."""
    chief, editor = story.officer("district", "chief"), story.officer("district", "editor")
    path = f"{ISSUES}/{story.facts['issue_id']}"
    order = [story.facts["places"][name] for name in IN_PRINT]
    issue = chief.patch(path, {"adoption_ids": order}, etag=chief.etag(path))
    story.claim(
        [entry["adoption_id"] for entry in issue["entries"]] == order,
        f"{chief.title}撤下调研稿，问题类稿件排到头条",
    )
    story.claim(as_reviewed(editor, story.items["tea_research"], "open"), "撤下的一件回到待审队列")
    number = chief.post(f"{path}/sign")["issue_no"]
    story.facts["issue_no"] = number
    story.done(f"{chief.title}签发，编为{story.facts['periodical']}第{number}期")
    for name in ("water_pipes", "one_window"):
        story.becomes(
            partial(marked, story, name, "submission.adopted", level="county", issue_no=number),
            f"乡里看到“区县级采用，{story.facts['periodical']}第{number}期”",
        )
    _print(story)


def _print(story: Story) -> None:
    chief = story.officer("district", "chief")
    path = f"{ISSUES}/{story.facts['issue_id']}"
    pdf = save(chief.call("GET", f"{path}.pdf"), story.papers / f"政务信息第{story.facts['issue_no']}期.pdf")
    docx = save(chief.call("GET", f"{path}.docx"), story.papers / f"政务信息第{story.facts['issue_no']}期.docx")
    story.claim(
        pdf.read_bytes().startswith(b"%PDF-") and docx.read_bytes().startswith(b"PK"),
        f"红头 PDF（{pdf.stat().st_size // 1024} KB）和 Word（{docx.stat().st_size // 1024} KB）存入 {story.papers}",
    )
