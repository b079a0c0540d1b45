//! Every conversation of the corpus, with the functions.

use scim::profile::{Profiles, STANDARD};
use tests::corpus::{files, read};
use tests::endpoint::Endpoint;
use tests::exchange::Exchange;

use crate::deployed::Deployed;

#[test]
fn every_conversation_of_the_corpus_goes_as_it_should() {
    let Some(deployed) = Deployed::shared() else { return };
    let (mut failures, profiles) = (Vec::new(), Profiles::built_in());
    for (file, path) in files("exchanges") {
        let exchange: Exchange = read(&path);
        let profile = exchange.profile.as_deref().unwrap_or(STANDARD);
        // The functions are built without the test profiles.
        if profiles.get(profile).is_err() {
            continue;
        }
        let directory = Endpoint::empty_directory_of(profile).unwrap();
        let scim = deployed.scim.with_token(directory.token());
        failures.extend(exchange.run(&scim).err().map(|why| format!("{file}: {why}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
