//! Each function's role allows what its code does, and nothing else.
//!
//! The tests send the corpus to an API built from the template's routes and functions. Each
//! function's client refuses calls that its role does not allow. `changes` gets the table's stream
//! through the template's filter.

mod admin;
mod console;
mod matrix;
mod oauth;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use deliver::Delivery;
use directory::Table;
use directory::access::credential;
use directory::events;
use directory::subscription::{Channel, Open, Subscription, TokenStream, store};
use directory::upkeep::profile_change::{self, Progress};
use directory::upkeep::slice::Slice;
use gateway::app::App;
use gateway::auth::token::Token;
use gateway::delivery::Sender;
use gateway::delivery::notify::{Notification, Notifier};
use gateway::delivery::push::Tokens;
use gateway::run::event::sanitized;
use gateway::serve::Edge;
use gateway::settings::{Reach, Settings};
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt;
use lambda_http::{Adapter, Context, LambdaEvent};
use rollcall::engine::Engine;
use rollcall::feed::source::Source;
use rollcall::feed::{Consumer, Feed};
use rollcall::functions::{FUNCTIONS, Serves, named};
use scim::profile::{Profiles, STANDARD};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tests::call::Call;
use tests::corpus::{files, read};
use tests::deployment::deployment;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::exchange::Exchange;
use tests::functions::{KEY, is_scim, key};
use tests::lambda::front::{self, Invoke};
use tests::names::unique;
use tests::profiles::OWN;
use tests::runtime::{block_on, within};
use tests::scratch;
use tests::template::Template;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::filter::Filter;
use crate::recorder::{Recorder, client};

const TABLE: &str = "rollcall-policies";

/// The functions behind API Gateway, on one table.
struct Deployed {
    engine: Engine,
    url: String,
    table: Table,
    recorders: HashMap<String, Recorder>,
    functions: HashMap<String, Invoke>,
}

impl Deployed {
    fn start() -> Self {
        let folder = scratch::directory();
        std::fs::create_dir_all(&folder).unwrap();
        let engine = Engine::start(&folder.join("dynamodb.sqlite")).unwrap();
        let template = Template::main();
        let table = Table::new(client(engine.url(), None), TABLE);
        block_on(table.ensure()).unwrap();
        let profiles = Arc::new(profiles());
        let mut recorders = HashMap::new();
        let mut functions: HashMap<String, Invoke> = HashMap::new();
        for function in FUNCTIONS.iter().filter(|function| !matches!(function.serves, Serves::Events)) {
            let name = function.name;
            let recorder = Recorder::new(template.policy(name));
            let table = Table::new(client(engine.url(), Some(&recorder)), TABLE);
            block_on(table.connect()).unwrap();
            let app = App::new(table, Arc::clone(&profiles), deployment(), Settings::default());
            let edge = function.alone(app, key());
            let invoke: Invoke = Arc::new(move |event: Value| {
                let edge = edge.clone();
                // On its own thread: what `lambda_http` makes of a service cannot
                // move between threads.
                let answer = tokio::task::spawn_blocking(move || block_on(response(edge, &event)));
                Box::pin(async move { answer.await.unwrap() })
            });
            functions.insert(name.to_owned(), invoke);
            recorders.insert(name.to_owned(), recorder);
        }
        for name in ["changes", "deliver"] {
            recorders.insert(name.to_owned(), Recorder::new(template.policy(name)));
        }
        let url = format!("{}/scim/v2", front::start(functions.clone()));
        Self { engine, url, table, recorders, functions }
    }

    /// A directory of this profile, without resources.
    fn directory(&self, profile: &str) -> Endpoint {
        let directory = directories::record(&profiles().get(profile).unwrap());
        Endpoint::external(&self.url, &directories::put(&self.table, &directory))
    }

    /// The table as `changes` opens it.
    fn changes(&self) -> Table {
        self.opened_by("changes")
    }

    /// The table as this function opens it.
    fn opened_by(&self, function: &str) -> Table {
        Table::new(client(self.engine.url(), Some(&self.recorders[function])), TABLE)
    }
}

async fn response(edge: Edge, event: &Value) -> Value {
    let request: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    let event = LambdaEvent::new(sanitized(request), Context::default());
    serde_json::to_value(Adapter::from(edge).oneshot(event).await.unwrap()).unwrap()
}

/// `changes`, fed by the template's event source.
struct Changes {
    filter: Filter,
    table: Table,
    notifier: Notifier,
}

impl Consumer for Changes {
    async fn handle(&self, mut event: Event) -> Option<String> {
        let wanted = |record: &EventRecord| self.filter.passes(&serde_json::to_value(record).unwrap());
        event.records.retain(wanted);
        // Make them older, so that second sweeps, which wait a minute, are due at once.
        for record in &mut event.records {
            let time = std::time::SystemTime::now() - std::time::Duration::from_secs(120);
            record.change.approximate_creation_date_time = time.into();
        }
        let answer = changes::handle(&self.table, &self.notifier, event).await;
        answer.pointer("/batchItemFailures/0/itemIdentifier").and_then(Value::as_str).map(str::to_owned)
    }

    async fn tick(&self) -> Result<(), String> {
        changes::tick(&self.table, &Profiles::built_in(), std::time::Duration::from_secs(5))
            .await
            .map(drop)
            .map_err(|error| format!("{error:?}"))
    }
}

/// The event file of every route, so that functions which no other test uses are called at least
/// once.
fn every_event(deployed: &Deployed) {
    let token = deployed.directory(STANDARD).token().to_owned();
    let routes = Template::main().routes();
    for (_, path) in files("events/v2") {
        let mut event: Value = read(&path);
        let name = &routes.find(event["rawPath"].as_str().unwrap()).unwrap().function;
        let scim = named(name).is_some_and(|function| is_scim(&function.serves));
        let bearer = format!("Bearer {}", if scim { &token } else { KEY });
        event["headers"]["authorization"] = bearer.into();
        block_on(async { (deployed.functions[name])(event).await });
    }
}

/// Requests larger than those of the corpus: they take other code paths.
fn large(scim: &Endpoint) {
    let ids: Vec<_> = (0..150).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let group = scim.create_group(&unique(), &ids);
    let path = format!("/Groups/{group}?excludedAttributes=members");
    let members = |ids: &[String]| json!(ids.iter().map(|id| json!({ "value": id })).collect::<Vec<_>>());
    for (op, ids) in [("remove", &ids[..120]), ("add", &ids[..120]), ("replace", &ids[..100])] {
        let operations = json!([{ "op": op, "path": "members", "value": members(ids) }]);
        scim.patch(&path, &operations).send().expect(200);
    }
    scim.get("/Users?attributes=groups&count=200").send().expect(200);
    scim.get("/Groups").filter(&format!("members eq \"{}\"", ids[0])).send().expect(200);
    // With a doubled slash it is a request to `bulk`.
    for (path, start) in [("/Groups", 1), ("/Groups", 2), ("//Groups", 1), ("//Groups", 2)] {
        scim.create_group(&unique(), &[]);
        scim.get(&format!("{path}?count=1&startIndex={start}")).send().expect(200);
    }
    let body = tests::people::group(&unique(), &json!({ "members": members(&ids[..10]) }));
    scim.post("//Groups", &body).send().expect(201);
    scim.get("/Users").filter(&format!("groups eq \"{group}\"")).send();
    scim.delete(&format!("/Users/{}", ids[0])).send().expect(204);
    scim.delete(&format!("/Groups/{group}")).send().expect(204);
}

/// A product that reads the events of a directory, and one that polls for tokens.
fn log(deployed: &Deployed) {
    let scim = deployed.directory(STANDARD);
    for _ in 0..3 {
        scim.create_user(&unique(), &json!({}));
    }
    let (token, mut made) = Token::mint(&scim.directory(), &deployment()).unwrap();
    made.scopes = "events".parse().unwrap();
    block_on(credential::create(&deployed.table, &scim.directory(), &made)).unwrap();
    let url = format!("{}/events", scim.base().trim_end_matches("/scim/v2"));
    let bearer = format!("Bearer {}", token.expose_secret());
    let read = |start: &str| {
        let url = format!("{url}?start={start}&wait=1");
        let answer = block_on(Call::new(&scim, "GET", &url).authorization(Some(&bearer)).exchange());
        answer.expect(200).json()["events"].as_array().unwrap().len()
    };
    assert!(within(30, || read("oldest&types=user.created") == 3), "no events of new users");
    assert_eq!(read("1999-01-01T00:00:00Z&types=user.created"), 3);
    assert_eq!(read("snapshot"), 4);
    let polled = Subscription::new("polled", Channel::Poll { tokens: TokenStream::default() }, 0);
    block_on(store::create(&deployed.table, &scim.directory(), &polled)).unwrap();
    let url = format!("{url}/sets/{}", polled.id);
    let poll = |body: Value| -> Vec<String> {
        let call = Call::new(&scim, "POST", &url).authorization(Some(&bearer)).json(&body);
        let sets = block_on(call.exchange()).expect(200).json()["sets"].clone();
        sets.as_object().unwrap().keys().cloned().collect()
    };
    let ids = poll(json!({}));
    let errors = json!({ ids[0].as_str(): { "err": "invalid_request" } });
    assert_eq!(poll(json!({ "ack": [ids[1]] })), [ids[0].as_str(), ids[2].as_str()]);
    assert_eq!(poll(json!({ "setErrs": errors })), [ids[2].as_str()]);
    // Otherwise `deliver` would read the logs of several directories, and never that of one.
    block_on(store::delete(&deployed.table, &scim.directory(), &polled.id)).unwrap();
}

/// Two subscriptions whose endpoint is not there; one has events that were refused. `changes` notifies both.
fn subscriptions(deployed: &Deployed, notifications: &mut UnboundedReceiver<Notification>) {
    let scim = deployed.directory(STANDARD);
    let directory = scim.directory();
    for _ in 0..2 {
        scim.create_user(&unique(), &json!({}));
    }
    let created = || -> Vec<u64> {
        let page =
            block_on(events::after(&deployed.table, &directory, 0, 100, |kind| kind == "user.created"));
        page.unwrap().events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect()
    };
    assert!(within(30, || created().len() == 2));
    let created = created();
    let table = deployed.opened_by("deliver");
    let tokens = Tokens::new(table.clone(), deployment().into(), Arc::new(Profiles::built_in()));
    let sender = Sender::new(Reach::Any).with_tokens(tokens);
    let delivery = Delivery { table, sender, notifier: Notifier::Off };
    let url = "http://127.0.0.1:9/".to_owned();
    let tokens = TokenStream::default();
    let push = Channel::Push { url: url.clone(), authorization: None, tokens };
    let mut new = Subscription::new("new", Channel::Webhook { url }, created[0]);
    new.open = [(created[0], Open::default())].into();
    let mut refused = Subscription::new("refused", push, created[1]);
    refused.open = created.into_iter().map(|sequence| (sequence, Open::default())).collect();
    let made = [new, refused].map(|subscription| {
        block_on(store::create(&deployed.table, &directory, &subscription)).unwrap();
        Notification { directory: directory.clone(), subscription: subscription.id }
    });
    scim.create_user(&unique(), &json!({}));
    let mut notified = std::collections::HashSet::new();
    assert!(within(30, || {
        notified.extend(std::iter::from_fn(|| notifications.try_recv().ok()));
        made.iter().all(|one| notified.contains(one))
    }));
    block_on(deliver::tick(&delivery)).unwrap();
    block_on(deliver::handle(&delivery, made, Duration::from_secs(5))).unwrap();
}

/// A directory that changes its profile; `changes` continues the work. First with two equal values
/// that would have to be unique, then without.
fn reprofile(deployed: &Deployed, changes: &Table) {
    let scim = deployed.directory(STANDARD);
    let id = scim.directory();
    let twins = ["Dr", "DR"].map(|title| scim.create_user(&unique(), &json!({ "title": title })));
    let profiles = profiles();
    let advance = || block_on(profile_change::advance(changes, &id, &profiles, Slice::alone())).unwrap();
    for (to, ends) in [("unique-titles", false), ("titles", true)] {
        assert!(block_on(profile_change::begin(&deployed.table, &id, to, &profiles)).unwrap());
        assert_eq!(advance() == Progress::Ended, ends, "{to}: {twins:?}");
    }
}

/// The built-in profiles and those of the tests.
fn profiles() -> Profiles {
    let mut profiles = Profiles::built_in();
    for (file, text) in OWN {
        profiles.add(file, text.to_owned());
    }
    profiles
}

#[test]
fn each_function_may_do_what_it_does_and_nothing_else() {
    let deployed = Deployed::start();
    let table = deployed.changes();
    let source = Source {
        table: TABLE.to_owned(),
        dynamodb: client(deployed.engine.url(), None),
        streams: streams(deployed.engine.url()),
        trim: Some(deployed.engine.trim(TABLE)),
        activity: None,
    };
    let (notifier, mut notifications) = tokio::sync::mpsc::unbounded_channel();
    let notifier = Notifier::Task(notifier);
    let consumer = Changes { filter: Filter::of(&Template::main()), table: table.clone(), notifier };
    let feed = block_on(async { Feed::start(source, consumer) });

    for (file, path) in files("exchanges") {
        let exchange: Exchange = read(&path);
        let profile = exchange.profile.as_deref().unwrap_or(STANDARD);
        exchange.run(&deployed.directory(profile)).unwrap_or_else(|why| panic!("{file}: {why}"));
    }
    every_event(&deployed);
    large(&deployed.directory(STANDARD));
    reprofile(&deployed, &table);
    oauth::all(&deployed);
    log(&deployed);
    subscriptions(&deployed, &mut notifications);
    admin::all(&deployed);
    console::all(&deployed);
    let template = Template::main();
    let wrong = deployed.recorders.iter().filter_map(|(name, recorder)| {
        let allowed = template.policy(name).all();
        // The stream follows a moment later.
        within(60, || recorder.asked() == allowed);
        let asked = recorder.asked();
        let missing: Vec<_> = asked.difference(&allowed).collect();
        let unused: Vec<_> = allowed.difference(&asked).collect();
        let same = missing.is_empty() && unused.is_empty();
        (!same).then(|| format!("{name}: missing {missing:?}, unused {unused:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "template.yaml and what the functions do:\n{}", wrong.join("\n"));
    block_on(feed.stop(std::time::Duration::from_secs(5)));
    block_on(deployed.engine.stop());
}

fn streams(url: &str) -> aws_sdk_dynamodbstreams::Client {
    use aws_sdk_dynamodbstreams::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_dynamodbstreams::Client::from_conf(config.build())
}
