//! Snapshot, then follow: a consumer that begins while the directory changes.

use std::sync::atomic::{AtomicUsize, Ordering};

use scim::profile::STANDARD;
use serde_json::json;
use tests::endpoint::Endpoint;
use tests::mirror::Mirror;

use crate::events::{churn, describes};

#[test]
fn a_snapshot_and_the_log_after_it_are_the_directory() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let stack = scim.stack().unwrap();
    let (table, directory) = (stack.table(), scim.directory());
    let profile = stack.profiles().get(STANDARD).unwrap();
    let writing = AtomicUsize::new(4);
    let mut rng = fastrand::Rng::with_seed(7);
    let mut mirrors = Vec::new();
    std::thread::scope(|scope| {
        for seed in 10..14 {
            scope.spawn({
                let (scim, writing) = (&scim, &writing);
                move || {
                    churn(scim, seed);
                    writing.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
        while writing.load(Ordering::SeqCst) > 0 {
            let limit = *rng.choice(&[1, 3, 20, 1000]).unwrap();
            mirrors.push((limit, Mirror::snapshot(&table, &directory, &profile, limit)));
        }
    });
    assert!(mirrors.len() >= 3, "{} snapshots", mirrors.len());
    describes(&scim);
    mirrors.push((1000, Mirror::snapshot(&table, &directory, &profile, 1000)));
    let expected = tests::replay::Replay::expected(&scim);
    let last = mirrors.len() - 1;
    for (number, (limit, mut mirror)) in mirrors.into_iter().enumerate() {
        if number == last {
            assert_eq!(mirror.differences(&expected), [""; 0], "nothing changes any more");
        }
        mirror.follow(&table, &directory);
        assert_eq!(mirror.differences(&expected), [""; 0], "snapshot {number}, pages of {limit}");
    }
}

#[test]
fn a_list_of_many_members_is_read_in_several_events() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let stack = scim.stack().unwrap();
    let members: Vec<String> = (0..250).map(|n| format!("m{n:03}")).collect();
    scim.create_group("a", &members);
    scim.create_group("b", &members[..1]);
    scim.create_group("c", &[]);
    scim.create_user("ann", &json!({}));
    let expected = describes(&scim);
    let profile = stack.profiles().get(STANDARD).unwrap();
    for limit in [1, 2, 100] {
        let mirror = Mirror::snapshot(&stack.table(), &scim.directory(), &profile, limit);
        assert_eq!(mirror.differences(&expected), [""; 0], "pages of {limit}");
    }
}
