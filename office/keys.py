"""The numbers a database can look for: more than 64 bits are no key and no place of anything, and an error there."""

from typing import Annotated

from pydantic import Field

KEYS = range(1, 2**63)
Key = Annotated[int, Field(ge=KEYS.start, lt=KEYS.stop)]  # of a row, as it is asked for
Offset = Annotated[int, Field(lt=KEYS.stop)]  # where a page begins; below nothing it begins at the first row
