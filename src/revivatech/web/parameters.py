"""Query parameters that lists share."""

from typing import Annotated

from litestar.params import QueryParameter

from revivatech.kit.paging import LARGEST_LIMIT, LONGEST_CURSOR

Limit = Annotated[int, QueryParameter(ge=1, le=LARGEST_LIMIT, description="The most items of a page.")]
Cursor = Annotated[
    str | None, QueryParameter(max_length=LONGEST_CURSOR, description="`nextCursor` of the page before.")
]
