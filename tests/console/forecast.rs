//! The forecast of Entra's quarantine, against the stand-in.

use std::sync::Arc;

use directory::access::credential;
use directory::access::oauth::client::{self, Client};
use directory::access::refusal::{self, Refusal};
use directory::id::CredentialId;
use entra::mapping::Mapping;
use entra::source::generate;
use entra::sync::{Options, Source, run};
use gateway::auth::token::Token;
use scim::error::Kind;
use serde_json::json;
use tests::browser::Page;
use tests::endpoint::Endpoint;
use tests::runtime::{block_on, within};

use crate::team::team;

/// Users are matched by `mailNickname`, and named by their e-mail address.
fn mapping() -> Mapping {
    let mapping = json!({ "name": "forecast", "users": { "attributes": [
        { "target": "externalId", "source": "mailNickname", "matching": 1 },
        { "target": "userName", "source": "mail" },
    ] } });
    Mapping::parse(&mapping.to_string()).unwrap()
}

fn is_forecast(page: &Page) -> bool {
    page.text.contains("Quarantine likely") && page.text.contains("Forecast.")
}

/// A cycle in which six of ten objects fail. The page must forecast the quarantine before it ends, and say what
/// to do.
fn failing_cycle(people: usize, concurrency: usize) {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut team, page) = team(&scim);
    let mut tenant = generate::directory(19, people, 0);
    let fails = |at: &usize| at % 10 < 6;
    for (_, person) in tenant.people.values_mut().enumerate().filter(|(at, _)| fails(at)) {
        person.attributes.remove("mail");
    }
    let source = Source::Fixed(Arc::new(tenant));
    let options =
        Options { concurrency, settle: 0, ..Options::new(scim.base(), scim.token(), mapping(), source) };
    let sync = std::thread::spawn(|| block_on(run(options)).unwrap());
    assert!(within(900, || is_forecast(&team.get(&page)) || sync.is_finished()));
    assert!(!sync.is_finished(), "the cycle has ended");
    let forecast = team.get(&page);
    let sentence = |page: &Page| {
        let (_, rest) = page.text.split_once("Forecast.").unwrap();
        rest.split_once("</p>").unwrap().0.replace("</strong>", "").trim().to_owned()
    };
    eprintln!("{people} objects: {}", sentence(&forecast));
    forecast.shows("Most frequent cause: A required value is missing.").shows("Fill in the value");
    forecast.shows("presses Restart provisioning");
    let report = sync.join().unwrap();
    let last = team.get(&page);
    assert!(is_forecast(&last), "{last:?}");
    eprintln!("{people} objects, at the end: {} The stand-in: {:?}", sentence(&last), report.quarantine);
    // The stand-in has the limits of Entra.
    assert_eq!(report.quarantine.is_some(), people > 9_000);
}

#[test]
fn the_page_forecasts_entras_quarantine_before_the_cycle_ends() {
    failing_cycle(600, 1);
}

#[test]
#[ignore = "takes some minutes: .ci/full runs it"]
fn the_page_forecasts_the_quarantine_of_a_cycle_of_10_000_objects() {
    failing_cycle(10_000, 4);
}

/// Entra stops at once then, whatever the number of failures.
#[test]
fn a_refused_token_and_a_wrong_address_are_a_quarantine_at_once() {
    for (what, words) in [
        ("revoked", "The secret token is refused."),
        ("read only", "does not allow what is sent"),
        ("address", "copies the Tenant URL"),
    ] {
        let Some(scim) = Endpoint::empty_directory() else { return };
        let (mut team, page) = team(&scim);
        team.get(&page).shows("Never connected");
        let (table, id) = (scim.stack().unwrap().table(), scim.directory());
        let own: CredentialId = Token::parse(scim.token()).unwrap().credential;
        let mut url = scim.base().to_owned();
        let mut token = scim.token().to_owned();
        match what {
            "revoked" => drop(block_on(credential::revoke(&table, &id, &own)).unwrap()),
            "read only" => {
                let scopes = json!({ "label": "read only", "scopes": ["read", "users", "groups"] });
                let made = tests::admin::make_credential(&scim, &id.to_string(), &scopes).unwrap();
                token = made["token"].as_str().unwrap().to_owned();
            }
            _ => url.push_str("/Users"),
        }
        let source = Source::Generated { users: 12, groups: 0, seed: 19 };
        let options =
            Options { cycles: 0, settle: 0, retries: 0, ..Options::new(&url, &token, mapping(), source) };
        block_on(run(options)).unwrap();
        let page = team.get(&page);
        assert!(is_forecast(&page), "{what}: {page:?}");
        page.shows("into quarantine at once").shows(words).shows("presses Restart provisioning");
        page.shows("after 28 days it disables the job");
    }
}

#[test]
fn a_token_of_an_oauth_client_that_has_ended_is_no_quarantine() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut team, page) = team(&scim);
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let made = Client::new("entra".parse().unwrap(), "Microsoft Entra ID");
    let refused = Refusal {
        kind: Kind::Unauthorized,
        method: "GET".to_owned(),
        resource: Some("User".to_owned()),
        target: None,
        user_name: None,
        attribute: None,
        credential: "entra".parse().unwrap(),
    };
    block_on(async {
        assert!(client::create(&table, &id, &made).await.unwrap());
        refusal::record(&table, &id, &refused, 1).await.unwrap();
    });
    assert!(is_forecast(&team.get(&page)), "it has got no token");
    block_on(async {
        client::mark_used(&table, &id, &made).await.unwrap();
        // A request with the token before, which has ended.
        refusal::record(&table, &id, &refused, 1).await.unwrap();
    });
    team.get(&page).expect(200).shows("Testing");
}
