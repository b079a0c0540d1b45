//! Compares bound filters with a small model.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::super::compile::compile;

#[derive(Debug, Clone)]
struct Person {
    user_name: &'static str,
    external_id: Option<&'static str>,
    active: Option<bool>,
    /// Hours since 1 March 2026.
    created: u8,
    emails: Vec<(Option<&'static str>, Option<&'static str>)>,
}

impl Person {
    fn json(&self) -> Value {
        let emails = self.emails.iter().map(|(kind, value)| json!({"type": kind, "value": value}));
        json!({
            "userName": self.user_name,
            "externalId": self.external_id,
            "active": self.active,
            "emails": emails.collect::<Vec<_>>(),
            "meta": {"created": format!("2026-03-01T{:02}:00:00Z", self.created)},
        })
    }
}

/// A filter, as text for the engine and as data for the model.
#[derive(Debug, Clone)]
enum Question {
    UserName(&'static str, &'static str),
    ExternalId(&'static str, &'static str),
    Active(&'static str, bool),
    Created(&'static str, u8, u8),
    Email(&'static str, &'static str),
    Work(&'static str, &'static str, &'static str),
    HasExternalId,
    HasEmail,
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
    Not(Box<Self>),
}

impl Question {
    fn text(&self) -> String {
        match self {
            Self::UserName(op, value) => format!("userName {op} \"{value}\""),
            Self::ExternalId(op, value) => format!("externalId {op} \"{value}\""),
            Self::Active(op, value) => format!("active {op} {value}"),
            Self::Created(op, hour, offset) => {
                format!("meta.created {op} \"2026-03-01T{:02}:00:00+{offset:02}:00\"", hour + offset)
            }
            Self::Email(op, value) => format!("emails {op} \"{value}\""),
            Self::Work(kind, op, value) => format!("emails[type eq \"{kind}\"].value {op} \"{value}\""),
            Self::HasExternalId => "externalId pr".to_owned(),
            Self::HasEmail => "emails pr".to_owned(),
            Self::Both(a, b) => format!("({}) and ({})", a.text(), b.text()),
            Self::Either(a, b) => format!("({}) or ({})", a.text(), b.text()),
            Self::Not(a) => format!("not ({})", a.text()),
        }
    }

    fn holds(&self, person: &Person) -> bool {
        match self {
            Self::UserName(op, value) => text(op, Some(person.user_name), value, false),
            Self::ExternalId(op, value) => text(op, person.external_id, value, true),
            Self::Active("ne", value) => person.active != Some(*value),
            Self::Active(_, value) => person.active == Some(*value),
            Self::Created(op, hour, _) => order(op, &person.created, hour),
            Self::Email("ne", value) => {
                let mut values = person.emails.iter().filter_map(|(_, e)| *e).peekable();
                values.peek().is_none() || values.any(|e| text("ne", Some(e), value, false))
            }
            Self::Email(op, value) => person.emails.iter().any(|(_, e)| text(op, *e, value, false)),
            Self::Work(kind, op, value) => {
                let mut of_kind = person.emails.iter().filter(|(k, _)| text("eq", *k, kind, false));
                of_kind.any(|(_, e)| text(op, *e, value, false))
            }
            Self::HasExternalId => person.external_id.is_some(),
            Self::HasEmail => person.emails.iter().any(|(k, e)| k.is_some() || e.is_some()),
            Self::Both(a, b) => a.holds(person) && b.holds(person),
            Self::Either(a, b) => a.holds(person) || b.holds(person),
            Self::Not(a) => !a.holds(person),
        }
    }
}

fn text(op: &str, have: Option<&str>, want: &str, exact: bool) -> bool {
    let read = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
    let (Some(have), want) = (have.map(read), read(want)) else { return op == "ne" };
    match op {
        "co" => have.contains(&want),
        "sw" => have.starts_with(&want),
        "ew" => have.ends_with(&want),
        op => order(op, &have, &want),
    }
}

fn order<T: PartialOrd>(op: &str, have: &T, want: &T) -> bool {
    match op {
        "eq" => have == want,
        "ne" => have != want,
        "gt" => have > want,
        "ge" => have >= want,
        "lt" => have < want,
        _ => have <= want,
    }
}

const WORDS: [&str; 6] = ["a", "A", "ab", "bA", "b c", "ä"];
const ORDER: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];

fn word() -> impl Strategy<Value = &'static str> {
    select(&WORDS)
}

fn op() -> impl Strategy<Value = &'static str> {
    prop_oneof![select(&ORDER), select(&["co", "sw", "ew"])]
}

fn person() -> impl Strategy<Value = Person> {
    let email = (prop::option::of(word()), prop::option::of(word()));
    (
        word(),
        prop::option::of(word()),
        prop::option::of(any::<bool>()),
        0..4_u8,
        prop::collection::vec(email, 0..3),
    )
        .prop_map(|(user_name, external_id, active, created, emails)| Person {
            user_name,
            external_id,
            active,
            created,
            emails,
        })
}

fn question() -> impl Strategy<Value = Question> {
    let leaf = prop_oneof![
        (op(), word()).prop_map(|(op, word)| Question::UserName(op, word)),
        (op(), word()).prop_map(|(op, word)| Question::ExternalId(op, word)),
        (select(&["eq", "ne"]), any::<bool>()).prop_map(|(op, value)| Question::Active(op, value)),
        (select(&ORDER), 0..4_u8, 0..4_u8).prop_map(|(op, hour, offset)| Question::Created(op, hour, offset)),
        (op(), word()).prop_map(|(op, word)| Question::Email(op, word)),
        (word(), op(), word()).prop_map(|(kind, op, word)| Question::Work(kind, op, word)),
        Just(Question::HasExternalId),
        Just(Question::HasEmail),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let pair = (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        prop_oneof![
            pair.clone().prop_map(|(a, b)| Question::Both(a, b)),
            pair.prop_map(|(a, b)| Question::Either(a, b)),
            inner.prop_map(|a| Question::Not(Box::new(a))),
        ]
    })
}

#[track_caller]
fn answer(filter: &str, person: &Person) -> bool {
    let bound = compile(filter, &super::USER).unwrap();
    bound.matches(person.json().as_object().unwrap())
}

proptest! {
    #![proptest_config(super::cases(1000))]

    #[test]
    fn every_answer_is_the_models(question in question(), person in person()) {
        prop_assert_eq!(answer(&question.text(), &person), question.holds(&person), "{}", question.text());
    }

    #[test]
    fn de_morgan_and_double_negation(a in question(), b in question(), person in person()) {
        let (a, b) = (format!("({})", a.text()), format!("({})", b.text()));
        prop_assert_eq!(
            answer(&format!("not ({a} and {b})"), &person),
            answer(&format!("not ({a}) or not ({b})"), &person)
        );
        prop_assert_eq!(answer(&format!("not (not ({a}))"), &person), answer(&a, &person));
    }

    #[test]
    fn what_is_displayed_means_the_same(question in question(), person in person()) {
        let displayed = super::super::parse::parse(&question.text()).unwrap().to_string();
        prop_assert_eq!(answer(&displayed, &person), question.holds(&person), "{}", displayed);
    }
}
