"""The one exception that is answered with a sentence. Pure Python: the workflow engine imports it too."""

STATUS = {
    "invalid": 400,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "incomplete": 422,  # something is still missing
    "unprocessable": 422,  # a calculation or a file that cannot be done as asked
}


class Refused(Exception):
    """A request that cannot be done, and says why.

    code: one of STATUS; message: an English msgid with %(name)s places; facts: what fills them, never translated here;
    field: the form field it is about, "" when it is about the whole request.
    """

    def __init__(self, code: str, message: str, *, field: str = "", **facts: object) -> None:
        if code not in STATUS:
            raise ValueError(f"unknown code {code!r}")
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return STATUS[self.code]

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.message, self.field, self.facts)


def _rebuild(code: str, message: str, field: str, facts: dict[str, object]) -> Refused:
    return Refused(code, message, field=field, **facts)
