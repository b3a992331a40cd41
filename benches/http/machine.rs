//! What the figures were measured on.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::figures::{Figures, percentile};

const SYNCS: usize = 400;

/// Notes machine, commit, and how long the disk takes to keep a page.
pub fn note(figures: &mut Figures, folder: &Path) -> Result<(), String> {
    figures.set("machine", machine());
    figures.set("commit", commit());
    let taken_us = fdatasync(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    figures.set("fdatasync_p50_us", percentile(&taken_us, 50));
    figures.set("fdatasync_p99_us", percentile(&taken_us, 99));
    Ok(())
}

/// Appends pages to a file in `folder` and has each of them kept; how long each took, in order of length.
fn fdatasync(folder: &Path) -> std::io::Result<Vec<u32>> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let mut taken_us = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begin = Instant::now();
        file.write_all(&[0; 8192])?;
        file.sync_data()?;
        taken_us.push(u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    std::fs::remove_file(&path)?;
    taken_us.sort_unstable();
    Ok(taken_us)
}

fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZeroUsize::get);
    format!("{}, {cores} cores", model.unwrap_or("unknown processor"))
}

fn commit() -> String {
    let asked = Command::new("git").args(["rev-parse", "HEAD"]).output().ok();
    let told =
        asked.filter(|asked| asked.status.success()).map(|asked| String::from_utf8_lossy(&asked.stdout).into_owned());
    told.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
