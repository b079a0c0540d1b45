//! Users from a CSV file: its header names attributes by their paths.

use std::io::Read;

use serde_json::{Map, Value};

/// Reads the lines behind the header as objects of attributes by their paths, each with the
/// number of its line in the file.
///
/// # Errors
/// In words, with the line, when it is no CSV or has no usable header.
pub(super) fn users(file: impl Read) -> Result<Vec<(u64, String)>, String> {
    let mut reader = ::csv::ReaderBuilder::new().flexible(false).from_reader(file);
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
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, ::csv::Position::line);
        let given = paths.iter().zip(record.iter()).filter(|(_, value)| !value.is_empty());
        let user: Map<String, Value> =
            given.map(|(path, value)| (path.clone(), Value::from(value))).collect();
        users.push((line, Value::Object(user).to_string()));
    }
    Ok(users)
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
