//! What the team does with a subscription.

use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use directory::subscription::secret::{Scheme, SigningSecret};
use directory::subscription::{Channel, Subscription, store};
use http::StatusCode;
use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, spawn, within};
use tokio::net::TcpListener;

use crate::team::team;

/// An endpoint that answers with one status, and remembers the ids of events that it took.
#[derive(Clone, Default)]
struct Receiver {
    status: Arc<AtomicU16>,
    taken: Arc<AtomicUsize>,
    last: Arc<Mutex<String>>,
}

impl Receiver {
    fn start(&self) -> String {
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let receiver = self.clone();
        let take = move |request: Request| {
            let status = StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).unwrap();
            if status.is_success() {
                receiver.taken.fetch_add(1, Ordering::SeqCst);
            }
            *receiver.last.lock().unwrap() = request.headers()["webhook-id"].to_str().unwrap().to_owned();
            std::future::ready(status)
        };
        spawn(async move { axum::serve(listener, Router::new().fallback(take)).await });
        url
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

#[test]
fn the_team_sees_what_fails_and_sends_it_again() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut team, directory) = team(&scim);
    let receiver = Receiver::default();
    receiver.answer(503);
    let (table, of) = (scim.stack().unwrap().table(), scim.directory());
    let secret = SigningSecret::random(Scheme::Hmac).unwrap();
    let old = secret.verifier().unwrap();
    let mut made = Subscription::new("product", Channel::Webhook { url: receiver.start() }, 0);
    (made.secrets, made.types) = (vec![secret], vec!["user.created".to_owned()]);
    block_on(store::create(&table, &of, &made)).unwrap();
    let all = format!("{directory}/subscriptions");
    let one = format!("{all}/{}", made.id);
    let form = team.get(&one).expect(200).field("form");
    team.get(&one).shows("There are no dead letters.").shows("Last error");
    // The endpoint is out of order.
    scim.create_user(&unique(), &json!({}));
    assert!(within(30, || team.get(&one).text.contains("fails since")), "{:?}", team.get(&one));
    team.get(&one).shows("the endpoint answered 503").shows("attempts: 1").shows("the oldest of");
    team.get(&all).shows("the endpoint answered 503").shows(&one);
    // It refuses the event. Four refusals take some minutes: the last one comes at once.
    receiver.answer(400);
    let resume = || {
        store::change(&table, &of, &made.id, |of| {
            of.resume(1);
            of.open.values_mut().for_each(|open| (open.refused, open.after) = (4, 0));
            Ok(())
        })
    };
    assert!(within(60, || {
        block_on(resume()).unwrap();
        !team.get(&one).shows("Dead letters").text.contains("There are no dead letters.")
    }));
    let page = team.get(&one);
    let id = receiver.last.lock().unwrap().clone();
    page.shows("the endpoint answered 400").shows("user.created").shows(&id).shows("Resend all");
    let sequence = page.field("sequence");
    let post = |team: &mut tests::browser::Browser, action: &str, more: &[(&str, &str)]| {
        team.post(&format!("{one}/{action}"), &[&[("form", &*form)], more].concat())
    };
    post(&mut team, "resend", &[("sequence", &sequence)]).expect(200).shows("was not delivered");
    post(&mut team, "resend", &[]).expect(200).shows("Refused again: 1.");
    post(&mut team, "test", &[]).expect(200).shows("the endpoint answered 400");
    receiver.answer(503);
    post(&mut team, "resend", &[]).expect(200).shows("The rest was not sent: the endpoint answered 503.");
    receiver.answer(200);
    post(&mut team, "test", &[]).expect(200).shows("The receiver took the event");
    post(&mut team, "resend", &[]).expect(200).shows("Delivered: 1.");
    team.get(&one).shows("There are no dead letters.");
    post(&mut team, "resend", &[("sequence", &sequence)]).expect(404);
    // Everything again.
    let before = receiver.taken();
    for (since, status) in [("2020-01-31T09:30", 303), ("yesterday", 409), ("", 409)] {
        post(&mut team, "recover", &[("since", since)]).expect(status);
    }
    assert!(within(60, || receiver.taken() > before), "nothing came again");
    // The new secret is shown once, and the form works once.
    let newest = team.get(&one).field("secret");
    let page = post(&mut team, "rotate", &[("secret", &newest)]);
    let new = page.expect(200).text.split_once("whsec_").unwrap().1.split_once('"').unwrap().0.to_owned();
    assert!(!old.contains(&new) && !team.get(&one).text.contains("whsec_"));
    post(&mut team, "rotate", &[("secret", &newest)]).expect(409).shows("was replaced before");
    let stored = block_on(store::read(&table, &of, &made.id)).unwrap().unwrap();
    assert_eq!(stored.secrets.len(), 2);
    assert!(stored.secrets[1].verifier().unwrap().contains(&new));
}
