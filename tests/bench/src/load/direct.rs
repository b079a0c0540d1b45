//! Fills a data directory through the store, without HTTP, before the measured server starts on it.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use directory::id::NewId;
use directory::{Directory, Wants};
use futures_util::{StreamExt, stream};
use gateway::auth::token::Token;
use rollcall::stack::data::Data;
use rollcall::stack::{Options as StackOptions, Stack};
use scim::model::resource_type::ResourceType;
use scim::patch::operation::{Op, Operation};
use scim::read;
use serde_json::{Value, json};
use tests::people::{group, member_values};

use super::bar;
use crate::world::{body, external_id, member, name};

/// Concurrent creates.
const FLIGHT: usize = 16;
/// Members added by one change: no PATCH accepts more.
const MEMBERS: usize = 5_000;

/// What to load.
pub(crate) struct Plan {
    pub(crate) run: String,
    /// The numbers of the users.
    pub(crate) users: std::ops::Range<usize>,
    /// The sizes of the groups.
    pub(crate) groups: Vec<usize>,
}

/// The ids of the loaded resources, in the plan's order.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) users: Vec<String>,
    pub(crate) groups: Vec<String>,
}

/// Loads `plan` into the directory of the local server on `data`.
pub(crate) async fn load(data: &Path, dynamodb_url: Option<&str>, plan: Plan) -> Loaded {
    let options = StackOptions {
        data: Data::Dir(data.to_owned()),
        dynamodb_url: dynamodb_url.map(str::to_owned),
        ..StackOptions::default()
    };
    // The benchmark's own runtime has one thread.
    let loading = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let stack = Stack::start(options).await.unwrap_or_else(|error| panic!("no stack: {error}"));
            let loader = Loader::of(&stack);
            let users = loader.users(&plan).await;
            let mut groups = Vec::new();
            for (number, size) in plan.groups.iter().enumerate() {
                groups.push(loader.group(&plan.run, number, *size).await);
            }
            drop(loader);
            stack.stop().await;
            Loaded { users, groups }
        })
    });
    while !loading.is_finished() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    loading.join().expect("the load")
}

struct Loader {
    scope: Directory,
    user: Arc<ResourceType>,
    group: Arc<ResourceType>,
}

impl Loader {
    fn of(stack: &Stack) -> Self {
        let token = Token::parse(stack.token()).expect("the server's own token");
        let profile = stack.directories().next().expect("a directory").profile.clone();
        let profile = stack.profiles().get(&profile).expect("its profile");
        let kind = |name| Arc::clone(profile.resource_type(name).expect("a resource type"));
        let scope = Directory::open(&stack.table(), &token.directory, &token.credential);
        Self { scope, user: kind("User"), group: kind("Group") }
    }

    async fn users(&self, plan: &Plan) -> Vec<String> {
        let bar = bar("users", plan.users.len());
        let creates = plan.users.clone().map(|number| {
            let bar = &bar;
            async move {
                let (name, external_id) = (name(&plan.run, number), external_id(&plan.run, number));
                let doc = read::create(&self.user, body(&name, &external_id)).expect("a user");
                let created =
                    self.scope.create(&self.user, NewId::mint(), doc).await.expect("a place for it");
                bar.inc(1);
                (number, created.id)
            }
        });
        let mut created: Vec<_> = stream::iter(creates).buffer_unordered(FLIGHT).collect().await;
        bar.finish();
        created.sort();
        created.into_iter().map(|(_, id)| id).collect()
    }

    async fn group(&self, run: &str, number: usize, size: usize) -> String {
        let bar = bar("members", size);
        let ids: Vec<_> = (0..size).map(member).collect();
        let mut parts = ids.chunks(MEMBERS);
        let first = parts.next().unwrap_or_default();
        let name = format!("group {number} of {size} {run}");
        let body = group(&name, &json!({ "members": member_values(first) }));
        let doc = read::create(&self.group, body).expect("a group");
        let id = self.scope.create(&self.group, NewId::mint(), doc).await.expect("a place for it").id;
        bar.inc(first.len() as u64);
        for part in parts {
            self.add(&id, member_values(part)).await;
            bar.inc(part.len() as u64);
        }
        bar.finish();
        id
    }

    async fn add(&self, group: &str, members: Value) {
        let add = Operation { op: Op::Add, path: Some("members".to_owned()), value: Some(members) };
        let options =
            directory::resource::update::ChangeOptions { wants: Wants::default(), ..Default::default() };
        self.scope.patch(&self.group, group, &[add], options).await.expect("members");
    }
}
