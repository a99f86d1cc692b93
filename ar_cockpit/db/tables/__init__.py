"""Every table, gathered so that the metadata is whole; rows are facts and constraints without methods."""

from ar_cockpit.db.tables.agreements import DisputeCaseRow, PaymentPlanRow, ProposalRow
from ar_cockpit.db.tables.changes import ImportChangeRow, SettlementProposalRow
from ar_cockpit.db.tables.customers import CustomerFileRow, CustomerMergeRow, MentionMailRow, MentionRow
from ar_cockpit.db.tables.digests import SalesDigestLineRow, SalesDigestRow
from ar_cockpit.db.tables.documents import DocumentRow
from ar_cockpit.db.tables.figures import (
    CustomerPriorityRow,
    FiguresStateRow,
    KeptPayerScoreRow,
    LedgerFlowRow,
    PriorityMarkRow,
)
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
from ar_cockpit.db.tables.teamwork import (
    AbsenceRow,
    CollectorGoalRow,
    CustomerChanceRow,
    PortfolioRuleRow,
    QueueWeightsRow,
    SavedFilterRow,
    TaskClaimRow,
)
from ar_cockpit.db.tables.wording import BrandRow, PictureRow, TemplateVersionRow

__all__ = [
    "AbsenceRow",
    "AllocationRow",
    "ApiRequestRow",
    "ApiTokenCompanyRow",
    "ApiTokenRow",
    "AuditRow",
    "BrandRow",
    "CollectorGoalRow",
    "CompanyRow",
    "ContactRow",
    "CustomerChanceRow",
    "CustomerFileRow",
    "CustomerMergeRow",
    "CustomerPriorityRow",
    "CustomerRow",
    "CustomerSegmentRow",
    "DisputeCaseRow",
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
    "KeptPayerScoreRow",
    "LedgerFlowRow",
    "MailAccountRow",
    "MailPaceRow",
    "MailboxRow",
    "MentionMailRow",
    "MentionRow",
    "MessageEventRow",
    "MessageItemRow",
    "MessagePaperRow",
    "MessageRow",
    "PaymentPlanRow",
    "PaymentRow",
    "PictureRow",
    "PolicyDraftRow",
    "PolicyVersionRow",
    "PortfolioRuleRow",
    "PriorityMarkRow",
    "PromiseInvoiceRow",
    "PromiseRow",
    "ProposalRow",
    "QuarantinedRow",
    "QueueWeightsRow",
    "ReminderStopRow",
    "RoleGrantRow",
    "SalesDigestLineRow",
    "SalesDigestRow",
    "SavedFilterRow",
    "SegmentChangeRow",
    "SettlementProposalRow",
    "SignInAttemptRow",
    "StepApprovalRow",
    "TaskClaimRow",
    "TemplateVersionRow",
    "TouchpointRow",
    "UserRow",
    "UserSessionRow",
    "WebhookAttemptRow",
    "WebhookDeliveryRow",
    "WebhookEndpointRow",
    "WebhookEventRow",
]
