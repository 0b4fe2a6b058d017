"""The kinds of rule: one module each. A rule file's table bears its kind's name."""

from checker.kinds.approval import Approval
from checker.kinds.assessment import Assessment
from checker.kinds.cadence import Cadence
from checker.kinds.checklist import Checklist
from checker.kinds.coverage import Coverage
from checker.kinds.deadline import Deadline
from checker.kinds.eligibility import Eligibility
from checker.kinds.form import Form
from checker.kinds.indicator import Indicator
from checker.kinds.limit import Limit
from checker.kinds.query import Query
from checker.kinds.rate import Rate
from checker.kinds.reconcile import Reconcile
from checker.kinds.reference import Reference
from checker.kinds.sequence import Sequence
from checker.kinds.time_of_day import TimeOfDay
from checker.kinds.unique import Unique
from checker.kinds.waiting_period import WaitingPeriod
from checker.rulebook.kind import Kind

KINDS: dict[str, type[Kind]] = {
    "approval": Approval,
    "assessment": Assessment,
    "cadence": Cadence,
    "checklist": Checklist,
    "coverage": Coverage,
    "deadline": Deadline,
    "eligibility": Eligibility,
    "form": Form,
    "indicator": Indicator,
    "limit": Limit,
    "query": Query,
    "rate": Rate,
    "reconcile": Reconcile,
    "reference": Reference,
    "sequence": Sequence,
    "time_of_day": TimeOfDay,
    "unique": Unique,
    "waiting_period": WaitingPeriod,
}
