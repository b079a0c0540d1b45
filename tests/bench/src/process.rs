//! The resources that a process uses, from `/proc`.

use std::time::Duration;

/// `VmRSS` or `VmHWM` of a process in MiB, where the system reports it.
pub(crate) fn mebibytes(pid: u32, field: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}

/// Resets `VmHWM`, the peak, to what is resident now.
pub(crate) fn forget_peak(pid: u32) {
    // Where the system does not support it, the peak is that of the whole run: the check is
    // stricter.
    let _ = std::fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

/// Waits until a process is almost idle, so that earlier work is done; `patience` seconds at most.
pub(crate) async fn quiet(pid: u32, patience: u64) {
    for _ in 0..patience {
        let before = ticks(pid);
        tokio::time::sleep(Duration::from_secs(1)).await;
        // A tick is 10 ms: this is the work of a twentieth of a second.
        if let (Some(before), Some(after)) = (before, ticks(pid))
            && after.saturating_sub(before) > 5
        {
            continue;
        }
        return;
    }
}

/// CPU ticks, of 10 ms each, that it has used.
pub(crate) fn ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    // After the name come the fields from the third on; these are the 14th and the 15th.
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}
