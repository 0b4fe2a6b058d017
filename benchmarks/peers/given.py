"""What every tool is given: the columns of the export, by the names that its rules use, and the day of the audit."""

from __future__ import annotations

import datetime as dt

AS_OF = dt.datetime(2023, 3, 1, 23, 59, 59)  # noqa: DTZ001  # exports carry local times
"""The end of the day up to which things count as having happened."""

TEXTS = {
    "complaint_id": "投诉编号",
    "grade": "投诉等级",
    "assigned_dept": "责任部门",
    "unit_id": "房号",
    "summary": "内容摘要",
}
MOMENTS = {
    "received_at": "投诉时间",
    "resolved_at": "解决时间",
    "registered_at": "登记时间",
    "supervisor_forwarded_at": "转呈主管时间",
    "clear_reply_at": "明确答复时间",
}
FIELDS = {**TEXTS, **MOMENTS}
NAMES = {header: name for name, header in FIELDS.items()}
