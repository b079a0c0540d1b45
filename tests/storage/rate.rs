//! A directory's own rate: requests over it get 429 with `Retry-After`, and nothing else is affected.

use scim::profile::STANDARD;
use serde_json::json;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::runtime::{at_once, within};

/// A directory with this rate, in requests per second.
fn limited(rate: u32) -> Option<Endpoint> {
    let stack = Endpoint::shared().stack()?;
    let mut directory = directories::record(&stack.profiles().get(STANDARD).unwrap());
    directory.settings.insert("requestsPerSecond".to_owned(), json!(rate));
    Some(Endpoint::shared().with_token(&directories::put(&stack.table(), &directory)))
}

#[test]
fn over_its_rate_a_directory_has_to_wait() {
    let Some(scim) = limited(3) else { return };
    let asked = (0..60).map(|_| {
        let scim = scim.clone();
        async move { scim.get("/Users?count=0").exchange().await }
    });
    let answers = at_once(8, asked);
    let admitted = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(admitted >= 3, "{admitted}");
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert!(!refused.is_empty());
    for answer in refused {
        answer.well_formed();
        answer.error(429, "");
        assert_eq!(answer.header("retry-after"), Some("1"), "{answer}");
    }
    for _ in 0..20 {
        scim.get("/ServiceProviderConfig").send().expect(200);
    }
    assert!(within(10, || scim.get("/Users?count=0").send().status == 200), "it is not forgiven");
}

#[test]
fn a_rate_of_zero_means_no_limit() {
    let Some(scim) = limited(0) else { return };
    let asked = (0..60).map(|_| {
        let scim = scim.clone();
        async move { scim.get("/Users?count=0").exchange().await.status }
    });
    assert!(at_once(8, asked).iter().all(|status| *status == 200));
}
