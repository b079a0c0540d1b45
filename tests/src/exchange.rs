//! Recorded conversations: one JSON file, several steps, run against a live endpoint.
//!
//! Before a request is sent, `<unique>` becomes a random suffix (`<UNIQUE>` the same in capitals),
//! `<guid>` a random GUID, `<base>` the Tenant URL and `<token>` the secret token; captured values
//! (`<id:ana>`) are available in all later steps.

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
    /// The source of the shape: an RFC section, or a client's documentation or capture.
    pub source: String,
    /// The profile of the directory, if the conversation is about one profile.
    pub profile: Option<String>,
    /// Runs the conversation in its own directory, which has no resources yet.
    #[serde(default)]
    pub empty: bool,
    /// The requests in order.
    pub steps: Vec<Step>,
}

/// One request and the expected response.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Step {
    /// Method and path, relative to the Tenant URL, as on the wire: `GET /Users/<id:ana>`.
    pub send: String,
    /// How often it is sent; `<n>` counts from 1.
    #[serde(default = "once")]
    pub times: usize,
    /// How many of these are sent at the same time.
    #[serde(default = "once")]
    pub at_once: usize,
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
    /// The expected response.
    pub answer: Expected,
}

/// The expected response.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// One status, or several where the specification leaves the choice.
    pub status: Value,
    /// Headers, by [`crate::subset`].
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// The least that the body contains, by [`crate::subset`]; ignored for a 204.
    pub body: Option<Value>,
}

impl Exchange {
    /// Runs all steps; returns what is wrong with the first one that fails.
    ///
    /// # Errors
    /// A readable description of the step, the response and the differences.
    pub fn run(&self, endpoint: &Endpoint) -> Result<(), String> {
        let mut captures = Captures::default();
        let suffix = unique();
        captures.set("<unique>", &suffix);
        captures.set("<UNIQUE>", &suffix.to_uppercase());
        captures.set("<guid>", &guid());
        captures.set("<base>", endpoint.base());
        captures.set("<token>", endpoint.token());
        for (index, step) in self.steps.iter().enumerate() {
            let problem = step.all(endpoint, &mut captures);
            problem.map_err(|why| format!("{} ({})\nstep {}: {why}", self.name, self.source, index + 1))?;
        }
        Ok(())
    }
}

impl Step {
    /// Sends it as often as it requires, `at_once` of them at a time.
    fn all(&self, endpoint: &Endpoint, captures: &mut Captures) -> Result<(), String> {
        if self.times == 1 {
            return self.run(endpoint, captures);
        }
        for first in (1..=self.times).step_by(self.at_once) {
            let numbers = first..=self.times.min(first + self.at_once - 1);
            let seen = std::thread::scope(|scope| {
                let start = |n| {
                    let (step, mut seen) = (self.numbered(n), captures.clone());
                    scope.spawn(move || step.run(endpoint, &mut seen).map(|()| seen))
                };
                let started: Vec<_> = numbers.map(start).collect();
                let ended =
                    started.into_iter().map(|one| one.join().map_err(|_| "it broke off".to_owned())?);
                ended.collect::<Result<Vec<_>, String>>()
            });
            seen?.into_iter().for_each(|seen| captures.learn(seen));
        }
        Ok(())
    }

    /// The `n`th of its repetitions.
    fn numbered(&self, n: usize) -> Self {
        let mut numbers = Captures::default();
        numbers.set("<n>", &n.to_string());
        let mut step = self.clone();
        step.send = numbers.fill(&step.send);
        for values in [&mut step.query, &mut step.headers, &mut step.answer.headers] {
            *values = values.iter().map(|(key, value)| (key.clone(), numbers.fill_json(value))).collect();
        }
        step.text = step.text.map(|text| numbers.fill(&text));
        for body in [&mut step.body, &mut step.answer.body] {
            *body = body.as_ref().map(|body| numbers.fill_json(body));
        }
        step
    }

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
        // The body first: it captures values that the headers repeat.
        if let (Some(expected), false) = (&self.answer.body, matches!(answer.status, 204 | 304)) {
            differences.extend(captures.compare(expected, &answer.json()));
        }
        for (name, value) in &self.answer.headers {
            let wrong = captures.compare_text(&text(value), answer.header(name));
            differences.extend(wrong.into_iter().map(|line| line.replacen('$', name, 1)));
        }
        if differences.is_empty() { Ok(()) } else { Err(format!("{answer}\n{}", differences.join("\n"))) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn once() -> usize {
    1
}
