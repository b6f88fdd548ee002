//! A server as a process of its own: started on given processors, watched through /proc, killed
//! when dropped. Fails where the program cannot be started or does not listen in time.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

/// Processor time in nanoseconds of each thread, by thread id and name.
pub(crate) type ThreadTimes = BTreeMap<(u32, String), u64>;

/// A port of the loopback interface that was free a moment ago.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A command confined to `processors`, as taskset takes them.
pub(crate) fn pinned(processors: &str, words: &[String]) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(processors).args(words);
    command
}

impl Server {
    /// Starts `words`, with the port in `PORT` and in place of the word `PORT`, and waits until
    /// it listens.
    pub(crate) fn start(
        words: &[String],
        processors: &str,
        environment: &[(&str, &str)],
        patience: Duration,
    ) -> io::Result<Self> {
        let port = free_port()?;
        let text = port.to_string();
        let words: Vec<String> = words
            .iter()
            .map(|word| if word == "PORT" { text.clone() } else { word.clone() })
            .collect();
        let mut command = pinned(processors, &words);
        command.env("PORT", &text).envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn()?;
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], port)) };
        let deadline = Instant::now() + patience;
        while TcpStream::connect(server.address).is_err() {
            if server.child.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(io::Error::other(format!("{} does not listen", words.join(" "))));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// The processor time of its threads so far.
    pub(crate) fn times(&self) -> ThreadTimes {
        let mut times = ThreadTimes::new();
        let folder = format!("/proc/{}/task", self.child.id());
        let Ok(entries) = fs::read_dir(folder) else { return times };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let number = path.file_name().and_then(|name| name.to_str()?.parse().ok());
            let name = fs::read_to_string(path.join("comm")).unwrap_or_default();
            let schedule = fs::read_to_string(path.join("schedstat")).unwrap_or_default();
            let nanoseconds = schedule.split(' ').next().and_then(|first| first.parse().ok());
            if let (Some(number), Some(nanoseconds)) = (number, nanoseconds) {
                times.insert((number, name.trim().to_owned()), nanoseconds);
            }
        }
        times
    }

    /// A figure of its memory in KiB: `VmRSS` (now) or `VmHWM` (the peak).
    pub(crate) fn memory_kib(&self, field: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        status_field(&status, field)
    }

    /// Lets the peak start again from what is used now.
    pub(crate) fn reset_peak(&self) {
        // Best effort: without it, the peak is the one since the start.
        let _ = fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    /// Asks it to end, by SIGTERM, and waits until it has, for at most 20 s.
    pub(crate) fn terminate(mut self) -> io::Result<()> {
        let command = format!("kill -TERM {}", self.child.id());
        Command::new("sh").args(["-c", &command]).status()?;
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err(io::Error::other("the server does not end on SIGTERM"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn status_field(status: &str, field: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor time between two readings, by thread name, in nanoseconds.
pub(crate) fn spent(before: &ThreadTimes, after: &ThreadTimes) -> BTreeMap<String, u64> {
    let mut spent = BTreeMap::new();
    for (thread, time) in after {
        let earlier = before.get(thread).copied().unwrap_or(0);
        *spent.entry(thread.1.clone()).or_insert(0) += time.saturating_sub(earlier);
    }
    spent
}

#[cfg(test)]
mod tests {
    use super::{ThreadTimes, spent, status_field};

    #[test]
    fn memory_is_read_from_the_status() {
        let status = "VmPeak:\t  900 kB\nVmHWM:\t  1234 kB\nVmRSS:\t  1000 kB\n";
        assert_eq!(status_field(status, "VmHWM"), Some(1234.0));
        assert_eq!(status_field(status, "VmSwap"), None);
    }

    #[test]
    fn times_are_summed_by_name() {
        let before = ThreadTimes::from([((1, "a".to_owned()), 5), ((2, "b".to_owned()), 7)]);
        let after = ThreadTimes::from([
            ((1, "a".to_owned()), 15),
            ((2, "b".to_owned()), 8),
            ((3, "b".to_owned()), 2),
        ]);
        let spent = spent(&before, &after);
        assert_eq!((spent["a"], spent["b"]), (10, 3));
    }
}
