//! What the operations of a request would do, with all references in them resolved, and
//! what each has to wait for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use directory::Directory;
use directory::access::permissions::Right;
use directory::id::NewId;
use directory::resource::index::unique_values;
use directory::resource::precondition::Preconditions;
use directory::resource::prefetch::Prefetched;
use directory::resource::update::ChangeOptions;
use scim::bulk::order::{Order, Touch, after, order};
use scim::bulk::reference;
use scim::bulk::request::{Method, Operation, Request, Task};
use scim::error::{Error, Kind};
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::apply;
use scim::patch::request as patch;
use scim::read;
use scim::render::reference::url;
use serde_json::Value;
use tokio::time::Instant;

use super::answer::{Named, late};
use super::work::{Deed, Work};
use crate::context::Context;
use crate::error::Failure;
use crate::precondition::listed;
use crate::resource::patch::is_quiet;

/// All operations of a request, in the order of the request, and what they may touch.
pub(super) struct Plan {
    pub(super) scope: Directory,
    pub(super) operations: Vec<Planned>,
    /// By operation: the creates that it refers to.
    pub(super) needs: Vec<BTreeSet<usize>>,
    /// By operation: those that must have been tried before it.
    pub(super) after: Vec<BTreeSet<usize>>,
    pub(super) order: Order,
}

/// One operation.
pub(super) struct Planned {
    pub(super) named: Named,
    /// What is to be done, or why that cannot be.
    pub(super) work: Result<Work, Error>,
}

impl Plan {
    /// Gives every POST its id, resolves what refers to them, and reads the resources that
    /// are going to change. An operation whose turn comes after `until` is late.
    pub(super) async fn new(
        request: Request,
        context: &Context,
        scope: Directory,
        until: Instant,
    ) -> Result<Self, Failure> {
        let mut ids = Ids::mint(&request.operations);
        let mut needs = Vec::new();
        let mut tasks = Vec::new();
        for operation in request.operations {
            let mut refers = BTreeSet::new();
            tasks.push(resolved(operation, context, &ids, &mut refers));
            needs.push(refers);
        }
        // Of resolved tasks: what one deletes by its `bulkId`, another may name by it, too.
        let gone = deleted(&tasks);
        let mention = |task: &Result<Task, _>| {
            task.as_ref().map_or_else(|_| BTreeSet::new(), |task| mentioned(&task.data, &gone))
        };
        let mentions: Vec<_> = tasks.iter().map(|(_, task)| mention(task)).collect();
        let planned = tasks
            .into_iter()
            .enumerate()
            .map(|(index, (named, task))| planned(index, named, task, context, &mut ids));
        let mut operations: Vec<Planned> = planned.collect();
        let creates: Vec<bool> = (0..needs.len()).map(|index| ids.texts.contains_key(&index)).collect();
        let order = order(&needs, &creates);
        let own: HashSet<&str> = ids.texts.values().map(String::as_str).collect();
        let targets = operations.iter().filter_map(Planned::target).filter(|(_, id)| !own.contains(id));
        let prefetched = scope.prefetch(targets).await.map_err(|e| Failure::store("resource", e))?;
        // Before some are late: who names them is told that they are, not that nobody knows them.
        let expected = operations.iter().filter_map(Planned::expected).collect();
        let after = sorted(&order, &mut operations, &mentions, prefetched, until);
        let scope = scope.expecting(expected);
        Ok(Self { scope, operations, needs, after, order })
    }
}

impl Planned {
    /// The id of a user or group that is going to be created.
    fn expected(&self) -> Option<String> {
        let work = self.work.as_ref().ok()?;
        let member = matches!(work.kind.name.as_str(), "User" | "Group");
        (member && matches!(work.deed, Deed::Create { .. })).then(|| work.id.clone())
    }

    /// The resource that is to be changed.
    fn target(&self) -> Option<(&ResourceType, &str)> {
        let work = self.work.as_ref().ok()?;
        (!matches!(work.deed, Deed::Create { .. })).then_some((&*work.kind, work.id.as_str()))
    }
}

/// The ids of what is going to be created.
#[derive(Default)]
struct Ids {
    /// By `bulkId`: the operation that creates it, or that would have if it were right.
    owners: HashMap<String, usize>,
    /// By operation, until its turn.
    minted: HashMap<usize, NewId>,
    /// The ids themselves.
    texts: BTreeMap<usize, String>,
}

impl Ids {
    fn mint(operations: &[Operation]) -> Self {
        let mut ids = Self::default();
        for (index, operation) in operations.iter().enumerate().filter(|(_, operation)| operation.is_post()) {
            let id = NewId::mint();
            ids.texts.insert(index, id.as_str().to_owned());
            ids.minted.insert(index, id);
            if let Some(bulk_id) = &operation.bulk_id {
                let owner = ids.owners.entry(bulk_id.clone()).or_insert(index);
                // No two that are right have the same, and no wrong one takes it from them.
                if operation.task.is_ok() {
                    *owner = index;
                }
            }
        }
        ids
    }
}

/// `operation` with its references resolved; `refers` gets the operations they point to.
fn resolved(
    operation: Operation,
    context: &Context,
    ids: &Ids,
    refers: &mut BTreeSet<usize>,
) -> (Named, Result<Task, Error>) {
    let Operation { named, bulk_id, task } = operation;
    let mut named =
        Named { method: named, bulk_id, location: None, kind: None, base: Arc::clone(&context.base) };
    let task = task.and_then(|mut task| {
        // As it was sent: a reference that comes to nothing leads nowhere.
        named.location = task.id.as_ref().map(|id| url(&context.base, &task.endpoint, id));
        resolve(&mut task, ids, refers)?;
        Ok(task)
    });
    (named, task)
}

fn planned(
    index: usize,
    mut named: Named,
    task: Result<Task, Error>,
    context: &Context,
    ids: &mut Ids,
) -> Planned {
    let work = task.and_then(|task| {
        let kind = kind(&task, context)?;
        context.access.permit(Right::Write, &kind).map_err(|failure| failure.error().clone())?;
        named.kind = Some(Arc::clone(&kind));
        work(index, task, kind, context, ids)
    });
    Planned { named, work }
}

/// Puts ids in the places of references; `refers` gets the operations that create them.
fn resolve(task: &mut Task, ids: &Ids, refers: &mut BTreeSet<usize>) -> Result<(), Error> {
    let mut unknown = None;
    reference::resolve(task, &mut |bulk_id| {
        let owner = ids.owners.get(bulk_id);
        match owner {
            Some(owner) => _ = refers.insert(*owner),
            None => unknown = Some(shortened(bulk_id)),
        }
        ids.texts.get(owner?).cloned()
    });
    match unknown {
        None => Ok(()),
        Some(bulk_id) => {
            let detail = format!("no POST of this request has the bulkId `{bulk_id}`");
            Err(Error::new(Kind::InvalidValue, detail))
        }
    }
}

fn kind(task: &Task, context: &Context) -> Result<Arc<ResourceType>, Error> {
    if task.endpoint.eq_ignore_ascii_case("/Bulk") {
        return Err(Error::new(Kind::InvalidValue, "a bulk request cannot hold another one"));
    }
    let kind = context.at(&task.endpoint).cloned();
    kind.ok_or_else(|| Failure::no_endpoint(context).error().clone())
}

fn work(
    index: usize,
    task: Task,
    kind: Arc<ResourceType>,
    context: &Context,
    ids: &mut Ids,
) -> Result<Work, Error> {
    let if_match = task.version.map(|version| listed(std::iter::once(&*version)));
    let preconditions = Preconditions { if_match, if_none_match: None };
    let options = ChangeOptions { preconditions, ..ChangeOptions::default() };
    let deed = match task.method {
        Method::Post => {
            let doc = read::create(&kind, task.data)?;
            let id = ids.minted.remove(&index).ok_or_else(|| Failure::internal().error().clone())?;
            let text = id.as_str().to_owned();
            return Ok(Work { kind, id: text, deed: Deed::Create { id, doc } });
        }
        Method::Put => Deed::Replace { body: task.data, options },
        Method::Patch => Deed::Change {
            operations: patch::parse(task.data)?,
            options,
            quiet: is_quiet(&context.access.profile.behavior),
        },
        Method::Delete => Deed::Delete { options },
    };
    Ok(Work { kind, id: task.id.unwrap_or_default(), deed })
}

/// What operations have in common beside references.
#[derive(PartialEq, Eq, Hash)]
enum Common {
    /// A resource that several change.
    Resource(String, String),
    /// A unique value that one has and another wants: type, attribute, key.
    Value(String, String, String),
    /// A resource that one deletes and another names, as a member for example.
    Deleted(String),
}

/// Puts operations about the same thing in the order in which they were sent. Each
/// resource is followed through the operations on it, so that the unique values it has on
/// the way are known. That takes as long as carrying them out does, but for the table: those
/// whose turn comes after `until` are late.
fn sorted(
    order: &Order,
    operations: &mut [Planned],
    mentions: &[BTreeSet<String>],
    mut prefetched: Prefetched,
    until: Instant,
) -> Vec<BTreeSet<usize>> {
    let mut docs: HashMap<(String, String), Doc> = HashMap::new();
    after(&order.sequence, |index| {
        let mentioned = mentions.get(index).into_iter().flatten();
        let mut touches: Vec<_> = mentioned.map(|id| (Common::Deleted(id.clone()), Touch::Mention)).collect();
        let Some(operation) = operations.get_mut(index) else { return touches };
        if operation.work.is_ok() && Instant::now() >= until {
            operation.work = Err(late());
        }
        let Ok(work) = operation.work.as_mut() else { return touches };
        let (kind, place) = (&work.kind, (work.kind.name.clone(), work.id.clone()));
        let before = docs.remove(&place).or_else(|| prefetched.doc(kind, &work.id).cloned());
        let then = followed(work, before.as_ref());
        let values = [&before, &then].into_iter().flatten().flat_map(|doc| unique_values(kind, doc));
        let values: BTreeSet<_> = values.collect();
        touches.extend(
            values
                .into_iter()
                .map(|(attribute, key)| (Common::Value(kind.name.clone(), attribute, key), Touch::Change)),
        );
        if matches!(work.deed, Deed::Delete { .. }) {
            touches.push((Common::Deleted(work.id.clone()), Touch::Change));
        }
        touches.push((Common::Resource(place.0.clone(), place.1.clone()), Touch::Change));
        if let Some(options) = work.deed.options() {
            options.prefetched = prefetched.take(&work.kind, &work.id);
        }
        if let Some(doc) = then.or(before) {
            docs.insert(place, doc);
        }
        touches
    })
}

/// What the resource is after `work`, as far as can be told; `None` when it is gone.
fn followed(work: &Work, before: Option<&Doc>) -> Option<Doc> {
    match (&work.deed, before) {
        (Deed::Create { doc, .. }, _) => Some(doc.clone()),
        (Deed::Replace { body, .. }, Some(before)) => read::replace(&work.kind, before, body.clone()).ok(),
        (Deed::Replace { body, .. }, None) => read::create(&work.kind, body.clone()).ok(),
        (Deed::Change { operations, .. }, Some(before)) => {
            apply(&work.kind, before, operations).ok().map(|patched| patched.doc)
        }
        (Deed::Change { .. } | Deed::Delete { .. }, _) => None,
    }
}

/// The ids of what `tasks` delete.
fn deleted(tasks: &[(Named, Result<Task, Error>)]) -> HashSet<String> {
    let tasks = tasks.iter().filter_map(|(_, task)| task.as_ref().ok());
    tasks.filter(|task| task.method == Method::Delete).filter_map(|task| task.id.clone()).collect()
}

/// Those of `ids` that `data` names, as values or in a PATCH's paths.
fn mentioned(data: &Value, ids: &HashSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = if ids.is_empty() { Vec::new() } else { vec![data] };
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                found.extend(text.split('"').filter(|part| ids.contains(*part)).map(str::to_owned));
            }
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

/// As much of a `bulkId` as an answer repeats.
pub(super) fn shortened(bulk_id: &str) -> String {
    bulk_id.chars().take(80).collect()
}
