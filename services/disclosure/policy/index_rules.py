"""The node's index numbers as data: the template, and the codes that the directory does not know."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.disclosure.policy.index_number import NATIONAL_TEMPLATE, IndexCodes, IndexTemplate, IndexTemplateIsInvalid


class IndexRules(BaseModel):
    """Template and fixed codes; `org_code` is the head office's, empty where the directory's counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: str = NATIONAL_TEMPLATE
    org_code: str = Field(default="", max_length=40)
    area_code: str = Field(default="", max_length=40)
    dept_code: str = Field(default="", max_length=40)

    @field_validator("template")
    @classmethod
    def _is_a_template(cls, text: str) -> str:
        try:
            IndexTemplate(text)
        except IndexTemplateIsInvalid as fault:
            raise ValueError(str(fault)) from fault
        return text

    def codes(self, *, org_code: str, is_head_office: bool, cat_code: str) -> IndexCodes:
        """The codes for one text; for the head office what the file says comes before what the directory says.

        Args:
            org_code: The issuing unit's in the directory.
        """
        said = self.org_code if is_head_office else ""
        return IndexCodes(
            org_code=said or org_code, area_code=self.area_code, dept_code=self.dept_code, cat_code=cat_code
        )
