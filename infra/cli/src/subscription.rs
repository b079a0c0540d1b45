//! `rollcall subscription …`

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::api::{Api, at, escaped};
use crate::args::{ChannelOf, Subscription, SubscriptionOf, TokensOf};
use crate::error::ToolError;
use crate::fields::{list, object, text};
use crate::out::Out;

const COLUMNS: [(&str, &str); 7] = [
    ("Id", "id"),
    ("Label", "label"),
    ("State", "state"),
    ("Cursor", "cursor"),
    ("Open", "open"),
    ("Failing since", "failingSince"),
    ("Next attempt", "nextAttempt"),
];
const LETTERS: [(&str, &str); 5] = [
    ("Sequence", "sequence"),
    ("Through", "through"),
    ("Time", "time"),
    ("Status", "status"),
    ("Reason", "reason"),
];

pub(crate) async fn run(api: &Api, out: &Out, command: Subscription) -> Result<u8, ToolError> {
    match command {
        Subscription::Create { directory, label, channel, tokens, types, start, after, ed25519 } => {
            let body = object([
                ("label", Some(label.into())),
                ("channel", Some(self::channel(*channel, *tokens)?)),
                ("types", list(types)),
                ("start", start.map(Value::from)),
                ("after", after.map(Value::from)),
                ("ed25519", ed25519.then_some(Value::Bool(true))),
            ]);
            out.one(&api.post(&format!("{}/subscriptions", at(&directory)), &body).await?);
        }
        Subscription::List { directory } => {
            out.many(&api.list(&format!("{}/subscriptions", at(&directory))).await?, &COLUMNS);
        }
        Subscription::Show(of) => out.one(&api.get(&path(&of)).await?),
        Subscription::Test(of) => {
            let answer = api.post(&format!("{}/test", path(&of)), &json!({})).await?;
            return Ok(sent(out, &answer));
        }
        Subscription::Rotate { of, overlap_hours } => {
            let body = object([("overlapHours", overlap_hours.map(Value::from))]);
            out.one(&api.post(&format!("{}/rotate", path(&of)), &body).await?);
        }
        Subscription::Pause(of) => out.one(&state(api, &of, "paused").await?),
        Subscription::Resume(of) => out.one(&state(api, &of, "active").await?),
        Subscription::Recover { of, after, since } => {
            let body = object([("after", after.map(Value::from)), ("since", text(since))]);
            out.one(&api.post(&format!("{}/recover", path(&of)), &body).await?);
        }
        Subscription::DeadLetters(of) => {
            out.many(&api.list(&format!("{}/dead-letters", path(&of))).await?, &LETTERS);
        }
        Subscription::Resend { of, sequence } => {
            let path = format!("{}/dead-letters/{sequence}/resend", path(&of));
            return Ok(sent(out, &api.post(&path, &json!({})).await?));
        }
        Subscription::Delete(of) => {
            api.delete(&path(&of)).await?;
            out.note(&format!("deleted {}", of.id));
        }
    }
    Ok(0)
}

/// Where events go, as the administration API takes it.
fn channel(channel: ChannelOf, tokens: TokensOf) -> Result<Value, ToolError> {
    let TokensOf { content, audience, issuer, authorization_file } = tokens;
    let read = |path: PathBuf| match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(source) => Err(ToolError::File { path: path.display().to_string(), source }),
    };
    let authorization = authorization_file.map(read).transpose()?;
    let tokens = object([
        ("content", content.map(Value::from)),
        ("audience", audience.map(Value::from)),
        ("issuer", issuer.map(Value::from)),
    ]);
    Ok(match channel {
        ChannelOf { webhook: Some(url), .. } => json!({ "kind": "webhook", "url": url }),
        ChannelOf { push: Some(url), .. } => object([
            ("kind", Some("push".into())),
            ("url", Some(url.into())),
            ("authorization", authorization.map(Value::from)),
            ("tokens", Some(tokens)),
        ]),
        ChannelOf { poll: true, .. } => json!({ "kind": "poll", "tokens": tokens }),
        ChannelOf { .. } => json!({ "kind": "eventBridge" }),
    })
}

async fn state(api: &Api, of: &SubscriptionOf, state: &str) -> Result<Value, ToolError> {
    api.patch(&path(of), &json!({ "state": state })).await
}

/// Shows what became of an event. Returns the exit code.
fn sent(out: &Out, answer: &Value) -> u8 {
    out.one(answer);
    u8::from(answer.get("delivered") != Some(&Value::Bool(true)))
}

fn path(of: &SubscriptionOf) -> String {
    format!("{}/subscriptions/{}", at(&of.directory), escaped(&of.id))
}
