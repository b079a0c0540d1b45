//! Every conversation of the corpus, with the functions.

use tests::corpus::{files, read};
use tests::exchange::Exchange;

use crate::deployed::Deployed;

#[test]
fn every_conversation_of_the_corpus_goes_as_it_should() {
    let Some(deployed) = Deployed::shared() else { return };
    let mut failures = Vec::new();
    for (file, path) in files("exchanges") {
        let exchange: Exchange = read(&path);
        failures.extend(exchange.run(&deployed.scim).err().map(|why| format!("{file}: {why}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
