"""Run by the drill in a process of its own: an empty house gets its people, two firms and some mail to send."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command

from incidents.policy import REPEAT_COUNT
from office import clock
from office.services import Message, outbox_put, policy_set, token_create
from tests.cast import make_company, make_firms, make_people


def main(mails: int) -> None:
    """Print as JSON: a token for each person, the customer's id."""
    call_command("migrate", interactive=False, verbosity=0)
    cast, at = make_people(), clock.now()
    make_firms(cast)
    make_company()
    policy_set(
        key=REPEAT_COUNT, value=100, by=cast.admin, at=at
    )  # each of the drill's incidents is as grave as the first
    outbox_put(
        [Message(key=f"note:{n}", to=cast.rep.pk, subject="確認", body="本文", try_at=at) for n in range(mails)], at=at
    )
    people = ("rep", "manager", "manager2", "branch", "director")
    tokens = {name: token_create(user=getattr(cast, name), at=at) for name in people}
    sys.stdout.write(json.dumps({"tokens": tokens, "customer": cast.towa.pk}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
