//! The outcome of each case, for people and for machines.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::finding::Finding;
use crate::wire::request::{Answer, Request, Trouble};

/// The outcome of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The case's name.
    pub name: &'static str,
    /// What it checks.
    pub about: &'static str,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why it does not apply.
    pub reason: Option<String>,
    /// The findings.
    pub findings: Vec<Finding>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// How long it took.
    pub took: Duration,
}

/// The verdict of a case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// No fault was found.
    Passed,
    /// A fault was found.
    Failed,
    /// A fault was found, but the validators accept it.
    Warning,
    /// The case does not apply to this endpoint.
    NotApplicable,
}

impl Verdict {
    /// The verdict as JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Warning => "warning",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request line.
    pub sent: String,
    /// The request's body.
    pub body: Option<Value>,
    /// The response's status, or what went wrong.
    pub came: Result<u16, String>,
    /// The response's body, as text.
    pub text: String,
}

impl Exchange {
    pub(crate) fn of(request: &Request, result: &Result<Answer, Trouble>) -> Self {
        Self {
            sent: request.line(),
            body: request.body.clone(),
            came: result.as_ref().map(|answer| answer.status).map_err(Trouble::to_string),
            text: result.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
        }
    }

    fn json(&self) -> Value {
        let came = match &self.came {
            Ok(status) => json!({ "status": status, "body": self.text }),
            Err(trouble) => json!({ "error": trouble }),
        };
        json!({ "sent": self.sent, "body": self.body, "came": came })
    }
}

/// Whether nothing failed.
#[must_use]
pub fn is_good(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.verdict != Verdict::Failed)
}

/// The report as JSON.
#[must_use]
pub fn json(outcomes: &[Outcome]) -> Value {
    let one = |outcome: &Outcome| {
        json!({
            "name": outcome.name,
            "about": outcome.about,
            "verdict": outcome.verdict.name(),
            "reason": outcome.reason,
            "findings": outcome.findings.iter().map(Finding::json).collect::<Vec<_>>(),
            "exchanges": outcome.exchanges.iter().map(Exchange::json).collect::<Vec<_>>(),
            "milliseconds": u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
        })
    };
    json!({ "good": is_good(outcomes), "cases": outcomes.iter().map(one).collect::<Vec<_>>() })
}

/// The report as text, with the last exchanges of each case that did not pass.
#[must_use]
pub fn text(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let mark = match outcome.verdict {
            Verdict::Passed => "ok  ",
            Verdict::Failed => "FAIL",
            Verdict::Warning => "warn",
            Verdict::NotApplicable => "n/a ",
        };
        let reason = outcome.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let _ = writeln!(text, "{mark}  {}: {}{reason}", outcome.name, outcome.about);
        for finding in &outcome.findings {
            let note = if finding.fault.is_note() { "note" } else { "found" };
            let _ = writeln!(text, "      {note}  {}: {}", finding.fault.code(), finding.what);
            let _ = writeln!(text, "      change {}", finding.fault.change());
        }
        if matches!(outcome.verdict, Verdict::Failed | Verdict::Warning) {
            let last = outcome.exchanges.len().saturating_sub(3);
            for exchange in outcome.exchanges.iter().skip(last) {
                let _ = writeln!(text, "      sent   {}{}", exchange.sent, body(exchange.body.as_ref()));
                let came = match &exchange.came {
                    Ok(status) => format!("{status} {}", short(&exchange.text)),
                    Err(trouble) => trouble.clone(),
                };
                let _ = writeln!(text, "      came   {came}");
            }
        }
    }
    let count = |verdict| outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
    let _ = writeln!(
        text,
        "{} passed, {} failed, {} warnings, {} not applicable",
        count(Verdict::Passed),
        count(Verdict::Failed),
        count(Verdict::Warning),
        count(Verdict::NotApplicable),
    );
    text
}

fn body(body: Option<&Value>) -> String {
    body.map(|body| format!(" {}", short(&body.to_string()))).unwrap_or_default()
}

fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).take(300).collect();
    if line.len() < text.len() { line + " …" } else { line }
}
