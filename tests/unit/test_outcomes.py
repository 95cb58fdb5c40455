"""What a check answers, as text and in a notebook."""

from __future__ import annotations

from fintxsim.outcomes import CheckResult, Finding, Outcome, Report


class Answers(Report):
    def __init__(self, *results: CheckResult) -> None:
        self.results = results


def test_a_report_is_a_table_in_a_notebook() -> None:
    shown = Answers(CheckResult("files", Outcome.PASS), CheckResult("keys", Outcome.NOT_EVALUATED, reason="no file"))
    assert "<td>files</td><td>pass</td><td></td>" in shown._repr_html_()
    assert "<td>keys</td><td>not evaluated</td><td>no file</td>" in shown._repr_html_()


def test_findings_are_escaped_in_a_notebook() -> None:
    shown = Answers(
        CheckResult("keys", Outcome.FAIL, (Finding("bad", value="<script>"),), measured="<b>")
    )._repr_html_()
    assert "<script>" not in shown
    assert "&lt;b&gt;\n= &lt;script&gt;: bad" in shown
