//! The rows of the table.

/// The spellings of the keywords of RFC 2119, longer ones first.
const KEYWORDS: [&str; 11] = [
    "MUST NOT",
    "MUST",
    "SHALL NOT",
    "SHALL",
    "SHOULD NOT",
    "SHOULD",
    "NOT RECOMMENDED",
    "RECOMMENDED",
    "REQUIRED",
    "OPTIONAL",
    "MAY",
];
const REASONS: [&str; 6] =
    ["Differs: ", "Not offered: ", "Not used: ", "Client: ", "Operator: ", "Definition: "];

/// One requirement of a section.
#[derive(Debug)]
pub(crate) struct Row {
    /// `RFC 7644`.
    pub(crate) rfc: String,
    /// `3.4.2.2`.
    pub(crate) section: String,
    /// The number of keywords that it covers.
    pub(crate) keywords: usize,
    pub(crate) what: String,
    /// The tests and files that cover it.
    pub(crate) names: Vec<String>,
    shown: String,
}

impl Row {
    /// Whether a reason is given, followed by some words.
    pub(crate) fn gives_a_reason(&self) -> bool {
        let reason = REASONS.iter().find_map(|reason| self.shown.split_once(reason));
        reason.is_some_and(|(_, words)| words.split_whitespace().count() >= 3)
    }
}

/// All rows below the headings of specifications and sections.
pub(crate) fn rows() -> Vec<Row> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = std::fs::read_to_string(path).expect("docs/conformance.md");
    let (mut rfc, mut section, mut rows) = (String::new(), String::new(), Vec::new());
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            rfc = heading.split(',').next().unwrap_or_default().to_owned();
        } else if let Some(heading) = line.strip_prefix("### ") {
            section = heading.split(' ').next().unwrap_or_default().to_owned();
        } else if !section.is_empty() && line.starts_with("| ") && !line.starts_with("| |") {
            rows.push(row(&rfc, &section, line));
        }
    }
    rows
}

fn row(rfc: &str, section: &str, line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [keywords, what, shown] = cells.as_slice() else { panic!("three cells: {line}") };
    let quoted = shown.split('`').skip(1).step_by(2);
    let names = quoted.filter(|text| text.contains("::") || text.ends_with(".json"));
    Row {
        rfc: rfc.to_owned(),
        section: section.to_owned(),
        keywords: keywords.split(", ").map(|word| count(word, line)).sum(),
        what: (*what).to_owned(),
        names: names.map(str::to_owned).collect(),
        shown: (*shown).to_owned(),
    }
}

/// `MUST` is one, `MUST ×3` three; `–` none, of a specification whose words are not counted.
fn count(word: &str, line: &str) -> usize {
    if word == "–" {
        return 0;
    }
    let (keyword, times) = word.split_once(" ×").unwrap_or((word, "1"));
    assert!(KEYWORDS.contains(&keyword), "`{keyword}` is no keyword: {line}");
    times.parse().unwrap_or_else(|_| panic!("`{times}` is not a number: {line}"))
}
