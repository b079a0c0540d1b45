//! `rollcall events …`

use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::api::{Api, at, escaped};
use crate::args::Events;
use crate::error::ToolError;
use crate::out::Out;

const COLUMNS: [(&str, &str); 5] =
    [("Sequence", "sequence"), ("Time", "time"), ("Type", "type"), ("Id", "resourceId"), ("Actor", "actor")];
const DIFFERENCES: [(&str, &str); 4] =
    [("Missing", "type"), ("Resource", "resourceType"), ("Id", "id"), ("Applied", "applied")];
/// The most events that one request returns.
const MOST: usize = 1000;
/// How long one request waits for an event, in seconds: the longest that the server allows.
const WAIT: u8 = 25;

pub(crate) async fn run(api: &Api, out: &Out, command: Events) -> Result<u8, ToolError> {
    match command {
        Events::List { directory, after, types, limit } => {
            let mut log = Log::new(api, &directory, after_or(after, "oldest"), &types);
            // The server counts events of other types, too.
            let most = if types.is_empty() { limit.min(MOST) } else { MOST };
            let mut events = Vec::new();
            while events.len() < limit {
                let page = log.page(most, 0).await?;
                events.extend(page.events);
                if !page.has_more {
                    break;
                }
            }
            events.truncate(limit);
            let events: Vec<Value> = events.into_iter().map(|event| shown(out, event)).collect();
            out.many(&events, &COLUMNS);
        }
        Events::Replay { directory, from, to, types } => {
            all(
                out,
                Log::new(api, &directory, from_position(from.as_deref().unwrap_or("oldest")), &types),
                to,
            )
            .await?;
        }
        Events::Snapshot { directory } => {
            all(out, Log::new(api, &directory, "start=snapshot".to_owned(), &[]), None).await?;
        }
        Events::Reconcile { directory, apply } => return reconcile(api, out, &directory, apply).await,
        Events::Erase { directory, user } => {
            let path = format!("{}/users/{}/erase-events", at(&directory), escaped(&user));
            let (mut body, mut erased) = (json!({}), 0);
            loop {
                let step = api.post(&path, &body).await?;
                erased += step.get("erased").and_then(Value::as_u64).unwrap_or(0);
                let Some(next) = step.get("next").and_then(Value::as_u64) else { break };
                body = json!({ "after": next });
            }
            out.one(&json!({ "user": user, "erased": erased }));
        }
        Events::Tail { directory, after, types } => {
            let mut log = Log::new(api, &directory, after_or(after, "latest"), &types);
            loop {
                show(out, log.page(MOST, WAIT).await?.events);
            }
        }
    }
    Ok(0)
}

/// Shows the events of `log`, up to the sequence number `to`, as they are read.
async fn all(out: &Out, mut log: Log<'_>, to: Option<u64>) -> Result<(), ToolError> {
    let is_beyond = |sequence: Option<u64>| sequence.zip(to).is_some_and(|(sequence, to)| sequence > to);
    loop {
        let mut page = log.page(MOST, 0).await?;
        page.events.retain(|event| !is_beyond(event.get("sequence").and_then(Value::as_u64)));
        show(out, page.events);
        if !page.has_more || is_beyond(page.next.map(|next| next + 1)) {
            return Ok(());
        }
    }
}

fn show(out: &Out, events: Vec<Value>) {
    for event in events {
        out.row(&shown(out, event), &COLUMNS.map(|(_, name)| name));
    }
}

/// Where a log begins that is read from `from`, a sequence number or a time.
fn from_position(from: &str) -> String {
    match from.parse::<u64>() {
        Ok(sequence) => format!("after={}", sequence.saturating_sub(1)),
        Err(_) => format!("start={}", escaped(from)),
    }
}

fn after_or(after: Option<u64>, start: &str) -> String {
    after.map_or_else(|| format!("start={start}"), |after| format!("after={after}"))
}

/// All steps of the comparison of `directory` with its log. Returns the exit code.
async fn reconcile(api: &Api, out: &Out, directory: &str, apply: bool) -> Result<u8, ToolError> {
    let bar = ProgressBar::new_spinner();
    let (mut resources, mut memberships, mut differences) = (0, 0, Vec::new());
    let mut body = json!({ "apply": apply });
    loop {
        bar.set_message(format!("comparing {directory}: {resources} resources, {memberships} memberships"));
        let mut step = api.post(&format!("{}/events/reconcile", at(directory)), &body).await?;
        bar.tick();
        let count = |name: &str| step.get(name).and_then(Value::as_u64).unwrap_or(0);
        resources += count("resources");
        memberships += count("memberships");
        if let Some(some) = step.get_mut("differences").and_then(Value::as_array_mut) {
            differences.append(some);
        }
        let Some(next) = step.get("next").filter(|next| !next.is_null()) else { break };
        body = json!({ "apply": apply, "after": next });
    }
    bar.finish_and_clear();
    let missing = !differences.is_empty() && !apply;
    let summary = json!({ "directory": directory, "resources": resources, "memberships": memberships });
    if out.json {
        let mut summary = summary;
        if let Some(summary) = summary.as_object_mut() {
            summary.insert("differences".to_owned(), differences.into());
        }
        out.line(&summary);
    } else {
        out.one(&summary);
        if !differences.is_empty() {
            out.many(&differences, &DIFFERENCES);
        }
    }
    Ok(u8::from(missing))
}

/// The log of a directory, and how far it has been read.
struct Log<'a> {
    api: &'a Api,
    path: String,
    /// `&types=…`, or nothing.
    types: String,
    /// `after=…` or `start=…`.
    position: String,
}

struct Page {
    events: Vec<Value>,
    /// The sequence number after which the next page begins; `None` within a snapshot.
    next: Option<u64>,
    has_more: bool,
}

impl<'a> Log<'a> {
    fn new(api: &'a Api, directory: &str, position: String, types: &[String]) -> Self {
        let types =
            if types.is_empty() { String::new() } else { format!("&types={}", escaped(&types.join(","))) };
        Self { api, path: format!("{}/events", at(directory)), types, position }
    }

    /// The next events, at most `limit`. Waits for `wait` seconds if there is none.
    async fn page(&mut self, limit: usize, wait: u8) -> Result<Page, ToolError> {
        let Self { api, path, types, position } = &self;
        let mut answer = api.get(&format!("{path}?{position}&limit={limit}&wait={wait}{types}")).await?;
        let invalid = || ToolError::Unreachable("the answer is not one of events".to_owned());
        let next = answer.get("next").ok_or_else(invalid)?.clone();
        self.position = format!("after={}", escaped(next.as_str().unwrap_or(&next.to_string())));
        let events = answer.get_mut("events").and_then(Value::as_array_mut).ok_or_else(invalid)?;
        let events = std::mem::take(events);
        let has_more = answer.get("more") == Some(&Value::Bool(true));
        Ok(Page { events, next: next.as_u64(), has_more })
    }
}

/// `event` as it is shown: as it is in JSON; for people with the resource's id as a column.
fn shown(out: &Out, mut event: Value) -> Value {
    if !out.json {
        let id = event.pointer("/resource/id").cloned().unwrap_or_default();
        if let Some(event) = event.as_object_mut() {
            event.insert("resourceId".to_owned(), json!(id));
        }
    }
    event
}
