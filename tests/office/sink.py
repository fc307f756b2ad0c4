"""Mail backends for tests: one writes what it took to a file, one answers by a script."""

from collections.abc import Sequence
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileSink(BaseEmailBackend):
    """Appends each message's id to settings.EMAIL_FILE_PATH, so that it outlives a killed process."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with Path(settings.EMAIL_FILE_PATH).open("a") as sink:
            for message in email_messages:
                sink.write(message.extra_headers["Message-ID"] + "\n")
        return len(email_messages)


class ScriptedServer(BaseEmailBackend):
    """Refuses the addresses in `bad`, fails altogether while `down`; remembers what it took."""

    bad: ClassVar[set[str]] = set()
    down: ClassVar[bool] = False
    took: ClassVar[list[EmailMessage]] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if ScriptedServer.down:
                raise SMTPException(451, "try later")
            if message.to[0] in ScriptedServer.bad:
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such mailbox")})
            ScriptedServer.took.append(message)
        return len(email_messages)
