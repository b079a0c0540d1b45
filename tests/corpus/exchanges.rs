//! Recorded conversations: `exchanges/**.json` and `clients/**.json`.

use std::path::PathBuf;

use libtest_mimic::{Failed, Trial};
use tests::corpus::{files, read};
use tests::endpoint::Endpoint;
use tests::exchange::Exchange;

/// One test for each conversation in `folder` and each profile that it runs with.
pub(crate) fn trials(folder: &str) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, path) in files(folder) {
        let own = read::<Exchange>(&path).profile;
        for profile in profiles(own, &format!("{folder}/{name}")) {
            let (path, title) = (path.clone(), format!("{folder}/{name}, {profile}"));
            trials.push(Trial::test(title, move || run(path, &profile)));
        }
    }
    trials
}

/// The profile that the conversation names; otherwise `standard`, and the profile for this client.
fn profiles(own: Option<String>, name: &str) -> Vec<String> {
    let client = name.split('/').nth(1).unwrap_or_default();
    let made_for_it = match client {
        _ if own.is_some() => None,
        "entra" | "entra-flag" => Some("entra-gallery"),
        "okta" => Some("okta"),
        _ => None,
    };
    let first = own.unwrap_or_else(|| "standard".to_owned());
    std::iter::once(first).chain(made_for_it.map(str::to_owned)).collect()
}

/// Runs one conversation.
fn run(path: PathBuf, profile: &str) -> Result<(), Failed> {
    let exchange: Exchange = read(&path);
    let endpoint =
        if exchange.empty { Endpoint::empty_directory_of(profile) } else { Endpoint::of_profile(profile) };
    match endpoint {
        Some(endpoint) => Ok(exchange.run(&endpoint)?),
        None => Ok(()),
    }
}
