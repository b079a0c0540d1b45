//! One case's conversation with the endpoint: records every request and response, and checks every
//! response.

use std::sync::PoisonError;

use serde_json::Value;

use super::finding::{Fault, Finding};
use super::inspect;
use super::report::Exchange;
use super::values;
use super::world::World;
use crate::mapping::path::{Path, member};
use crate::mapping::{Attribute, Kind};
use crate::wire::request::{Answer, Request, equals};
use crate::wire::{Dialect, compose};

/// An attribute that is set in one dialect must be changeable in the other.
pub(crate) const BOTH: [Dialect; 2] = [Dialect::Default, Dialect::Flag];

/// A conversation.
pub(crate) struct Talk<'a> {
    pub(crate) world: &'a World,
    findings: Vec<Finding>,
    exchanges: Vec<Exchange>,
}

/// A resource that a case created.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    pub(crate) values: Vec<(Path, Value)>,
}

impl Made {
    /// Its path, relative to the Tenant URL.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.kind.endpoint(), self.id)
    }

    /// The value that was sent.
    pub(crate) fn value(&self, row: &Attribute) -> String {
        let value = self.values.iter().find(|(path, _)| *path == row.target).map(|(_, value)| value);
        value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
    }
}

impl<'a> Talk<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, findings: Vec::new(), exchanges: Vec::new() }
    }

    /// The findings and the exchanges.
    pub(crate) fn end(self) -> (Vec<Finding>, Vec<Exchange>) {
        (self.findings, self.exchanges)
    }

    /// Records a fault.
    pub(crate) fn fault(&mut self, fault: Fault, what: impl Into<String>) {
        let what = what.into();
        // Once is enough: the same fault shows in many responses.
        if !self.findings.iter().any(|known| known.fault == fault && (known.what == what || fault.is_note()))
        {
            self.findings.push(Finding { fault, what });
        }
    }

    /// Whether a fault was found so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.fault.is_note())
    }

    /// Sends a request; returns `None` and records a finding when no response came.
    pub(crate) async fn send(&mut self, request: &Request) -> Option<Answer> {
        let result = self.world.client.send(request).await;
        self.exchanges.push(Exchange::of(request, &result));
        match result {
            Ok(answer) => {
                for finding in inspect::answer(request, &answer) {
                    self.fault(finding.fault, finding.what);
                }
                Some(answer)
            }
            Err(trouble) => {
                self.fault(Fault::NoAnswer, format!("{}: {trouble}", request.line()));
                None
            }
        }
    }

    /// Records an exchange that was made outside.
    pub(crate) fn keep(&mut self, exchange: Exchange) {
        self.exchanges.push(exchange);
    }

    /// Sends a request whose response must have one of these statuses.
    pub(crate) async fn expect(&mut self, request: &Request, good: &[u16], fault: Fault) -> Option<Answer> {
        let answer = self.send(request).await?;
        if answer.is(good) {
            return Some(answer);
        }
        let fault = if matches!(answer.status, 401 | 403) { Fault::TokenRefused } else { fault };
        let statuses: Vec<String> = good.iter().map(u16::to_string).collect();
        let what = format!(
            "{} must be answered {}, not {}",
            request.line(),
            statuses.join(" or "),
            answer.summary()
        );
        self.fault(fault, what);
        None
    }

    /// Creates a resource with all mapped attributes.
    pub(crate) async fn make(&mut self, kind: Kind) -> Option<Made> {
        let values = values::all(self.world, kind, &self.world.tag(), 0);
        self.make_with(kind, values).await
    }

    /// Creates a resource with these values, and checks that they are kept.
    pub(crate) async fn make_with(&mut self, kind: Kind, values: Vec<(Path, Value)>) -> Option<Made> {
        let request = self.creation(kind, &values);
        let answer = self.expect(&request, &[201, 200], Fault::Status).await?;
        let body = answer.json?;
        let Some(id) = self.register(kind, &body) else {
            self.fault(Fault::NoId, format!("the answer to {} has no `id`", request.line()));
            return None;
        };
        let made = Made { kind, id, values };
        self.values(&made.values, &body, &request.line());
        Some(made)
    }

    /// The request that creates a resource.
    pub(crate) fn creation(&self, kind: Kind, values: &[(Path, Value)]) -> Request {
        let body = self.world.mapping.of(kind).map(|objects| {
            compose::body(kind, objects, values.iter().map(|(path, value)| (path, value.clone())))
        });
        Request::post(kind.endpoint(), body.unwrap_or_default())
    }

    /// Remembers a resource for removal; returns its id.
    pub(crate) fn register(&self, kind: Kind, body: &Value) -> Option<String> {
        let id = crate::sync::id_of(body)?.to_owned();
        let mut made = self.world.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push((kind, id.clone()));
        Some(id)
    }

    /// Reads a resource, which must exist.
    pub(crate) async fn read(&mut self, made: &Made) -> Option<Value> {
        let request = Request::get(made.path());
        let answer = self.expect(&request, &[200], Fault::Status).await?;
        let body = answer.json?;
        match crate::sync::id_of(&body) {
            Some(id) if id == made.id => Some(body),
            Some(id) => {
                self.fault(Fault::IdChanged, format!("{} was answered with the id `{id}`", request.line()));
                None
            }
            None => {
                self.fault(Fault::NoId, format!("the answer to {} has no `id`", request.line()));
                None
            }
        }
    }

    /// Sends a PATCH, which must succeed.
    pub(crate) async fn patch(&mut self, made: &Made, operations: Vec<Value>) -> Option<()> {
        let request = Request::patch(made.path(), operations);
        self.expect(&request, &[200, 204], Fault::Status).await.map(|_| ())
    }

    /// Checks that a resource has these values.
    pub(crate) fn values(&mut self, values: &[(Path, Value)], resource: &Value, when: &str) {
        for (path, wanted) in values {
            let there = path.read(resource);
            if !crate::sync::same(wanted, there) {
                let there = there.map_or_else(|| "nothing".to_owned(), |it| format!("`{it}`"));
                self.fault(
                    Fault::ValueNotKept,
                    format!("after {when} `{path}` is {there} and not `{wanted}`"),
                );
            }
        }
    }

    /// Filters by one value of a matching attribute, excluding members of groups. Returns the
    /// hits, each of which has the value.
    pub(crate) async fn filter(&mut self, kind: Kind, attribute: &Path, value: &str) -> Option<Vec<Value>> {
        let request = match kind {
            Kind::User => Request::get("/Users"),
            Kind::Group => Request::get("/Groups").with("excludedAttributes", "members"),
        };
        let request = request.with("filter", &equals(attribute.text(), value));
        let answer = self.expect(&request, &[200], Fault::MissNotEmpty).await?;
        let body = answer.json?;
        let hits = member(&body, "Resources").and_then(Value::as_array).cloned().unwrap_or_default();
        let stranger = hits.iter().find(|hit| {
            let there = attribute.read(hit).and_then(Value::as_str).unwrap_or_default();
            there.to_lowercase() != value.to_lowercase()
        });
        if let Some(stranger) = stranger {
            let there = attribute.read(stranger).map_or_else(|| "nothing".to_owned(), Value::to_string);
            let what = format!("{} returned a resource whose `{attribute}` is {there}", request.line());
            self.fault(Fault::FilterIgnored, what);
            return None;
        }
        Some(hits)
    }

    /// Filters by a value that no resource has.
    pub(crate) async fn misses(&mut self, kind: Kind, attribute: &Path, value: &str) -> Option<()> {
        let hits = self.filter(kind, attribute, value).await?;
        if hits.is_empty() {
            return Some(());
        }
        self.fault(
            Fault::FilterIgnored,
            format!("`{attribute} eq \"{value}\"` must match no resource, but has hits"),
        );
        None
    }

    /// Filters by a value that only this resource has.
    pub(crate) async fn hits(
        &mut self,
        made: &Made,
        attribute: &Path,
        value: &str,
        missed: Fault,
    ) -> Option<Value> {
        let hits = self.filter(made.kind, attribute, value).await?;
        let asked = format!("`{attribute} eq \"{value}\"`");
        match hits.as_slice() {
            [] => self.fault(missed, format!("{asked} has no hit, but {} has this value", made.path())),
            [one] if crate::sync::id_of(one) == Some(&made.id) => return Some(one.clone()),
            [_] => self.fault(
                Fault::IdChanged,
                format!("{asked} finds a resource with another id than {}", made.path()),
            ),
            several => {
                self.fault(Fault::SeveralHits, format!("{asked} finds {} resources", several.len()));
            }
        }
        None
    }

    /// Removes what all cases created, groups first.
    pub(crate) async fn clean_up(&mut self) {
        let mut made = std::mem::take(&mut *self.world.made.lock().unwrap_or_else(PoisonError::into_inner));
        made.sort_by_key(|(kind, _)| *kind == Kind::User);
        for (kind, id) in made {
            let request = Request::delete(format!("{}/{id}", kind.endpoint()));
            self.expect(&request, &[200, 202, 204, 404], Fault::Status).await;
        }
    }
}
