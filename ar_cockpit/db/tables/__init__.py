"""Every table, gathered so that the metadata is whole; rows are facts and constraints without methods."""

from ar_cockpit.db.tables.changes import ImportChangeRow, SettlementProposalRow
from ar_cockpit.db.tables.digests import SalesDigestLineRow, SalesDigestRow
from ar_cockpit.db.tables.documents import DocumentRow
from ar_cockpit.db.tables.figures import CustomerPriorityRow, FiguresStateRow, LedgerFlowRow, PriorityMarkRow
from ar_cockpit.db.tables.forecasts import ForecastModelRow
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
from ar_cockpit.db.tables.mail import (
    IncomingMailRow,
    MailAccountRow,
    MailboxRow,
    MailPaceRow,
    MessageEventRow,
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
    MessagePaperRow,
    MessageRow,
    PolicyDraftRow,
    PolicyVersionRow,
    TouchpointRow,
)
from ar_cockpit.db.tables.review import (
    CustomerSegmentRow,
    JobRequestRow,
    ReminderStopRow,
    SegmentChangeRow,
    StepApprovalRow,
)
from ar_cockpit.db.tables.wording import BrandRow, PictureRow, TemplateVersionRow

__all__ = [
    "AllocationRow",
    "ApiRequestRow",
    "ApiTokenCompanyRow",
    "ApiTokenRow",
    "AuditRow",
    "BrandRow",
    "CompanyRow",
    "ContactRow",
    "CustomerPriorityRow",
    "CustomerRow",
    "CustomerSegmentRow",
    "DisputeRow",
    "DocumentRow",
    "FiguresStateRow",
    "ForecastModelRow",
    "ForecastRunRow",
    "HoldRow",
    "ImportBatchRow",
    "ImportChangeRow",
    "IncomingMailRow",
    "InvoiceRow",
    "JobRequestRow",
    "JobRunRow",
    "LedgerFlowRow",
    "MailAccountRow",
    "MailPaceRow",
    "MailboxRow",
    "MessageEventRow",
    "MessageItemRow",
    "MessagePaperRow",
    "MessageRow",
    "PaymentRow",
    "PictureRow",
    "PolicyDraftRow",
    "PolicyVersionRow",
    "PriorityMarkRow",
    "PromiseInvoiceRow",
    "PromiseRow",
    "QuarantinedRow",
    "ReminderStopRow",
    "RoleGrantRow",
    "SalesDigestLineRow",
    "SalesDigestRow",
    "SegmentChangeRow",
    "SettlementProposalRow",
    "SignInAttemptRow",
    "StepApprovalRow",
    "TemplateVersionRow",
    "TouchpointRow",
    "UserRow",
    "UserSessionRow",
    "WebhookAttemptRow",
    "WebhookDeliveryRow",
    "WebhookEndpointRow",
    "WebhookEventRow",
]
