"""Orders of a list: what may be sorted by."""

import pytest
from sqlmodel import col

from services.kernel.runtime.pages.paging import Filled, Order
from services.review.model import Issue


def test_a_column_that_may_be_empty_is_no_order_unless_it_is_filled() -> None:
    with pytest.raises(TypeError, match="number"):
        Order(col(Issue.number), col(Issue.issue_id))
    Order(Filled(col(Issue.number), instead=0), col(Issue.issue_id))
