//! Users from a CSV file: its header names attributes by their paths.

use std::io::Read;

use serde_json::{Map, Value};

/// Reads the lines after the header as objects of attributes by their paths, each with the
/// number of its line in the file.
///
/// # Errors
/// A message with the line, if the text is not valid CSV or has no usable header.
pub(crate) fn users(mut file: impl Read) -> Result<Vec<(u64, String)>, String> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let mut reader = ::csv::ReaderBuilder::new().flexible(false).from_reader(&*bytes);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let paths: Vec<String> =
        header.iter().map(|path| path.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    if paths.iter().any(String::is_empty) {
        return Err(
            "the header has a column without a name: each names an attribute, such as `userName`".to_owned()
        );
    }
    if let Some(twice) = paths
        .iter()
        .enumerate()
        .find(|(at, path)| paths.iter().take(*at).any(|p| p.eq_ignore_ascii_case(path)))
    {
        return Err(format!("the header names `{}` twice", twice.1));
    }
    let mut users = Vec::new();
    let mut lines = Lines { bytes: &bytes, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let begins = record.position().map_or(0, ::csv::Position::byte);
        let line = lines.of(usize::try_from(begins).unwrap_or(usize::MAX));
        let given = paths.iter().zip(record.iter()).filter(|(_, value)| !value.is_empty());
        let user: Map<String, Value> =
            given.map(|(path, value)| (path.clone(), Value::from(value))).collect();
        users.push((line, Value::Object(user).to_string()));
    }
    Ok(users)
}

/// Line numbers, counted while reading. The reader's own are one too low after `\r\n`.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of what begins at `byte`, after the ends of the previous lines.
    fn of(&mut self, byte: usize) -> u64 {
        while let Some(next) = self.bytes.get(self.at) {
            let ends = matches!(next, b'\r' | b'\n');
            if self.at >= byte && !ends {
                break;
            }
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_object_by_paths() {
        let file = "\u{feff}userName, emails[type eq \"work\"].value,title\r\nana,ana@ex.io,\r\n\"b,o\",,\"x\ny\"\nc,,\n";
        let users = users(
            file.replace(" emails[type eq \"work\"].value", "\"emails[type eq \"\"work\"\"].value\"")
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(
            users[0],
            (2, r#"{"userName":"ana","emails[type eq \"work\"].value":"ana@ex.io"}"#.to_owned())
        );
        assert_eq!(users[1], (3, r#"{"userName":"b,o","title":"x\ny"}"#.to_owned()));
        assert_eq!(users[2].0, 5);
    }

    #[test]
    fn what_is_no_table_of_users_is_refused() {
        assert!(users("a,A\n1,2\n".as_bytes()).unwrap_err().contains("twice"));
        assert!(users("a,\n1,2\n".as_bytes()).unwrap_err().contains("without a name"));
        assert!(users("a,b\n1\n".as_bytes()).unwrap_err().contains("line"));
    }
}
