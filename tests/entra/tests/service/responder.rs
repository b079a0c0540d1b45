//! A small SCIM endpoint in memory that has one chosen fault. It shows how the stand-in treats
//! wrong endpoints; the real server is tested separately.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use entra::mapping::path::{Path, member};
use serde_json::{Map, Value, json};

use crate::local::{Endpoint, block_on, spawn};

/// The fault.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Fault {
    #[default]
    None,
    MissIs404,
    EmptyBody,
    ManagerAsText,
    MembersAlways,
    TotalsAsText,
    NumericErrorStatus,
    SecondHit,
    CaseSensitive,
    FilterIgnored,
    DuplicateAccepted,
    InactiveHidden,
    RemoveWipes,
    MediaType,
    StartIndexIgnored,
    SchemaIncomplete,
    NullIgnored,
    LowerCasesNames,
    /// Carries out the first POSTs, up to this number, without a response.
    AnswersLost(usize),
    /// Carries out the first PATCHes of groups, up to this number, without a response.
    MembersLost(usize),
    /// 503 to the first requests that change something, up to this number.
    Unavailable(usize),
    /// 429 with `Retry-After: 1` to the first requests, up to this number.
    Throttled(usize),
    /// 401 from this request on.
    TokenExpires(usize),
}

pub(crate) const TOKEN: &str = "secret";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) fault: Fault,
    pub(crate) resources: Vec<(String, Value)>,
    pub(crate) requests: Vec<String>,
    count: usize,
    number: usize,
}

/// A responder that runs until its test ends.
pub(crate) struct Responder {
    pub(crate) endpoint: Endpoint,
    server: Arc<Mutex<Server>>,
}

impl Responder {
    pub(crate) fn start(fault: Fault) -> Self {
        let server = Arc::new(Mutex::new(Server { fault, ..Server::default() }));
        let app = Router::new().fallback(handle).with_state(Arc::clone(&server));
        let listener = block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/scim", listener.local_addr().unwrap());
        spawn(async { axum::serve(listener, app).await });
        Self { endpoint: Endpoint { url, token: TOKEN.to_owned() }, server }
    }

    pub(crate) fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().unwrap()
    }
}

async fn handle(State(server): State<Arc<Mutex<Server>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let token = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
    let authorised = token == Some(&format!("Bearer {TOKEN}"));
    let path = parts.uri.path().trim_start_matches("/scim").to_owned();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut server = server.lock().unwrap();
    server.requests.push(format!("{} {path}", parts.method));
    server.count += 1;
    let count = server.count;
    let changes = parts.method != "GET";
    match &mut server.fault {
        Fault::TokenExpires(from) if count >= *from => return server.error(401, "expired"),
        Fault::Throttled(left) if *left > 0 => {
            *left -= 1;
            let mut answer = server.error(429, "slow down");
            answer.headers_mut().insert("retry-after", "1".parse().unwrap());
            return answer;
        }
        Fault::Unavailable(left) if *left > 0 && changes => {
            *left -= 1;
            return server.error(503, "not now");
        }
        _ => {}
    }
    if !authorised {
        return server.error(401, "wrong token");
    }
    let answer = server.answer(parts.method.as_str(), &path, &query, &body);
    match &mut server.fault {
        Fault::AnswersLost(left) if *left > 0 && parts.method == "POST" => {
            *left -= 1;
            // As a gateway answers when the response comes too late.
            server.error(504, "it took too long")
        }
        Fault::MembersLost(left) if *left > 0 && parts.method == "PATCH" && path.starts_with("/Groups") => {
            *left -= 1;
            server.error(504, "it took too long")
        }
        _ => answer,
    }
}

impl Server {
    fn answer(&mut self, method: &str, path: &str, query: &[(String, String)], body: &Bytes) -> Response {
        let mut segments = path.trim_matches('/').split('/');
        let (kind, id) = (segments.next().unwrap_or_default().to_owned(), segments.next());
        if kind == "Schemas" {
            return self.send(200, &schemas(self.fault));
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match (method, id) {
            ("GET", None) => self.list(&kind, query),
            ("POST", None) => self.create(&kind, body),
            (_, Some(id)) => {
                let at = self.resources.iter().position(|(of, it)| *of == kind && it["id"] == id);
                let hidden = |it: &Value| self.fault == Fault::InactiveHidden && it["active"] == false;
                let Some(at) = at.filter(|at| method != "GET" || !hidden(&self.resources[*at].1)) else {
                    return self.error(404, "there is no such resource");
                };
                match method {
                    "GET" => self.send(200, &self.shown(at, query)),
                    "PATCH" => self.patch(at, &body),
                    _ => {
                        let (_, gone) = self.resources.remove(at);
                        for (_, group) in &mut self.resources {
                            if let Some(members) = group.get_mut("members").and_then(Value::as_array_mut) {
                                members.retain(|it| it["value"] != gone["id"]);
                            }
                        }
                        StatusCode::NO_CONTENT.into_response()
                    }
                }
            }
            _ => self.error(405, "no such method"),
        }
    }

    fn list(&self, kind: &str, query: &[(String, String)]) -> Response {
        let value = |name: &str| query.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        let number = |name: &str, or: usize| value(name).and_then(|it| it.parse().ok()).unwrap_or(or);
        let mut hits: Vec<usize> =
            (0..self.resources.len()).filter(|at| self.resources[*at].0 == kind).collect();
        let filter = value("filter").filter(|_| self.fault != Fault::FilterIgnored);
        if let Some(filter) = filter {
            let (path, wanted) = filter.rsplit_once(" eq ").unwrap();
            let (path, wanted): (Path, String) =
                (Path::parse(path).unwrap(), serde_json::from_str(wanted).unwrap());
            hits.retain(|at| {
                let resource = &self.resources[*at].1;
                let there = path.read(resource).and_then(Value::as_str).unwrap_or_default();
                let hidden = self.fault == Fault::InactiveHidden && resource["active"] == false;
                let same = match self.fault {
                    Fault::CaseSensitive => there == wanted,
                    _ => there.to_lowercase() == wanted.to_lowercase(),
                };
                same && !hidden
            });
            if hits.is_empty() && self.fault == Fault::MissIs404 {
                return self.error(404, "no resource has this id");
            }
        }
        let (total, start) = (hits.len(), number("startIndex", 1));
        let page: Vec<usize> = hits.into_iter().skip(start - 1).take(number("count", 100)).collect();
        let mut resources: Vec<Value> = page.iter().map(|at| self.shown(*at, query)).collect();
        if self.fault == Fault::SecondHit && filter.is_some() {
            let mut twins = resources.clone();
            twins.iter_mut().for_each(|twin| twin["id"] = json!("twin"));
            resources.extend(twins);
        }
        let total = total.max(resources.len());
        let start = if self.fault == Fault::StartIndexIgnored { 1 } else { start };
        let list = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": if self.fault == Fault::TotalsAsText { json!(total.to_string()) } else { json!(total) },
            "startIndex": start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        });
        self.send(200, &list)
    }

    fn create(&mut self, kind: &str, mut body: Value) -> Response {
        let name = if kind == "Users" { "userName" } else { "displayName" };
        let lower = |it: &Value| it[name].as_str().unwrap_or_default().to_lowercase();
        let taken = self.resources.iter().any(|(of, it)| of == kind && lower(it) == lower(&body));
        if taken && self.fault != Fault::DuplicateAccepted {
            return self.error(409, "the name is taken");
        }
        self.number += 1;
        body["id"] = json!(format!("id-{}", self.number));
        if self.fault == Fault::LowerCasesNames && kind == "Users" {
            body["displayName"] = json!(body["displayName"].as_str().unwrap_or_default().to_lowercase());
        }
        self.resources.push((kind.to_owned(), body));
        self.send(201, &self.shown(self.resources.len() - 1, &[]))
    }

    fn patch(&mut self, at: usize, body: &Value) -> Response {
        let fault = self.fault;
        let resource = self.resources[at].1.as_object_mut().unwrap();
        for operation in body["Operations"].as_array().unwrap() {
            let op = operation["op"].as_str().unwrap().to_lowercase();
            let value = operation.get("value").cloned().unwrap_or_default();
            match operation.get("path").and_then(Value::as_str) {
                Some(path) if path.starts_with("members") => members(resource, &op, path, &value, fault),
                Some(path) => set(resource, path, if op == "remove" { Value::Null } else { value }, fault),
                None => {
                    for (path, value) in value.as_object().unwrap() {
                        set(resource, path, value.clone(), fault);
                    }
                }
            }
        }
        if fault == Fault::EmptyBody { ().into_response() } else { self.send(200, &self.shown(at, &[])) }
    }

    /// A resource as it is returned.
    fn shown(&self, at: usize, query: &[(String, String)]) -> Value {
        let mut resource = self.resources[at].1.clone();
        if query.iter().any(|(name, _)| name == "excludedAttributes") && self.fault != Fault::MembersAlways {
            resource.as_object_mut().unwrap().remove("members");
        }
        let manager = resource.pointer(&format!("/{ENTERPRISE}/manager/value")).cloned();
        if let (Fault::ManagerAsText, Some(id)) = (self.fault, manager) {
            resource[ENTERPRISE]["manager"] = id;
        }
        resource
    }

    fn error(&self, status: u16, detail: &str) -> Response {
        let numeric = self.fault == Fault::NumericErrorStatus;
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": if numeric { json!(status) } else { json!(status.to_string()) },
            "detail": detail,
        });
        self.send(status, &body)
    }

    fn send(&self, status: u16, body: &Value) -> Response {
        let kind = if self.fault == Fault::MediaType { "application/json" } else { "application/scim+json" };
        (StatusCode::from_u16(status).unwrap(), [("content-type", kind)], body.to_string()).into_response()
    }
}

fn set(resource: &mut Map<String, Value>, path: &str, value: Value, fault: Fault) {
    let value = match value {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) if path == "active" => json!(text.eq_ignore_ascii_case("true")),
        Value::String(text) if path.ends_with("manager") => json!({ "value": text }),
        value => value,
    };
    if value.is_null() && fault == Fault::NullIgnored {
        return;
    }
    Path::parse(path).unwrap().write(resource, value);
}

fn members(resource: &mut Map<String, Value>, op: &str, path: &str, value: &Value, fault: Fault) {
    let named: Vec<Value> = value.as_array().into_iter().flatten().map(|it| it["value"].clone()).collect();
    let list = resource.entry("members").or_insert_with(|| json!([])).as_array_mut().unwrap();
    let of = |id: &Value| json!({ "value": id });
    match (op, path.split_once('"')) {
        ("add", _) => list.extend(named.iter().map(of).filter(|it| !list.contains(it)).collect::<Vec<_>>()),
        ("replace", _) => *list = named.iter().map(of).collect(),
        (_, Some((_, id))) => list.retain(|it| it["value"] != json!(id.trim_end_matches("\"]"))),
        _ if fault == Fault::RemoveWipes => list.clear(),
        _ => list.retain(|it| !named.contains(&it["value"])),
    }
}

/// The schemas of the attributes that Workgrid maps.
fn schemas(fault: Fault) -> Value {
    let text = |name: &str| json!({ "name": name, "type": "string", "multiValued": false, "required": name == "userName" });
    let complex = |name: &str, many: bool, subs: Value| json!({ "name": name, "type": "complex", "multiValued": many, "subAttributes": subs });
    let kind = json!({ "name": "type", "type": "string", "canonicalValues": ["work"] });
    let active = json!({ "name": "active", "type": "boolean", "multiValued": false });
    let mut user = vec![text("userName"), text("displayName"), text("externalId"), active];
    user.push(complex("name", false, json!([text("givenName"), text("familyName")])));
    user.push(complex("emails", true, json!([text("value"), kind])));
    if fault != Fault::SchemaIncomplete {
        user.push(text("title"));
    }
    let group =
        json!([text("displayName"), text("externalId"), complex("members", true, json!([text("value")]))]);
    let extension = json!([text("department"), complex("manager", false, json!([text("value")]))]);
    let core = |name: &str| format!("urn:ietf:params:scim:schemas:core:2.0:{name}");
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 3,
        "Resources": [
            { "id": core("User"), "attributes": user },
            { "id": core("Group"), "attributes": group },
            { "id": ENTERPRISE, "attributes": extension },
        ],
    })
}

/// How many resources of a kind there are with each name.
pub(crate) fn doubles(server: &Server, kind: &str, name: &str) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let of = server.resources.iter().filter(|(it, _)| it == kind);
    let names = of.map(|(_, it)| member(it, name).and_then(Value::as_str).unwrap_or_default().to_lowercase());
    names.filter(|name| !seen.insert(name.clone())).collect()
}
