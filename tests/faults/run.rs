//! Runs a random schedule: many tasks, each with one request after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use fastrand::Rng;
use serde_json::{Value, json};
use tests::people::{GROUP, USER, member_values};

use crate::history::{ATTRIBUTES, End, Event, Kind, Members, NAME, What};
use crate::world::{Town, World, patch, place, seen, tag};

/// Concurrent tasks.
pub(crate) const TASKS: usize = 32;
/// Names that the tasks compete for, for each type and directory.
const NAMES: usize = 20;
/// Members that are added and removed one by one.
const SINGLE: usize = 8;
/// Members that are added and removed together: more than one batch holds.
const BLOCK: usize = 30;

/// Runs about `operations` requests in `world`; returns the events by directory. With `frozen`, an instance is
/// suspended for longer than a request may take.
pub(crate) fn run(world: &Arc<World>, seed: u64, operations: usize, frozen: bool) -> Vec<Vec<Event>> {
    let tasks = (0..TASKS).map(|task| {
        let world = Arc::clone(world);
        async move {
            let mut rng = Rng::with_seed(seed.wrapping_mul(31).wrapping_add(task as u64));
            let mut events = Vec::new();
            for _ in 0..operations.div_ceil(TASKS) {
                let town = rng.usize(..world.directories.len());
                let mut client =
                    Client { world: &world, town: &world.directories[town], rng: &mut rng, calm: false };
                events.push((town, client.step().await));
            }
            events
        }
    });
    let (suspending, running) = (Arc::clone(world), Arc::clone(world));
    let others = [
        tests::runtime::spawn(async move { suspending.suspend(seed, frozen).await }),
        tests::runtime::spawn(async move { running.run_schedules(seed).await }),
    ];
    let done = tests::runtime::at_once(TASKS, tasks);
    for other in others {
        other.abort();
        let _ = tests::runtime::block_on(other);
    }
    world.resume();
    let mut histories = vec![Vec::new(); world.directories.len()];
    for (town, event) in done.into_iter().flatten() {
        histories[town].push(event);
    }
    world.table.calm_down();
    tests::runtime::block_on(async {
        world.table.settle().await;
        for (town, history) in world.directories.iter().zip(&mut histories) {
            let mut rng = Rng::with_seed(seed);
            history.extend(Client { world, town, rng: &mut rng, calm: true }.inspect().await);
        }
    });
    histories
}

struct Client<'a> {
    world: &'a World,
    town: &'a Town,
    rng: &'a mut Rng,
    calm: bool,
}

impl Client<'_> {
    async fn step(&mut self) -> Event {
        let kind = if self.rng.u8(..5) < 3 { Kind::User } else { Kind::Group };
        let (what, dice) = (self.rng.u8(..100), self.rng.u8(..10));
        let few = self.town.count(kind) < NAMES / 2;
        let Some(id) = self.town.any(kind, self.rng).filter(|_| !few || what >= 20) else {
            return self.create(kind).await;
        };
        match what {
            0..6 => self.create(kind).await,
            6..10 => self.carry_out(kind, What::Delete { id }).await,
            10..20 => self.rename(kind, id).await,
            20..28 => self.replace(kind, id).await,
            28..62 if kind == Kind::User => self.change(id).await,
            28..62 => self.change_members(id, dice).await,
            62..78 => self.carry_out(kind, What::Get { id }).await,
            78..90 => {
                let name = self.name(kind);
                self.carry_out(kind, What::LookUp { name }).await
            }
            90..94 if kind == Kind::Group => {
                let member = self.member();
                self.carry_out(kind, What::Ask { id, member }).await
            }
            _ => {
                let prefix = if dice < 5 { String::new() } else { format!("{}-1", lead(kind)) };
                self.carry_out(kind, What::List { prefix }).await
            }
        }
    }

    /// At the end, when no request runs any more: reads everything, in every way.
    async fn inspect(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        for kind in [Kind::User, Kind::Group] {
            events.push(self.carry_out(kind, What::List { prefix: String::new() }).await);
            for id in self.town.all(kind) {
                events.push(self.carry_out(kind, What::Get { id }).await);
            }
            for number in 0..NAMES {
                let name = spelled(kind, number, 0);
                events.push(self.carry_out(kind, What::LookUp { name }).await);
            }
        }
        events
    }

    /// A name that other tasks want, too, in its own letter case.
    fn name(&mut self, kind: Kind) -> String {
        spelled(kind, self.rng.usize(..NAMES), self.world.number())
    }

    fn member(&mut self) -> String {
        format!("m{}", self.rng.usize(..SINGLE))
    }

    fn some_members(&mut self) -> BTreeSet<String> {
        let most = self.rng.usize(..4);
        let mut members: BTreeSet<String> = (0..most).map(|_| self.member()).collect();
        // Users are members, too: a deleted user leaves.
        members.extend(self.town.any(Kind::User, self.rng).filter(|_| most == 3));
        if self.rng.u8(..12) == 0 {
            members.extend((0..BLOCK).map(|number| format!("b{number}")));
        }
        members
    }

    fn value(&self) -> String {
        format!("v{}", self.world.number())
    }

    async fn create(&mut self, kind: Kind) -> Event {
        let (token, name) = (format!("t{}", self.world.number()), self.name(kind));
        let members = if kind == Kind::Group { self.some_members() } else { BTreeSet::new() };
        self.carry_out(kind, What::Create { token, name, members }).await
    }

    fn expected(&mut self, id: &str) -> Option<(u64, u64)> {
        if self.rng.u8(..3) == 0 { self.town.version(id) } else { None }
    }

    async fn rename(&mut self, kind: Kind, id: String) -> Event {
        let expected = self.expected(&id);
        let sets = vec![(NAME, self.name(kind))];
        self.carry_out(kind, What::Change { id, sets, members: Members::Same, expected }).await
    }

    /// PATCH of one or two attributes that are in no index.
    async fn change(&mut self, id: String) -> Event {
        let (expected, first) = (self.expected(&id), self.rng.usize(1..ATTRIBUTES.len()));
        let mut sets = vec![(first, self.value())];
        if self.rng.u8(..4) == 0 {
            let second = 1 + first % (ATTRIBUTES.len() - 1);
            sets.push((second, self.value()));
        }
        self.carry_out(Kind::User, What::Change { id, sets, members: Members::Same, expected }).await
    }

    async fn change_members(&mut self, id: String, dice: u8) -> Event {
        let expected = if dice == 0 { self.expected(&id) } else { None };
        // Sometimes together with the name.
        let sets = if dice == 1 { vec![(NAME, self.name(Kind::Group))] } else { Vec::new() };
        let members = match self.rng.u8(..10) {
            0..2 => Members::Whole(self.some_members()),
            2..6 => Members::Some { add: BTreeSet::from([self.member()]), remove: BTreeSet::new() },
            6..8 => Members::Some { add: BTreeSet::new(), remove: BTreeSet::from([self.member()]) },
            _ => {
                let (add, mut remove) = (self.some_members(), self.some_members());
                remove.retain(|member| !add.contains(member));
                Members::Some { add, remove }
            }
        };
        self.carry_out(Kind::Group, What::Change { id, sets, members, expected }).await
    }

    /// PUT. It sets all attributes of a user, and the name and the members of a group.
    async fn replace(&mut self, kind: Kind, id: String) -> Event {
        let mut sets = vec![(NAME, self.name(kind))];
        if kind == Kind::User {
            sets.extend((1..ATTRIBUTES.len()).map(|attribute| (attribute, self.value())));
            return self
                .carry_out(kind, What::Change { id, sets, members: Members::Same, expected: None })
                .await;
        }
        let members = Members::Whole(self.some_members());
        self.carry_out(kind, What::Change { id, sets, members, expected: None }).await
    }

    async fn carry_out(&mut self, kind: Kind, what: What) -> Event {
        let (began, instance) = (self.world.now(), self.rng.usize(..64));
        let (status, answer) = self.send(instance, kind, &what).await;
        let end = match status {
            200..300 => End::Done,
            429 | 500.. => End::Unknown(status),
            _ => End::Refused(status),
        };
        if matches!(end, End::Unknown(_)) {
            // Calls that were started and whose caller stopped waiting.
            self.world.table.settle().await;
        }
        let ended = self.world.now();
        let lists = matches!(what, What::LookUp { .. } | What::List { .. } | What::Ask { .. });
        let with_members = !matches!(what, What::Ask { .. }) && !bare(instance, &what);
        let seen: Vec<_> = match (end, lists) {
            (End::Done, true) => {
                let all = answer["Resources"].as_array().into_iter().flatten();
                all.map(|one| seen(kind, one, with_members)).collect()
            }
            (End::Done, false) if answer.is_object() => vec![seen(kind, &answer, with_members)],
            _ => Vec::new(),
        };
        self.town.learn(kind, &seen);
        if let (What::Delete { id }, true) = (&what, self.rng.u8(..4) > 0) {
            self.town.forget(kind, id);
        }
        if let (What::Get { id }, End::Refused(404), true) = (&what, end, self.rng.bool()) {
            self.town.forget(kind, id);
        }
        Event { kind, began, ended, what, end, seen, calm: self.calm }
    }

    async fn send(&mut self, instance: usize, kind: Kind, what: &What) -> (u16, Value) {
        let (endpoint, name_of) = place(kind);
        let at = |id: &String| format!("{endpoint}/{id}");
        match what {
            What::Create { token, name, members } => {
                let schema = if kind == Kind::User { USER } else { GROUP };
                let mut body = json!({ "schemas": [schema], "externalId": token, (name_of): name });
                if !members.is_empty() {
                    body["members"] = member_values(&members.iter().collect::<Vec<_>>());
                }
                self.world.request(instance, self.town, ("POST", endpoint), None, Some(body)).await
            }
            What::Change { id, sets, members, expected } => {
                let tag = expected.map(|version| tag(kind, version));
                let named =
                    |attribute: usize| if attribute == NAME { name_of } else { ATTRIBUTES[attribute] };
                let whole = sets.len() == ATTRIBUTES.len()
                    || matches!(members, Members::Whole(_)) && !sets.is_empty();
                if let (true, Some(token)) = (whole, self.token(id)) {
                    let schema = if kind == Kind::User { USER } else { GROUP };
                    let mut body = json!({ "schemas": [schema], "externalId": token });
                    for (attribute, value) in sets {
                        body[named(*attribute)] = json!(value);
                    }
                    if let Members::Whole(list) = members {
                        body["members"] = member_values(&list.iter().collect::<Vec<_>>());
                    }
                    return self
                        .world
                        .request(instance, self.town, ("PUT", &at(id)), tag.as_deref(), Some(body))
                        .await;
                }
                let replace = |(attribute, value): &(usize, String)| json!({ "op": "replace", "path": named(*attribute), "value": value });
                let mut operations: Vec<Value> = sets.iter().map(replace).collect();
                let values = |list: &BTreeSet<String>| member_values(&list.iter().collect::<Vec<_>>());
                match members {
                    Members::Same => {}
                    Members::Whole(list) => {
                        operations.push(json!({ "op": "replace", "path": "members", "value": values(list) }));
                    }
                    Members::Some { add, remove } => {
                        if !add.is_empty() {
                            operations.push(json!({ "op": "add", "path": "members", "value": values(add) }));
                        }
                        operations.extend(remove.iter().map(|member| {
                            json!({ "op": "remove", "path": format!("members[value eq \"{member}\"]") })
                        }));
                    }
                }
                if operations.is_empty() {
                    operations.push(json!({ "op": "add", "path": "members", "value": [] }));
                }
                let body = patch(operations);
                let more = if bare(instance, what) { "?excludedAttributes=members" } else { "" };
                let path = format!("{}{more}", at(id));
                self.world.request(instance, self.town, ("PATCH", &path), tag.as_deref(), Some(body)).await
            }
            What::Delete { id } => {
                self.world.request(instance, self.town, ("DELETE", &at(id)), None, None).await
            }
            What::Get { id } => self.world.request(instance, self.town, ("GET", &at(id)), None, None).await,
            What::LookUp { name } => {
                self.query(instance, endpoint, &format!("{name_of} eq \"{name}\""), "").await
            }
            What::List { prefix } if prefix.is_empty() => {
                let path = format!("{endpoint}?count=1000");
                self.world.request(instance, self.town, ("GET", &path), None, None).await
            }
            What::List { prefix } => {
                self.query(instance, endpoint, &format!("{name_of} sw \"{prefix}\""), "").await
            }
            What::Ask { id, member } => {
                let filter = format!("id eq \"{id}\" and members eq \"{member}\"");
                self.query(instance, endpoint, &filter, "&excludedAttributes=members").await
            }
        }
    }

    async fn query(&self, instance: usize, endpoint: &str, filter: &str, more: &str) -> (u16, Value) {
        let filter = percent_encoding::utf8_percent_encode(filter, percent_encoding::NON_ALPHANUMERIC);
        let path = format!("{endpoint}?count=1000&filter={filter}{more}");
        self.world.request(instance, self.town, ("GET", &path), None, None).await
    }

    /// The `externalId` of `id` from its create: a PUT has to repeat it.
    fn token(&self, id: &str) -> Option<String> {
        self.town.token(id)
    }
}

/// Whether a change of some members gets a response without members: then the version is the one
/// that it made, and not one at which they were read later.
fn bare(instance: usize, what: &What) -> bool {
    let alone = matches!(what, What::Change { sets, members: Members::Some { .. }, expected: None, .. } if sets.is_empty());
    alone && (instance / 4).is_multiple_of(2)
}

fn lead(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::Group => "team",
    }
}

/// The name with this number, in the letter case that `spelling` defines.
pub(crate) fn spelled(kind: Kind, number: usize, spelling: u64) -> String {
    let letters = "abcdefghijklmnopqrstuvwx".chars().enumerate();
    let cased = letters
        .map(|(bit, letter)| if spelling >> bit & 1 == 1 { letter.to_ascii_uppercase() } else { letter });
    format!("{}-{number}-{}", lead(kind), cased.collect::<String>())
}
