//! Every built-in mapping, in both dialects, at every concurrency: no differences afterwards.

use entra::sync::Options;
use entra::wire::Dialect;

use crate::local::{directory, good, options, sync};

fn matrix(profile: &str, widths: &[usize]) {
    for dialect in [Dialect::Default, Dialect::Flag] {
        for &concurrency in widths {
            let endpoint = directory(profile);
            let options = Options {
                dialect: Some(dialect),
                concurrency,
                members: if concurrency == 5 { 1 } else { 20 },
                ..options(&endpoint, profile)
            };
            let report = sync(options);
            good(&report);
            assert_eq!(report.cycles.len(), 4, "nothing had to be retried");
            let sum = |what| report.cycles.iter().map(|cycle| cycle.count(what)).sum::<u64>();
            for what in ["created", "updated", "disabled", "restored", "deleted"] {
                assert!(sum(what) > 0, "{what} never happened");
            }
            if matches!(profile, "workgrid" | "clarizen-one" | "standard") {
                for what in ["managers", "members added", "members removed"] {
                    assert!(sum(what) > 0, "{what} never happened");
                }
            }
        }
    }
}

#[test]
fn kintone() {
    matrix("kintone", &[1, 5, 25]);
}

#[test]
fn chatwork() {
    matrix("chatwork", &[1, 5, 25]);
}

#[test]
fn workgrid() {
    matrix("workgrid", &[1, 5, 25]);
}

#[test]
fn clarizen_one() {
    matrix("clarizen-one", &[1, 5, 25]);
}

#[test]
fn standard() {
    matrix("standard", &[5]);
}

#[test]
fn the_flag_in_the_tenant_url_chooses_the_dialect() {
    let mut endpoint = directory("standard");
    endpoint.url += "/?aadOptscim062020";
    good(&sync(Options { cycles: 1, ..options(&endpoint, "standard") }));
}
