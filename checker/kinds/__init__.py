"""The kinds of rule: one module each. A rule file's table bears its kind's name."""

from checker.kinds.approval import Approval
from checker.kinds.checklist import Checklist
from checker.kinds.deadline import Deadline
from checker.kinds.eligibility import Eligibility
from checker.kinds.form import Form
from checker.kinds.limit import Limit
from checker.kinds.sequence import Sequence
from checker.kinds.waiting_period import WaitingPeriod
from checker.rulebook.kind import Kind

KINDS: dict[str, type[Kind]] = {
    "approval": Approval,
    "checklist": Checklist,
    "deadline": Deadline,
    "eligibility": Eligibility,
    "form": Form,
    "limit": Limit,
    "sequence": Sequence,
    "waiting_period": WaitingPeriod,
}
