//! `rollcall directory export`

use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use super::api::{Api, escaped};
use super::directory::at;
use super::{Out, ToolError};

/// Writes the lines as they come; nothing is kept in memory but one answer.
pub(super) async fn run(api: &Api, out: &Out, id: &str, file: Option<&Path>) -> Result<(), ToolError> {
    let name = file.map_or("stdout".to_owned(), |file| file.display().to_string());
    let failed = |source| ToolError::File { path: name.clone(), source };
    let mut to: Box<dyn Write> = match file {
        Some(file) => Box::new(BufWriter::new(create(file).map_err(failed)?)),
        None => Box::new(stdout()),
    };
    let (mut after, mut count) = (None::<String>, 0);
    loop {
        let place = after.map(|after| format!("?after={}", escaped(&after))).unwrap_or_default();
        let (lines, next) = api.lines(&format!("{}/export{place}", at(id))).await?;
        count += lines.lines().count();
        to.write_all(lines.as_bytes()).map_err(failed)?;
        after = next;
        if after.is_none() {
            break;
        }
    }
    to.flush().map_err(failed)?;
    if file.is_some() {
        out.note(&format!("{count} lines in {name}"));
    }
    Ok(())
}

/// For this user alone: people's data will be in it.
fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
