//! Test profiles, in addition to the built-in ones: examples of what a team may write.

/// Name and content of each file.
pub const OWN: [(&str, &str); 6] = [
    ("acme.json", include_str!("../corpus/profiles/acme.json")),
    ("devices.json", include_str!("../corpus/profiles/devices.json")),
    ("phones.json", include_str!("../corpus/profiles/phones.json")),
    ("strict.json", include_str!("../corpus/profiles/strict.json")),
    ("titles.json", include_str!("../corpus/profiles/titles.json")),
    ("unique-titles.json", include_str!("../corpus/profiles/unique-titles.json")),
];
