//! Which shards there are, what each does, and which processor it has for itself.

use std::{fmt, num::NonZeroUsize, str::FromStr};

use rustix::thread::{self, CpuSet as RawCpuSet};

/// How a program is spread over threads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topology {
    /// One shard does everything.
    Inline,
    /// One shard runs JavaScript, others do its network I/O: one isolate on many processors.
    Split {
        /// Shards besides the JavaScript one, at least 1.
        io_shards: usize,
    },
    /// Every shard has its own isolate, listeners and module state.
    Replicated {
        /// Shards, at least 1.
        shards: usize,
    },
}

/// What a shard is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShardRole {
    /// JavaScript and its network I/O.
    Everything,
    /// JavaScript; its network I/O is done by other shards.
    JavaScript,
    /// Network I/O for the JavaScript shard.
    Io,
}

/// `--topology`: which kind, its size being given by [`Threads`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TopologyKind {
    /// See [`Topology::Inline`].
    Inline,
    /// See [`Topology::Split`].
    Split,
    /// See [`Topology::Replicated`].
    Replicated,
}

/// `--threads`: how many shards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Threads {
    /// One for each processor the process may use.
    Auto,
    /// This many.
    Exactly(NonZeroUsize),
}

/// A `--threads` or `--topology` that makes no sense.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TopologyError {
    /// Not `auto` nor a whole number from 1 to [`SHARDS_MAX`].
    Threads(String),
    /// Not `inline`, `split` nor `replicated`.
    Kind(String),
    /// The kind does not fit the number of threads.
    Mismatch(&'static str),
}

/// The most shards a set has: each pair of them has its rings.
pub const SHARDS_MAX: usize = 256;

impl fmt::Display for TopologyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads(text) => {
                write!(formatter, "--threads takes 'auto' or 1 to {SHARDS_MAX}, not '{text}'")
            }
            Self::Kind(text) => {
                write!(formatter, "--topology is inline, split or replicated, not '{text}'")
            }
            Self::Mismatch(text) => formatter.write_str(text),
        }
    }
}

impl std::error::Error for TopologyError {}

impl FromStr for Threads {
    type Err = TopologyError;

    fn from_str(text: &str) -> Result<Self, TopologyError> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        match text.parse::<NonZeroUsize>() {
            Ok(count) if count.get() <= SHARDS_MAX => Ok(Self::Exactly(count)),
            _ => Err(TopologyError::Threads(text.to_owned())),
        }
    }
}

impl FromStr for TopologyKind {
    type Err = TopologyError;

    fn from_str(text: &str) -> Result<Self, TopologyError> {
        match text {
            "inline" => Ok(Self::Inline),
            "split" => Ok(Self::Split),
            "replicated" => Ok(Self::Replicated),
            _ => Err(TopologyError::Kind(text.to_owned())),
        }
    }
}

impl Topology {
    /// The topology for what was asked on a machine with `processors` to use. Without a kind,
    /// one thread is inline and more are split: an unmodified program has one module state.
    ///
    /// # Errors
    /// When the kind does not fit the number of threads.
    pub fn choose(
        threads: Option<Threads>,
        kind: Option<TopologyKind>,
        processors: usize,
    ) -> Result<Self, TopologyError> {
        let several = matches!(kind, Some(TopologyKind::Split | TopologyKind::Replicated));
        let count = match threads {
            Some(Threads::Exactly(count)) => count.get(),
            Some(Threads::Auto) => processors.clamp(1, SHARDS_MAX),
            None if several => processors.clamp(1, SHARDS_MAX),
            None => 1,
        };
        let exact = matches!(threads, Some(Threads::Exactly(_)));
        match kind {
            None if count == 1 => Ok(Self::Inline),
            None => Ok(Self::Split { io_shards: count - 1 }),
            Some(TopologyKind::Inline) if exact && count > 1 => Err(TopologyError::Mismatch(
                "--topology inline is one thread; --threads asks for more",
            )),
            Some(TopologyKind::Inline) => Ok(Self::Inline),
            Some(TopologyKind::Split) if exact && count == 1 => Err(TopologyError::Mismatch(
                "--topology split needs two threads or more; --threads asks for one",
            )),
            Some(TopologyKind::Split) => Ok(Self::Split { io_shards: (count - 1).max(1) }),
            Some(TopologyKind::Replicated) => Ok(Self::Replicated { shards: count }),
        }
    }

    /// How many shards.
    #[must_use]
    pub const fn shards(self) -> usize {
        match self {
            Self::Inline => 1,
            Self::Split { io_shards } => io_shards + 1,
            Self::Replicated { shards } => shards,
        }
    }

    /// What shard `index` does.
    #[must_use]
    pub const fn role(self, index: usize) -> ShardRole {
        match self {
            Self::Split { .. } if index == 0 => ShardRole::JavaScript,
            Self::Split { .. } => ShardRole::Io,
            Self::Inline | Self::Replicated { .. } => ShardRole::Everything,
        }
    }

    /// The name of shard `index`'s thread, at most 15 bytes, as the kernel shows it.
    #[must_use]
    pub fn thread_name(self, index: usize) -> String {
        match self.role(index) {
            ShardRole::Io => format!("dx-io-{index}"),
            ShardRole::JavaScript => "dx-js".to_owned(),
            ShardRole::Everything if index == 0 => "dx-js".to_owned(),
            ShardRole::Everything => format!("dx-js-{index}"),
        }
    }
}

impl fmt::Display for Topology {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline => formatter.write_str("inline"),
            Self::Split { io_shards } => write!(formatter, "split (1 + {io_shards})"),
            Self::Replicated { shards } => write!(formatter, "replicated ({shards})"),
        }
    }
}

/// Processors a thread may run on.
#[derive(Clone)]
pub struct CpuSet(RawCpuSet);

impl CpuSet {
    /// Those of the calling thread; `None` where the kernel does not say.
    #[must_use]
    pub fn current() -> Option<Self> {
        thread::sched_getaffinity(None).ok().map(Self)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.count() as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The processor that shard `index` gets: each its own, as long as there are enough.
    #[must_use]
    pub fn nth(&self, index: usize) -> Option<usize> {
        (0..RawCpuSet::MAX_CPU).filter(|cpu| self.0.is_set(*cpu)).nth(index)
    }

    /// Lets the calling thread run on all of these. A thread started by a pinned one calls this
    /// to be free again; so does a child process before it executes.
    ///
    /// # Errors
    /// As `sched_setaffinity(2)`.
    pub fn apply(&self) -> std::io::Result<()> {
        thread::sched_setaffinity(None, &self.0).map_err(Into::into)
    }

    /// Pins the calling thread to one processor.
    pub fn pin(cpu: usize) -> std::io::Result<()> {
        let mut set = RawCpuSet::new();
        set.set(cpu);
        thread::sched_setaffinity(None, &set).map_err(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(
        threads: Option<&str>,
        kind: Option<&str>,
        processors: usize,
    ) -> Result<Topology, TopologyError> {
        let threads = threads.map(Threads::from_str).transpose()?;
        Topology::choose(threads, kind.map(TopologyKind::from_str).transpose()?, processors)
    }

    #[test]
    fn threads_and_kind_give_the_topology() {
        let split = |io_shards| Ok(Topology::Split { io_shards });
        let replicated = |shards| Ok(Topology::Replicated { shards });
        assert_eq!(choose(None, None, 8), Ok(Topology::Inline));
        assert_eq!(choose(Some("auto"), None, 1), Ok(Topology::Inline));
        assert_eq!(choose(Some("auto"), None, 8), split(7));
        assert_eq!(choose(Some("3"), None, 8), split(2));
        assert_eq!(choose(None, Some("split"), 1), split(1));
        assert_eq!(choose(Some("auto"), Some("inline"), 8), Ok(Topology::Inline));
        assert_eq!(choose(None, Some("replicated"), 4), replicated(4));
        assert_eq!(choose(Some("2"), Some("replicated"), 1), replicated(2));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for threads in ["0", "-1", "many", "257", ""] {
            assert!(matches!(choose(Some(threads), None, 2), Err(TopologyError::Threads(_))));
        }
        assert!(matches!(choose(None, Some("mesh"), 2), Err(TopologyError::Kind(_))));
        assert!(matches!(choose(Some("2"), Some("inline"), 2), Err(TopologyError::Mismatch(_))));
        assert!(matches!(choose(Some("1"), Some("split"), 2), Err(TopologyError::Mismatch(_))));
    }

    #[test]
    fn names_fit_the_kernel() {
        let topology = Topology::Replicated { shards: SHARDS_MAX };
        assert!((0..SHARDS_MAX).all(|index| topology.thread_name(index).len() <= 15));
        let split = Topology::Split { io_shards: 2 };
        let names: Vec<String> = (0..3).map(|index| split.thread_name(index)).collect();
        assert_eq!(names, ["dx-js", "dx-io-1", "dx-io-2"]);
    }
}
