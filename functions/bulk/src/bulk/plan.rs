//! What the operations of a request would do, with all references in them resolved, and
//! what each has to wait for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use directory::Directory;
use directory::access::permissions::Right;
use directory::id::NewId;
use directory::resource::precondition::Preconditions;
use directory::resource::update::ChangeOptions;
use gateway::http::error::Failure;
use gateway::http::precondition::listed;
use gateway::scim::context::Context;
use gateway::scim::patch::is_quiet;
use scim::bulk::order::{Order, order};
use scim::bulk::reference;
use scim::bulk::request::{Method, Operation, Request, Task};
use scim::error::{Error, Kind};
use scim::model::resource_type::ResourceType;
use scim::patch::request as patch;
use scim::read;
use scim::render::reference::url;

use super::answer::Named;
use super::touch::{Mentions, after};
use super::work::{Deed, Work};

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
    /// Gives every POST its id, resolves the references to them, and reads the resources that are
    /// going to change.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn new(request: Request, context: &Context, scope: Directory) -> Result<Self, Failure> {
        let mut ids = Ids::mint(&request.operations);
        let mut needs = Vec::new();
        let mut tasks = Vec::new();
        for operation in request.operations {
            let mut refers = BTreeSet::new();
            tasks.push(resolved(operation, context, &ids, &mut refers));
            needs.push(refers);
        }
        let mentions = Mentions::of(tasks.iter().map(|(_, task)| task.as_ref().ok()));
        let planned = tasks
            .into_iter()
            .enumerate()
            .map(|(index, (named, task))| planned(index, named, task, context, &mut ids));
        let mut operations: Vec<Planned> = planned.collect();
        let creates: Vec<bool> = (0..needs.len()).map(|index| ids.texts.contains_key(&index)).collect();
        let order = order(&needs, &creates);
        let own: HashSet<&str> = ids.texts.values().map(String::as_str).collect();
        let targets = operations.iter().filter_map(Planned::target).filter(|(_, id)| !own.contains(id));
        let mut prefetched = scope.prefetch(targets).await.map_err(|e| Failure::table("resource", e))?;
        let expected = operations.iter().filter_map(Planned::expected).collect();
        let works: Vec<_> = operations.iter().map(|planned| planned.work.as_ref().ok()).collect();
        let after = after(&order.sequence, &mentions, &works, |work| prefetched.doc(&work.kind, &work.id));
        for operation in &order.sequence {
            let planned = operations.get_mut(*operation).and_then(|planned| planned.work.as_mut().ok());
            if let Some(work) = planned
                && let Some(options) = work.deed.options()
            {
                options.prefetched = prefetched.take(&work.kind, &work.id);
            }
        }
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
    kind.ok_or_else(|| context.no_endpoint().error().clone())
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

/// As much of a `bulkId` as an answer repeats.
pub(super) fn shortened(bulk_id: &str) -> String {
    bulk_id.chars().take(80).collect()
}
