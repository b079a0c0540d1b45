//! A directory is erased: nothing of it is left, wherever the erasure was interrupted.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use directory::Table;
use directory::access::audit::{self, Action};
use directory::access::credential;
use directory::access::oauth::client::{self, Client};
use directory::access::oauth::code::{self, Code};
use directory::access::oauth::grant::{self, Grant, Redeemed};
use directory::access::setup_link::{self, LinkToken};
use directory::clock::seconds;
use directory::error::Error;
use directory::id::DirectoryId;
use directory::registry::record::{self, DirectoryRecord};
use directory::registry::setup;
use directory::subscription::batch::Batch;
use directory::subscription::{Channel, Subscription, store};
use directory::upkeep::erasure::{self, Receipt, ReceiptId};
use directory::upkeep::lease;
use directory::upkeep::slice::Slice;
use secrecy::ExposeSecret;
use serde_json::json;
use table::name::UNTIL;
use tests::admin::admin;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::people::member_values;
use tests::relay::Relay;
use tests::runtime::{block_on, within};

use crate::items::Item;
use crate::own;

/// Every item that contains the directory's id, except receipts; sweeps included.
fn left(id: &DirectoryId) -> Vec<Item> {
    let scim = own::endpoint().unwrap();
    let scan = scim.stack().unwrap().client().scan().table_name(scim.table()).consistent_read(true);
    let scan = scan
        .filter_expression("(contains(PK, :id) OR contains(SK, :id) OR directory = :id) AND PK <> :receipts")
        .expression_attribute_values(":id", AttributeValue::S(id.to_string()))
        .expression_attribute_values(":receipts", AttributeValue::S("R#receipts".to_owned()));
    block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap()
}

/// A directory with items of every kind.
fn company(users: usize) -> Option<Endpoint> {
    let scim = own::empty_directory()?;
    let ids: Vec<String> = (0..users)
        .map(|n| {
            scim.create_user(
                &format!("u{n}"),
                &json!({ "externalId": n.to_string(), "emails": [{ "value": format!("u{n}@ex.io") }] }),
            )
        })
        .collect();
    for name in ["a", "b", "c"] {
        let group = scim.create_group(name, &ids);
        // A list that was replaced, with members that are not users.
        let list =
            json!([{ "op": "replace", "path": "members", "value": member_values(&["x", "y", &ids[0]]) }]);
        scim.patch_group(&group, &list);
    }
    scim.get("/Users").query("count", "3").send().expect(200);
    scim.get("/Users").query("count", "3").query("cursor", "").send().expect(200);
    subscribed(&scim);
    Some(scim)
}

/// Everything that the console stores of a directory.
fn console(table: &Table, id: &DirectoryId) {
    block_on(async {
        let made = setup_link::create(table, id, &deployment(), "test", seconds() + 60).await.unwrap();
        let token = LinkToken::parse(made.0.expose_secret(), &deployment()).unwrap();
        assert!(setup_link::open(table, &token, &deployment()).await.unwrap().is_some());
        setup::finish(table, id).await.unwrap();
        let action =
            Action { by: "test".to_owned(), what: "/".to_owned(), target: None, choice: None, status: 200 };
        audit::store(table, Some(id), &action).await.unwrap();
        assert_eq!(audit::list(table, Some(id), None, 10).await.unwrap().0.len(), 1);
    });
}

/// A subscription that is paused and has a dead letter.
fn subscribed(scim: &Endpoint) {
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let mut made = Subscription::new("test", Channel::Webhook { url: "https://ex.io/".to_owned() }, 0);
    made.pause("test", 1);
    let mut given_up = made.clone();
    let lost = Batch { lost: vec![(1, 1)], ..Batch::default() };
    let dead = given_up.advance(&lost, &BTreeMap::new(), 1);
    block_on(async {
        store::create(&table, &id, &made).await.unwrap();
        assert!(store::save(&table, &id, &made, given_up, &dead).await.unwrap().is_some());
    });
}

#[test]
fn nothing_is_left_but_a_receipt() {
    let Some(scim) = company(12) else { return };
    let other = company(2).unwrap();
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    console(&table, &id);
    assert!(left(&id).len() > 50, "{}", left(&id).len());
    let receipt = block_on(erasure::begin(&table, &id)).unwrap();
    assert_eq!((receipt.directory.as_str(), receipt.done.as_ref()), (id.to_string().as_str(), None));
    assert_eq!(block_on(erasure::begin(&table, &id)).unwrap().id, receipt.id, "asked for twice");
    assert!(
        !block_on(erasure::advance(&table, &id, &profiles, Slice::new())).unwrap(),
        "requests may be under way"
    );
    assert!(left(&id).len() > 50);
    assert!(block_on(erasure::advance(&table, &id, &profiles, Slice::alone())).unwrap());
    assert!(within(150, || left(&id).is_empty()), "{:#?}", left(&id));
    let done = block_on(erasure::read(&table, &receipt.id)).unwrap().unwrap();
    assert!(done.done.is_some());
    assert_eq!((done.removed["User"], done.removed["Group"]), (12, 3), "{done:?}");
    assert_eq!(done.removed["entries"], 12 * 3 + 3, "{done:?}");
    assert!(block_on(erasure::advance(&table, &id, &profiles, Slice::alone())).unwrap(), "it has ended");
    assert!(matches!(block_on(erasure::begin(&table, &id)), Err(Error::NotFound)));
    assert_eq!(other.get("/Users?count=0").send().total(), 2, "others stay");
    assert!(listed(&receipt.id).is_some());
}

/// In pages of two.
fn listed(id: &ReceiptId) -> Option<Receipt> {
    let table = own::endpoint()?.stack()?.table();
    let mut after = None;
    loop {
        let page = block_on(erasure::list(&table, after.as_ref(), 2)).unwrap();
        assert!(page.items.len() <= 2);
        if let Some(receipt) = page.items.into_iter().find(|receipt| receipt.id == *id) {
            return Some(receipt);
        }
        after = Some(page.next?);
    }
}

#[test]
fn one_that_is_cut_off_again_and_again_goes_on() {
    if !Endpoint::is_embedded("cuts runs off after milliseconds: DynamoDB Local takes longer for one call") {
        return;
    }
    let Some(scim) = company(300) else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    block_on(erasure::begin(&table, &id)).unwrap();
    let mut runs = 0;
    loop {
        runs += 1;
        let run = erasure::advance(&table, &id, &profiles, Slice::alone());
        match block_on(async { tokio::time::timeout(Duration::from_millis(10 * runs), run).await }) {
            Ok(ended) => break assert!(ended.unwrap()),
            // Its process is gone, and a minute later its lease is over.
            Err(_) => block_on(lease::end(&table, &id)).unwrap(),
        }
    }
    assert!((4..200).contains(&runs), "{runs}");
    assert!(within(150, || left(&id).is_empty()), "{:#?}", left(&id));
}

/// The tick continues it.
#[test]
fn a_sweep_is_pending_that_carries_it_on() {
    let Some(scim) = company(3) else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    block_on(erasure::begin(&stack.table(), &id)).unwrap();
    let pending = |item: &Item| {
        item["PK"].as_s().unwrap().starts_with("S#") && item["work"].as_s().unwrap() == "erase#"
    };
    assert!(left(&id).iter().any(pending));
}

/// Requests that were admitted before may still run, and cached records may still be in use.
#[test]
fn nothing_is_created_in_a_directory_that_is_being_erased() {
    let Some(scim) = company(1) else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let (token, credential) = gateway::auth::token::Token::mint(&id, &deployment()).unwrap();
    let client = Client::new("c1".parse().unwrap(), "test");
    let kept = Code {
        client: client.id.clone(),
        redirect: String::new(),
        challenge: None,
        scopes: String::new(),
        by: "administrator".to_owned(),
        end: directory::clock::seconds() + 120,
        grant: None,
    };
    block_on(code::create(&table, &id, "before", &kept)).unwrap();
    block_on(erasure::begin(&table, &id)).unwrap();
    let refused =
        |outcome: Result<(), Error>| assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    let create = || {
        refused(block_on(credential::create(&table, &id, &credential)).map(drop));
        refused(block_on(client::create(&table, &id, &client)).map(drop));
        refused(block_on(code::create(&table, &id, "after", &kept)));
        let grant = Grant::new("g1".parse().unwrap(), &kept);
        let redeemed = block_on(grant::redeem(&table, &id, "before", &grant)).unwrap();
        assert_eq!(redeemed, Redeemed::Gone);
        assert!(block_on(grant::read(&table, &id, &grant.id)).unwrap().is_none());
    };
    create();
    scim.with_token(token.expose_secret()).get("/Users").send().expect(401);
    for path in ["credentials", "clients"] {
        let path = format!("/admin/directories/{id}/{path}");
        admin(&scim, "POST", &path).unwrap().json(&json!({ "label": "late" })).send().error(404, "");
    }
    assert!(block_on(erasure::advance(&table, &id, &profiles, Slice::alone())).unwrap());
    create();
    assert!(within(150, || left(&id).is_empty()), "{:#?}", left(&id));
}

/// How long a run may be suspended in the middle of a batch of deletes, as `upkeep::erasure::removal` has it.
const DELETE: Duration = Duration::from_secs(20);

/// A run renews its lease, is suspended, and continues when another run has ended the erasure and the directory
/// has been created again: it removes nothing of the new one.
#[test]
fn a_run_that_was_suspended_before_its_deletes_sends_none() {
    let Some(old) = own::empty_directory() else { return };
    for n in 0..40 {
        old.create_user(&format!("u{n}"), &json!({}));
    }
    let (id, stack) = (old.directory(), old.stack().unwrap());
    let (clean, profiles) = (stack.table(), stack.profiles());
    let relay = Relay::start(stack.dynamodb_url());
    let table = Table::new(relay.client(), old.table());
    block_on(erasure::begin(&clean, &id)).unwrap();
    block_on(async {
        let mut run = std::pin::pin!(erasure::advance(&table, &id, &profiles, Slice::alone()));
        let counters = relay.hold(&format!("C#{id}"));
        tokio::select! { _ = &mut run => panic!("it has ended"), () = counters.come() => {} }
        let renewal = relay.hold(UNTIL);
        counters.release();
        tokio::select! { _ = &mut run => panic!("it has ended"), () = renewal.come() => {} }
        // Nothing polls the run while it is suspended.
        renewal.release();
        tokio::time::sleep(DELETE).await;
        lease::end(&clean, &id).await.unwrap();
        assert!(erasure::advance(&clean, &id, &profiles, Slice::alone()).await.unwrap());
        let profile = profiles.get("standard").unwrap();
        record::create(&clean, &DirectoryRecord::new(id.clone(), "test", &profile)).await.unwrap();
        let (token, credential) = gateway::auth::token::Token::mint(&id, &deployment()).unwrap();
        credential::create(&clean, &id, &credential).await.unwrap();
        let new = old.with_token(token.expose_secret());
        for n in 0..3 {
            let body = tests::people::user(&format!("u{n}"), &json!({}));
            new.post("/Users", &body).exchange().await.expect(201);
        }
        let _ = run.await;
        assert_eq!(
            new.get("/Users?count=0").exchange().await.total(),
            3,
            "the counters of the new directory"
        );
    });
}
