"""The disclosure guide (公开指南) and the portal's other standing texts, as data."""

from pydantic import BaseModel, ConfigDict, Field


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(_Row):
    """The disclosure office as the guide must name it; an empty field has not been made known yet.

    Source: 政府信息公开条例 第十二条.
    """

    name: str = ""
    address: str = ""
    hours: str = ""
    phone: str = ""
    fax: str = ""
    postcode: str = ""
    email: str = ""
    places: str = ""

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Label and text of what is known, in the order of the law."""
        labelled = [
            ("工作机构", self.name), ("办公地址", self.address), ("邮政编码", self.postcode),
            ("办公时间", self.hours), ("联系电话", self.phone), ("传真号码", self.fax),
            ("电子邮箱", self.email), ("查阅场所", self.places),
        ]  # fmt: skip
        return [(label, text) for label, text in labelled if text]


class Passage(_Row):
    """A heading and what stands under it."""

    heading: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1)


class Guide(_Row):
    """The standing texts of a portal; `{office}` and `{government}` stand for the node's own names."""

    contact: Contact = Contact()
    guide: tuple[Passage, ...] = Field(min_length=1)
    rules: tuple[Passage, ...] = Field(min_length=1)
    requests: tuple[Passage, ...] = Field(min_length=1)

    def named(self, *, government: str, office: str) -> "Guide":
        """The texts with the node's names put in; an unnamed office is the one that runs the node."""

        def put(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
            return tuple(
                Passage(heading=passage.heading, text=_named(passage.text, government, office)) for passage in passages
            )

        contact = self.contact.model_copy(update={"name": self.contact.name or office})
        return Guide(contact=contact, guide=put(self.guide), rules=put(self.rules), requests=put(self.requests))


def _named(text: str, government: str, office: str) -> str:
    return text.replace("{government}", government).replace("{office}", office)
