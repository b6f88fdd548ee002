//! What measured: the day, processors, kernel and the versions compared, in general terms.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{options::Options, record::quoted};

/// The circumstances of a run.
pub(crate) struct Machine {
    /// The day, as `2026-01-31`, in universal time.
    pub(crate) day: String,
    processors: usize,
    kernel: String,
    versions: Vec<(&'static str, String)>,
}

/// The civil date of a day counted from 1970-01-01.
fn civil(days: u64) -> String {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn version(program: &str) -> String {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    text.lines().next().unwrap_or("").trim_start_matches(['v', 'd', 'x', ' ']).to_owned()
}

impl Machine {
    /// Looks around.
    pub(crate) fn look(options: &Options) -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let mut versions = vec![("dx", version(&options.dx)), ("Bun", version(&options.bun))];
        if let Some(node) = &options.node {
            versions.push(("Node", version(node)));
        }
        if options.dx != Options::release(&options.root) {
            versions[0].1.push_str(" (not the release build)");
        }
        Self {
            day: civil(seconds / 86_400),
            processors: thread::available_parallelism().map_or(1, usize::from),
            kernel: kernel.trim().split('-').next().unwrap_or("").to_owned(),
            versions,
        }
    }

    /// One sentence.
    pub(crate) fn sentence(&self) -> String {
        let versions: Vec<String> =
            self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        format!(
            "{}, Linux {}, {} processors (a shared virtual machine), {}",
            self.day,
            self.kernel,
            self.processors,
            versions.join(", ")
        )
    }

    /// The first line of the kept results.
    pub(crate) fn to_json(&self, options: &Options) -> String {
        format!(
            "{{\"section\":\"about\",\"machine\":{},\"rounds\":{},\"seconds\":{},\
             \"generator\":{}}}",
            quoted(&self.sentence()),
            options.rounds,
            options.seconds,
            quoted(if options.own_generator { "dx loadtest" } else { "wrk" })
        )
    }
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_have_dates() {
        assert_eq!(civil(0), "1970-01-01");
        assert_eq!(civil(19_782), "2024-02-29");
        assert_eq!(civil(20_454), "2026-01-01");
    }
}
