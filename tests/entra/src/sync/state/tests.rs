use super::*;

fn begin(mapping: &str) -> Entry {
    Entry::Begin { url: "u".to_owned(), mapping: mapping.to_owned(), source: "s".to_owned() }
}

fn link(kind: Kind, source: &str, target: &str) -> Entry {
    Entry::Link { kind, source: source.to_owned(), target: target.to_owned() }
}

#[test]
fn what_was_recorded_is_there_after_a_kill_and_after_a_rewrite() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state");
    let store = Store::open(Some(&path), begin("m")).unwrap();
    store.record(link(Kind::User, "a", "1"));
    store.record(link(Kind::Group, "g", "2"));
    let members = vec!["a".to_owned(), "b".to_owned()];
    store.record(Entry::Members { group: "g".to_owned(), members, state: Membership::Maybe });
    let members = vec!["a".to_owned()];
    store.record(Entry::Members { group: "g".to_owned(), members, state: Membership::There });
    store.record(Entry::Active { source: "a".to_owned(), active: false });
    store.record(Entry::Manager { source: "a".to_owned(), manager: Some(UNKNOWN.to_owned()) });
    for _ in 0..2 {
        store.record(Entry::Escrow { kind: Kind::User, source: "a".to_owned(), code: "X".to_owned() });
    }
    let (hash, attributes) = ("h".to_owned(), Some("k".to_owned()));
    store.record(Entry::Seen { kind: Kind::User, source: "a".to_owned(), hash, attributes });
    store.record(Entry::Completed { cycle: 3 });
    let text = |store: &Store| {
        store.with(|state| {
            format!("{:?}", {
                let mut entries: Vec<String> = state.entries().map(|entry| format!("{entry:?}")).collect();
                entries.sort();
                entries
            })
        })
    };
    let before = text(&store);
    // As after a kill: an incomplete line.
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + "{\"do\":\"completed\",\"cyc").unwrap();
    for _ in 0..2 {
        let again = Store::open(Some(&path), begin("m")).unwrap();
        assert_eq!(text(&again), before);
        again.save().unwrap();
    }
}

#[test]
fn the_state_of_another_run_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state");
    drop(Store::open(Some(&path), begin("m")).unwrap());
    let error = Store::open(Some(&path), begin("n")).unwrap_err();
    assert!(error.contains("another run"), "{error}");
}
