"""Letters that wait and statements of account over HTTP: PDFs made when they are asked for, for those who may."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ar_cockpit import routes
from ar_cockpit.api.files import closed_headers
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.documents.pdf import PDF
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.documents.storage import store
from ar_cockpit.services.letters import letters
from ar_cockpit.services.papers.statements import Printed, note_drawn, statement_pdf
from ar_cockpit.settings import get_settings

router = APIRouter()


@router.get(f"{routes.LETTERS}/{{message_row_id}}")
def letter(message_row_id: int, actor: SignedInActor) -> Response:
    """Answer with a letter as it stands today; one that was sent as it was printed."""
    settings = get_settings()
    today = clock.today(settings.zone)
    return _answer(letters.letter_pdf(transaction, actor, store(settings), message_row_id, today))


@router.get(f"{routes.STATEMENTS}/{{customer_id}}")
def statement(customer_id: int, actor: SignedInActor, currency: str = "") -> Response:
    """Answer with a customer's statement of account of today."""
    today = clock.today(get_settings().zone)
    with reading() as session:
        paper = statement_pdf(session, actor, customer_id, today, currency=currency)
    with transaction() as session:
        note_drawn(session, actor, customer_id, currency, Moment(today, clock.now()))
    return _answer(paper)


def _answer(paper: Printed) -> Response:
    name = paper.file_name.removesuffix(".pdf")
    return Response(paper.content, media_type=PDF, headers=closed_headers(name, len(paper.content)))
