//! Profiles of our own, beside those that come with Rollcall: what a team may write.

/// Name and content of each file.
pub const OWN: [(&str, &str); 3] = [
    ("acme.json", include_str!("../corpus/profiles/acme.json")),
    ("titles.json", include_str!("../corpus/profiles/titles.json")),
    ("unique-titles.json", include_str!("../corpus/profiles/unique-titles.json")),
];
