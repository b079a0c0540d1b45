//! The journal file.

use std::fs::{File, OpenOptions, rename};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Entry;

/// An open journal.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    begin: Entry,
    file: File,
    error: Option<String>,
}

impl Journal {
    /// Opens the file and replays it; creates it if it does not exist.
    pub(super) fn open(path: &Path, begin: Entry, mut replay: impl FnMut(Entry)) -> Result<Self, String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.to_string()),
        };
        let ours = line(&begin);
        // After the last line break comes nothing, or a torn line.
        let whole = text.rfind('\n').and_then(|end| text.get(..=end)).unwrap_or_default();
        for (at, read) in whole.lines().enumerate() {
            if at == 0 && format!("{read}\n") != ours {
                return Err(format!(
                    "it belongs to another run: it begins with {read}, and this one with {}; name another file, \
                     or remove this one",
                    ours.trim_end()
                ));
            }
            replay(serde_json::from_str(read).map_err(|error| format!("line {}: {error}", at + 1))?);
        }
        let mut file =
            OpenOptions::new().create(true).append(true).open(path).map_err(|error| error.to_string())?;
        // Nothing may be appended to a torn line.
        file.set_len(whole.len() as u64).map_err(|error| error.to_string())?;
        if whole.is_empty() {
            file.write_all(ours.as_bytes()).map_err(|error| error.to_string())?;
        }
        Ok(Self { path: path.to_owned(), begin, file, error: None })
    }

    /// Writes one entry to the operating system: it survives the end of this process.
    pub(super) fn append(&mut self, entry: &Entry) {
        if let Err(error) = self.file.write_all(line(entry).as_bytes()) {
            self.error.get_or_insert_with(|| error.to_string());
        }
    }

    /// Replaces the file by these entries, synced to disk before it gets the name.
    pub(super) fn rewrite(&mut self, entries: impl Iterator<Item = Entry>) -> Result<(), String> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let new = PathBuf::from(name);
        let write = || -> std::io::Result<File> {
            let mut out = BufWriter::new(File::create(&new)?);
            out.write_all(line(&self.begin).as_bytes())?;
            for entry in entries {
                out.write_all(line(&entry).as_bytes())?;
            }
            let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            rename(&new, &self.path)?;
            OpenOptions::new().append(true).open(&self.path)
        };
        self.file = write().map_err(|error| error.to_string())?;
        Ok(())
    }
}

fn line(entry: &Entry) -> String {
    serde_json::to_string(entry).unwrap_or_default() + "\n"
}
