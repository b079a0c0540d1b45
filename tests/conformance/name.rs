//! Resolves a name in the table.

use std::path::{Path, PathBuf};

/// Finds the test or file `name`, or reports what is missing.
pub(crate) fn find(name: &str) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if name.ends_with(".json") {
        let file = here.join("corpus").join(name);
        return if file.is_file() { Ok(()) } else { Err("there is no such file".to_owned()) };
    }
    let (module, test) = name.rsplit_once("::").ok_or("it has no test")?;
    let file: PathBuf = if module.ends_with(".rs") {
        here.join("..").join(module)
    } else {
        here.join(module.replace("::", "/")).with_extension("rs")
    };
    let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let starts = |line: &&str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(test))
            .is_some_and(|rest| rest.starts_with('('))
    };
    let at = lines.iter().position(starts).ok_or("there is no such test")?;
    let attributes =
        lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    let mut attributes = attributes.filter(|line| line.starts_with("#["));
    if attributes.any(|line| line.contains("test]") || line.contains("test(")) {
        return Ok(());
    }
    Err("it is a function, but no test".to_owned())
}
