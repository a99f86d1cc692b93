"""Every table, gathered so that the metadata is whole; rows are facts and constraints without methods."""

from ar_cockpit.db.tables.figures import CustomerPriorityRow, FiguresStateRow, LedgerFlowRow, PriorityMarkRow
from ar_cockpit.db.tables.ledger import (
    AllocationRow,
    ContactRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    PaymentRow,
    PromiseInvoiceRow,
    PromiseRow,
)
from ar_cockpit.db.tables.operations import (
    AuditRow,
    ForecastRunRow,
    ImportBatchRow,
    JobRunRow,
    QuarantinedRow,
)
from ar_cockpit.db.tables.organisation import (
    CompanyRow,
    RoleGrantRow,
    SignInAttemptRow,
    UserRow,
    UserSessionRow,
)
from ar_cockpit.db.tables.reminders import (
    HoldRow,
    MessageItemRow,
    MessageRow,
    PolicyVersionRow,
    TouchpointRow,
)

__all__ = [
    "AllocationRow",
    "AuditRow",
    "CompanyRow",
    "ContactRow",
    "CustomerPriorityRow",
    "CustomerRow",
    "DisputeRow",
    "FiguresStateRow",
    "ForecastRunRow",
    "HoldRow",
    "ImportBatchRow",
    "InvoiceRow",
    "JobRunRow",
    "LedgerFlowRow",
    "MessageItemRow",
    "MessageRow",
    "PaymentRow",
    "PolicyVersionRow",
    "PriorityMarkRow",
    "PromiseInvoiceRow",
    "PromiseRow",
    "QuarantinedRow",
    "RoleGrantRow",
    "SignInAttemptRow",
    "TouchpointRow",
    "UserRow",
    "UserSessionRow",
]
