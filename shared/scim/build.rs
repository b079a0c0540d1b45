//! Embeds the files of `profiles` in the crate.

use std::fmt::Write;
use std::io::{Error, Result};
use std::path::Path;
use std::{env, fs};

fn main() -> Result<()> {
    let variable = |name: &str| env::var(name).map_err(Error::other);
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("profiles");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    let mut code = "const FILES: &[(&str, &str)] = &[\n".to_owned();
    for path in &files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        writeln!(code, "    ({name:?}, include_str!({:?})),", path.display().to_string())
            .map_err(Error::other)?;
    }
    code.push_str("];\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join("profiles.rs"), code)?;
    // Cargo reads instructions from standard output.
    #[allow(clippy::print_stdout, reason = "a build script prints instructions for Cargo")]
    {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    Ok(())
}
