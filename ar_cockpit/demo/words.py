"""What is said in the invented ledger, by language."""

from __future__ import annotations

SUBJECTS = {
    "en": "Invoices {numbers}",
    "fr": "Vos factures {numbers}",
    "de": "Ihre Rechnungen {numbers}",
    "es": "Sus facturas {numbers}",
    "it": "Le vostre fatture {numbers}",
    "nl": "Uw facturen {numbers}",
}
BODIES = {
    "en": (
        "Dear {name},",
        "our records show these invoices as open: {numbers}.",
        "Please arrange payment, or tell us if something is in the way.",
        "Kind regards",
    ),
    "fr": (
        "Bonjour {name},",
        "sauf erreur de notre part, ces factures restent ouvertes : {numbers}.",
        "Merci de les régler, ou de nous dire ce qui bloque.",
        "Cordialement",
    ),
    "de": (
        "Guten Tag {name},",
        "nach unseren Unterlagen sind diese Rechnungen offen: {numbers}.",
        "Bitte begleichen Sie sie, oder sagen Sie uns, was im Wege steht.",
        "Freundliche Grüße",
    ),
    "es": (
        "Buenos días, {name}:",
        "según nuestros registros, estas facturas siguen pendientes: {numbers}.",
        "Le rogamos que las abone, o nos diga si hay algún problema.",
        "Un saludo",
    ),
    "it": (
        "Buongiorno {name},",
        "secondo i nostri dati queste fatture sono ancora aperte: {numbers}.",
        "Vi preghiamo di saldarle o di dirci se c'è un problema.",
        "Cordiali saluti",
    ),
    "nl": (
        "Beste {name},",
        "volgens onze administratie staan deze facturen open: {numbers}.",
        "Wilt u ze betalen, of laten weten wat er in de weg staat?",
        "Met vriendelijke groet",
    ),
}


def body(language: str, name: str, numbers: str, sender: str) -> str:
    """Return the text of a reminder."""
    greeting, open_, please, regards = BODIES[language]
    return f"{greeting.format(name=name)}\n\n{open_.format(numbers=numbers)}\n{please}\n\n{regards}\n{sender}"


CALLS = {
    "reached": (
        "Invoices are approved, payment is in the next run.",
        "Accounts payable is behind after a system change; asked for copies.",
        "Will check with the buyer and call back.",
        "Confirmed that the invoices are correct.",
    ),
    "says_paid": ("Says the transfer left yesterday.", "Says it was paid, will send the proof."),
    "call_back": ("In a meeting, call again on Thursday afternoon.", "Asked to be called in the morning."),
    "left_message": ("Left a message with the switchboard.",),
    "no_answer": ("",),
}
NOTES = (
    "New contact in accounts payable from next month.",
    "Wants one statement a month instead of single invoices.",
    "Purchase order number must be on the invoice, otherwise it is sent back.",
    "Payment run every second Thursday.",
    "Has a new owner; limit to be reviewed.",
    "Friendly, but needs a reminder each time.",
)
REPLIES = (
    "Could you send the invoice again, please? We cannot find it.",
    "Payment is planned for Friday.",
    "The delivery was incomplete, we are waiting for your credit note.",
    "Thank you for the reminder, this has been passed to our accounts department.",
)
DISPUTE_NOTES = {
    "price": "The agreed discount is missing.",
    "quantity": "Two pallets fewer than on the delivery note.",
    "delivery": "Delivered a week late, to the wrong site.",
    "quality": "Part of the goods was damaged.",
    "missing_order_number": "The order number is not on the invoice.",
    "duplicate": "Says it was invoiced twice.",
    "other": "Waiting for the project manager's approval.",
}
PROMISE_NOTES = ("Promised on the phone.", "Promised by mail.", "Agreed with the finance manager.", "")
DESCRIPTIONS = ("Delivery {month}", "Service contract {month}", "Spare parts", "Goods as ordered", "Installation work")
