//! Recorded conversations: one JSON file, several steps, run against a live endpoint.
//!
//! Before anything is sent, `<unique>` becomes a random suffix (`<UNIQUE>` the same in capitals),
//! `<guid>` a random GUID and `<base>` the Tenant URL; what an answer captured (`<id:ana>`)
//! is known to all later steps.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::names::{guid, unique};
use crate::subset::Captures;

/// One recorded conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What it shows, as a sentence.
    pub name: String,
    /// Where the shape comes from: an RFC section, or a client's documentation or capture.
    pub source: String,
    /// The requests in order.
    pub steps: Vec<Step>,
}

/// One request and what must come back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Method and path behind the Tenant URL, as on the wire: `GET /Users/<id:ana>`.
    pub send: String,
    /// Query parameters that are encoded for the wire.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Request headers; an empty value leaves a header out.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// The request's JSON body.
    pub body: Option<Value>,
    /// A request body that is not JSON.
    pub text: Option<String>,
    /// What must come back.
    pub answer: Expected,
}

/// What must come back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// One status, or several where the specification leaves the choice.
    pub status: Value,
    /// Headers, by [`crate::subset`].
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// The least that the body holds, by [`crate::subset`]; not looked at in a 204.
    pub body: Option<Value>,
}

impl Exchange {
    /// Runs all steps; what is wrong with the first that fails.
    ///
    /// # Errors
    /// A readable account of the step, the answer and the differences.
    pub fn run(&self, endpoint: &Endpoint) -> Result<(), String> {
        let mut captures = Captures::default();
        let suffix = unique();
        captures.set("<unique>", &suffix);
        captures.set("<UNIQUE>", &suffix.to_uppercase());
        captures.set("<guid>", &guid());
        captures.set("<base>", endpoint.base());
        for (index, step) in self.steps.iter().enumerate() {
            let problem = step.run(endpoint, &mut captures);
            problem.map_err(|why| format!("{} ({})\nstep {}: {why}", self.name, self.source, index + 1))?;
        }
        Ok(())
    }
}

impl Step {
    fn run(&self, endpoint: &Endpoint, captures: &mut Captures) -> Result<(), String> {
        let send = captures.fill(&self.send);
        let (method, path) = send.split_once(' ').ok_or("`send` is `METHOD /path`")?;
        let mut call = Call::new(endpoint, method, path);
        for (name, value) in &self.query {
            call = call.query(name, &captures.fill(&text(value)));
        }
        for (name, value) in &self.headers {
            call = call.header(name, &captures.fill(&text(value)));
        }
        if let Some(body) = &self.body {
            call = call.json(&captures.fill_json(body));
        }
        if let Some(body) = &self.text {
            call = call.text(&captures.fill(body));
        }
        let answer = call.send();
        let mut differences = Vec::new();
        let allowed =
            self.answer.status.as_array().cloned().unwrap_or_else(|| vec![self.answer.status.clone()]);
        if !allowed.contains(&Value::from(answer.status)) {
            differences.push(format!("status: expected {}", self.answer.status));
        }
        // The body first: it captures what the headers repeat.
        if let (Some(expected), false) = (&self.answer.body, matches!(answer.status, 204 | 304)) {
            differences.extend(captures.compare(expected, &answer.json()));
        }
        for (name, value) in &self.answer.headers {
            let found = answer.header(name).unwrap_or("<absent>");
            let wrong = captures.compare_text(&text(value), found);
            differences.extend(wrong.into_iter().map(|line| line.replacen('$', name, 1)));
        }
        if differences.is_empty() { Ok(()) } else { Err(format!("{answer}\n{}", differences.join("\n"))) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
