//! A client that changes users and groups of its own, and its own memberships of a shared one,
//! and knows of each what must be there: the last that was acknowledged, or what was under way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::http::try_send;

/// Where a server is, and what it wants to see.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) at: String,
    pub(crate) token: String,
}

impl Server {
    pub(crate) fn of(server: &crate::server::Server) -> Self {
        Self { at: server.address(), token: server.token.clone() }
    }

    /// Status and body; `None` when there was no whole answer.
    fn send(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let head = format!(
            "{method} /scim/v2{path} HTTP/1.1\r\nAuthorization: Bearer {}\r\nContent-Type: application/scim+json",
            self.token
        );
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, body) = try_send(&self.at, &head, &body)?;
        Some((status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body).ok()? }))
    }
}

/// What a resource must be; `None`: gone.
type State = Option<Content>;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Content {
    name: String,
    title: Option<String>,
    members: BTreeSet<String>,
}

/// A change that was under way: what a resource may be, too.
#[derive(Debug)]
struct Open {
    /// `None` for one that was being created.
    id: Option<String>,
    endpoint: &'static str,
    after: State,
    /// Whether members may have come and gone one by one.
    in_part: bool,
}

pub(crate) struct Client {
    number: u64,
    rng: fastrand::Rng,
    values: u64,
    /// By endpoint and id.
    known: BTreeMap<(&'static str, String), State>,
    /// Members of the shared group.
    shared: BTreeSet<String>,
    open_shared: BTreeSet<String>,
    open: Option<Open>,
    pub(crate) acknowledged: usize,
}

const USERS: &str = "/Users";
const GROUPS: &str = "/Groups";

impl Client {
    pub(crate) fn new(number: u64, seed: u64) -> Self {
        Self {
            number,
            rng: fastrand::Rng::with_seed(seed),
            values: 0,
            known: BTreeMap::new(),
            shared: BTreeSet::new(),
            open_shared: BTreeSet::new(),
            open: None,
            acknowledged: 0,
        }
    }

    pub(crate) fn create_shared(&self, server: &Server, name: &str) -> String {
        let (_, body) = server.send("POST", GROUPS, &json!({ "displayName": name })).unwrap();
        body["id"].as_str().unwrap().to_owned()
    }

    fn value(&mut self, what: &str) -> String {
        self.values += 1;
        format!("{what}-{}-{}", self.number, self.values)
    }

    fn some_members(&mut self) -> BTreeSet<String> {
        let (from, count) = (self.rng.usize(..40), self.rng.usize(..40));
        (from..from + count).map(|member| format!("m{member}")).collect()
    }

    /// Changes something. Returns whether the server still answers.
    pub(crate) fn step(&mut self, server: &Server, shared: &str) -> bool {
        let there: Vec<_> =
            self.known.iter().filter(|(_, state)| state.is_some()).map(|(key, _)| key.clone()).collect();
        let picked = self.rng.choice(there).filter(|_| self.rng.u8(..10) < 8);
        let Some((endpoint, id)) = picked else {
            return if self.rng.bool() { self.create(server) } else { self.join(server, shared) };
        };
        let before = self.known[&(endpoint, id.clone())].clone().unwrap();
        match (self.rng.u8(..10), endpoint) {
            (0, _) => self.change(server, ("DELETE", endpoint, &id), Value::Null, None, false),
            (1..=3, _) => {
                let after = Content { name: self.value("name"), ..before };
                let name = if endpoint == USERS { "userName" } else { "displayName" };
                let body = patch(json!({ "op": "replace", "path": name, "value": after.name }));
                self.change(server, ("PATCH", endpoint, &id), body, Some(after), false)
            }
            (_, USERS) => {
                let after = Content { title: Some(self.value("title")), ..before };
                let body = patch(json!({ "op": "replace", "path": "title", "value": after.title }));
                self.change(server, ("PATCH", endpoint, &id), body, Some(after), false)
            }
            (4..=5, _) => {
                let after = Content { members: self.some_members(), ..before };
                let body =
                    patch(json!({ "op": "replace", "path": "members", "value": values(&after.members) }));
                self.change(server, ("PATCH", endpoint, &id), body, Some(after), false)
            }
            (6..=7, _) => {
                let mut after = before;
                let added = self.some_members();
                let body = patch(json!({ "op": "add", "path": "members", "value": values(&added) }));
                after.members.extend(added);
                self.change(server, ("PATCH", endpoint, &id), body, Some(after), true)
            }
            _ => {
                let (mut after, removed) = (before, self.some_members());
                let body = patch(json!({ "op": "remove", "path": "members", "value": values(&removed) }));
                after.members.retain(|member| !removed.contains(member));
                self.change(server, ("PATCH", endpoint, &id), body, Some(after), true)
            }
        }
    }

    fn create(&mut self, server: &Server) -> bool {
        let mut after = Content { name: self.value("name"), ..Content::default() };
        let (endpoint, body) = if self.rng.bool() {
            (USERS, json!({ "userName": after.name, "emails": [{ "value": after.name }] }))
        } else {
            after.members = self.some_members();
            (GROUPS, json!({ "displayName": after.name, "members": values(&after.members) }))
        };
        match server.send("POST", endpoint, &body) {
            Some((201, body)) => {
                let id = body["id"].as_str().unwrap().to_owned();
                self.known.insert((endpoint, id), Some(after));
                self.acknowledged += 1;
                true
            }
            Some((status, body)) => panic!("{status} {body}"),
            None => {
                self.open = Some(Open { id: None, endpoint, after: Some(after), in_part: false });
                false
            }
        }
    }

    fn change(
        &mut self,
        server: &Server,
        (method, endpoint, id): (&str, &'static str, &str),
        body: Value,
        after: State,
        in_part: bool,
    ) -> bool {
        match server.send(method, &format!("{endpoint}/{id}"), &body) {
            Some((200 | 204, _)) => {
                self.known.insert((endpoint, id.to_owned()), after);
                self.acknowledged += 1;
                true
            }
            Some((status, body)) => panic!("{method} {endpoint}/{id}: {status} {body}"),
            None => {
                self.open = Some(Open { id: Some(id.to_owned()), endpoint, after, in_part });
                false
            }
        }
    }

    /// Adds a member of its own to the group that all share.
    fn join(&mut self, server: &Server, shared: &str) -> bool {
        let member = self.value("member");
        let body = patch(json!({ "op": "add", "path": "members", "value": [{ "value": member }] }));
        match server.send("PATCH", &format!("{GROUPS}/{shared}"), &body) {
            Some((200 | 204, _)) => {
                self.shared.insert(member);
                self.acknowledged += 1;
                true
            }
            Some((status, body)) => panic!("{status} {body}"),
            None => {
                self.open_shared.insert(member);
                false
            }
        }
    }

    /// Whether all is as it must be; what was under way is known from then on.
    pub(crate) fn inspect(&mut self, server: &Server, shared: &str) -> Result<(), String> {
        let open = self.open.take();
        if let Some(Open { id: None, endpoint, after: Some(after), .. }) = &open
            && let Some(id) = find(server, endpoint, &after.name)
        {
            self.known.insert((endpoint, id), Some(after.clone()));
        }
        for ((endpoint, id), state) in &mut self.known {
            let now = read(server, endpoint, id);
            if now != *state {
                let open = open.as_ref().filter(|open| open.id.as_ref() == Some(id));
                let may_be = open.is_some_and(|open| {
                    now == open.after || open.in_part && between(state, &now, &open.after)
                });
                if !may_be {
                    return Err(format!("{endpoint}/{id} is {now:?} and was {state:?}; under way: {open:?}"));
                }
                *state = now;
            }
            if let Some(content) = state
                && find(server, endpoint, &content.name).as_ref() != Some(id)
            {
                return Err(format!("{endpoint}/{id} is not found by its name"));
            }
        }
        let members = read(server, GROUPS, shared).ok_or("the shared group is gone")?.members;
        if let Some(lost) = self.shared.difference(&members).next() {
            return Err(format!("`{lost}` was lost"));
        }
        self.shared.extend(self.open_shared.intersection(&members).cloned());
        self.open_shared.clear();
        Ok(())
    }
}

/// Whether `now` has all that both have, and nothing that neither has.
fn between(before: &State, now: &State, after: &State) -> bool {
    let (Some(before), Some(now), Some(after)) = (before, now, after) else { return false };
    let members = before.members.intersection(&after.members).all(|member| now.members.contains(member))
        && now.members.iter().all(|member| before.members.contains(member) || after.members.contains(member));
    members && now.name == before.name
}

fn values(members: &BTreeSet<String>) -> Value {
    members.iter().map(|member| json!({ "value": member })).collect()
}

fn patch(operation: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] })
}

fn read(server: &Server, endpoint: &str, id: &str) -> State {
    let (status, body) = server.send("GET", &format!("{endpoint}/{id}"), &Value::Null).unwrap();
    if status == 404 {
        return None;
    }
    assert_eq!(status, 200, "{body}");
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let members = body["members"].as_array().into_iter().flatten();
    Some(Content {
        name: text(if endpoint == USERS { "userName" } else { "displayName" }).unwrap(),
        title: text("title"),
        members: members.map(|member| member["value"].as_str().unwrap().to_owned()).collect(),
    })
}

fn find(server: &Server, endpoint: &str, name: &str) -> Option<String> {
    let attribute = if endpoint == USERS { "userName" } else { "displayName" };
    let path = format!("{endpoint}?attributes=id&filter={attribute}%20eq%20%22{name}%22");
    let (status, body) = server.send("GET", &path, &Value::Null).unwrap();
    assert_eq!(status, 200, "{body}");
    body["Resources"][0]["id"].as_str().map(str::to_owned)
}
