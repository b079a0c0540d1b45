//! Everything that the function `console` does with the table.

use directory::registry::change::{self, DirectoryChange};
use directory::registry::state::State;
use scim::profile::STANDARD;
use tests::browser::Browser;
use tests::functions::KEY;
use tests::runtime::block_on;

use super::Deployed;

/// The team makes set-up links, and a customer's administrator uses one.
pub(super) fn all(deployed: &Deployed) {
    let scim = deployed.directory(STANDARD);
    let change = DirectoryChange { state: Some(State::Disabled), ..DirectoryChange::default() };
    block_on(change::change(&deployed.table, &scim.directory(), &change)).unwrap();
    let own = format!("/console/directories/{}", scim.directory());
    let (mut team, mut customer) = (Browser::new(&scim), Browser::new(&scim));
    team.post("/console/sign-in", &[("key", "wrong")]).expect(403);
    team.sign_in(KEY);
    team.get("/console/directories").expect(200);
    let form = team.get(&own).expect(200).field("form");
    let links = format!("{own}/setup-links");
    let link = team.post(&links, &[("form", &form)]).expect(200).value("link");
    team.post(&links, &[("form", &form)]).expect(200);
    let link = link.strip_prefix(&team.origin).unwrap();
    customer.get(link).expect(410);
    let link = team.post(&links, &[("form", &form)]).expect(200).value("link");
    let link = link.strip_prefix(&team.origin).unwrap();
    customer.get(link).expect(200);
    customer.post(link, &[]).expect(303);
    let setup = format!("{own}/setup");
    let page = customer.get(&setup);
    let form = page.expect(200).field("form");
    let mut fields = vec![("form", &*form)];
    let conditions: Vec<String> = page
        .text
        .split(r#"name="condition" value=""#)
        .skip(1)
        .map(|rest| rest.split_once('"').unwrap().0.to_owned())
        .collect();
    fields.extend(conditions.iter().map(|condition| ("condition", &**condition)));
    customer.post(&format!("{setup}/enable"), &fields).expect(303);
    let id = customer.get(&setup).expect(200).field("id");
    customer.post(&format!("{setup}/credentials"), &[("form", &form), ("id", &id)]).expect(200);
    customer.get(&format!("{own}/log")).expect(200);
    customer.post(&format!("{setup}/finish"), &[("form", &form)]).expect(200);
    let form = team.get(&own).expect(200).field("form");
    team.post("/console/sign-out", &[("form", &form)]).expect(303);
}
