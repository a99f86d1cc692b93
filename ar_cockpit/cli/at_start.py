"""What `ar-cockpit up` does to the database while the web app is already loading, and what it says at the end."""

from __future__ import annotations

from ar_cockpit.cli.console import messages
from ar_cockpit.cli.output import open_database
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.clock import today
from ar_cockpit.services.demo import accounts
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from ar_cockpit.services.documents.storage import store
from ar_cockpit.services.people.companies import ledger_is_empty
from ar_cockpit.services.people.users import has_users
from ar_cockpit.settings import Settings


def prepare_ledger(settings: Settings, *, with_demo: bool) -> None:
    """Migrate the database, and load the demo into an empty one."""
    store(settings)  # what cannot keep documents is told before anything is made
    open_database()
    if not with_demo:
        return
    with reading() as session:
        if not ledger_is_empty(session):
            return
    from ar_cockpit.services.demo import load as demo  # noqa: PLC0415 (a second start needs none of it)

    messages.print("Making the demo ledger …")
    with transaction() as session:
        demo.load(session, Actor.local_operator(), as_of=today(settings.zone))


def greet(settings: Settings, address: str) -> None:
    """Say where the product is open and who may sign in."""
    messages.print(f"\nAR Cockpit is open at [bold]{address}[/bold]")
    with reading() as session:
        people, anybody = accounts.people(session), has_users(session)
    if people:
        messages.print(f"Sign in to the demo with the password {DEMO_PASSWORD} as")
    for person in people:
        messages.print(f"  {person.email}  ({person.role.value.replace('_', ' ')})")
    if not anybody:
        messages.print("Nobody can sign in yet: ar-cockpit user add YOUR@EMAIL --role admin")
    if not settings.smtp_url:
        messages.print(f"Mails go to nobody: read them at {address}/mailbox")
    messages.print("Ctrl-C ends it.\n")
