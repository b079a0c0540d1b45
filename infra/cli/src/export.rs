//! `rollcall directory export`

use std::fs::File;
use std::io::{self, BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::api::{Api, at, escaped};
use crate::error::ToolError;
use crate::out::Out;

/// Writes the lines as they arrive; only one response is in memory at a time.
pub(crate) async fn run(api: &Api, out: &Out, id: &str, file: Option<&Path>) -> Result<(), ToolError> {
    let name = file.map_or("stdout".to_owned(), |file| file.display().to_string());
    let failed = |source| ToolError::File { path: name.clone(), source };
    let mut to = To::open(file).map_err(failed)?;
    let (mut after, mut count) = (None::<String>, 0);
    loop {
        let place = after.map(|after| format!("?after={}", escaped(&after))).unwrap_or_default();
        let (lines, next) = api.lines(&format!("{}/export{place}", at(id))).await?;
        count += lines.lines().count();
        to.write(lines.as_bytes()).map_err(failed)?;
        after = next;
        if after.is_none() {
            break;
        }
    }
    to.finish().map_err(failed)?;
    if file.is_some() {
        out.note(&format!("{count} lines in {name}"));
    }
    Ok(())
}

/// Where the lines go.
enum To {
    /// To stdout, or to something that exists and is not a file, such as a pipe.
    Stream(Box<dyn Write>),
    /// To a temporary file in the same folder, which replaces the target when it is complete: an
    /// export that fails does not change the last one.
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl To {
    fn open(file: Option<&Path>) -> io::Result<Self> {
        let Some(file) = file else { return Ok(Self::Stream(Box::new(stdout()))) };
        // Where a link leads.
        let path = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            return Ok(Self::Stream(Box::new(File::options().write(true).open(path)?)));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // For this user alone: people's data will be in it.
        let temporary =
            tempfile::Builder::new().prefix(".rollcall-").tempfile_in(folder.unwrap_or(Path::new(".")));
        Ok(Self::File(BufWriter::new(temporary?), path))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stream(to) => to.write_all(bytes),
            Self::File(to, _) => to.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Stream(mut to) => to.flush(),
            Self::File(to, path) => {
                let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(path).map(drop).map_err(|failed| failed.error)
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_last_export_stays_until_the_next_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all.jsonl");
        fs::write(&file, "last").unwrap();
        let begun = |text: &str| {
            let mut to = To::open(Some(&file)).unwrap();
            to.write(text.as_bytes()).unwrap();
            to
        };
        let there = || (fs::read_to_string(&file).unwrap(), fs::read_dir(folder.path()).unwrap().count());
        drop(begun("cut"));
        assert_eq!(there(), ("last".to_owned(), 1), "and no temporary file is left");
        begun("next").finish().unwrap();
        assert_eq!(there(), ("next".to_owned(), 1));
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt, symlink};
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            let link = folder.path().join("link");
            symlink(&file, &link).unwrap();
            let mut to = To::open(Some(&link)).unwrap();
            to.write(b"by a link").unwrap();
            to.finish().unwrap();
            assert_eq!(there(), ("by a link".to_owned(), 2));
            assert!(matches!(To::open(Some(Path::new("/dev/null"))).unwrap(), To::Stream(_)));
        }
    }
}
