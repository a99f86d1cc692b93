"""Every table, gathered so that the metadata is whole; rows are facts and constraints without methods."""

from ar_cockpit.db.tables.changes import ImportChangeRow, SettlementProposalRow
from ar_cockpit.db.tables.digests import SalesDigestLineRow, SalesDigestRow
from ar_cockpit.db.tables.documents import DocumentRow
from ar_cockpit.db.tables.figures import CustomerPriorityRow, FiguresStateRow, LedgerFlowRow, PriorityMarkRow
from ar_cockpit.db.tables.interfaces import (
    ApiRequestRow,
    ApiTokenCompanyRow,
    ApiTokenRow,
    WebhookAttemptRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
    WebhookEventRow,
)
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
    "ApiRequestRow",
    "ApiTokenCompanyRow",
    "ApiTokenRow",
    "AuditRow",
    "CompanyRow",
    "ContactRow",
    "CustomerPriorityRow",
    "CustomerRow",
    "DisputeRow",
    "DocumentRow",
    "FiguresStateRow",
    "ForecastRunRow",
    "HoldRow",
    "ImportBatchRow",
    "ImportChangeRow",
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
    "SalesDigestLineRow",
    "SalesDigestRow",
    "SettlementProposalRow",
    "SignInAttemptRow",
    "TouchpointRow",
    "UserRow",
    "UserSessionRow",
    "WebhookAttemptRow",
    "WebhookDeliveryRow",
    "WebhookEndpointRow",
    "WebhookEventRow",
]
