"""What people have settled about findings, put into the report: waivers, a baseline, an inspector's review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from checker.report.model import Report, WaiverUse
from checker.review import Review
from checker.waivers import Waiver, covered


def settled(
    report: Report,
    waivers: Iterable[Waiver] = (),
    review: Review | None = None,
    baseline: tuple[str, Iterable[str]] | None = None,
) -> Report:
    """Return the report in which waived findings are counted apart and known ones marked.

    Args:
        report: What the audit found.
        waivers: The site's waivers.
        review: An inspector's conclusions.
        baseline: The name of an earlier report, and the fingerprints of its violations.
    """
    review = review or Review()
    given = [*waivers]
    day = report.as_of.date()
    findings = report.findings
    by_file = [*covered(given, (result.rule for result in report.rules), day)]
    findings.waive(by_file)
    # a workbook also lists what the file of waivers covers: it is not given twice
    listed = {fingerprint for fingerprint, _number in by_file}
    by_hand = {
        fingerprint: said
        for fingerprint, said in review.concluded.items()
        if isinstance(said, Waiver) and fingerprint not in listed
    }
    findings.waive(
        (fingerprint, number)
        for number, (fingerprint, waiver) in enumerate(by_hand.items(), len(given))
        if waiver.state(day) == "in force"
    )
    given += by_hand.values()
    findings.confirm((fingerprint, said) for fingerprint, said in review.concluded.items() if isinstance(said, str))
    if baseline is not None:
        findings.know(baseline[1])
    rules, uses = findings.settled()
    results = []
    for result in report.rules:
        waived, known = rules.get(result.number, (0, 0))
        outcomes = {**result.outcomes, "violation": result.outcomes["violation"] - waived}
        results.append(replace(result, outcomes=outcomes, waived=waived, known=known))
    return replace(
        report,
        rules=tuple(results),
        waivers=tuple(WaiverUse(one, one.state(day), uses.get(number, 0)) for number, one in enumerate(given)),
        answers=review.answers,
        unmatched=findings.unmatched(),
        baseline=baseline[0] if baseline else None,
    )
