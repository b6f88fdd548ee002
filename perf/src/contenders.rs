//! Who is compared: dx, Bun, Node, and the servers without an engine, as far as they are there.

use std::{io, path::Path, time::Duration};

use crate::{options::Options, process::Server};

/// How much of the table a contender is measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// Every route in every shape.
    Whole,
    /// Every route in the usual shape, `hello` in all.
    Routes,
    /// `hello` in all shapes.
    Hello,
    /// `hello` at 64 connections, plain and pipelined.
    Usual,
}

/// One server program and how to start it.
#[derive(Debug, Clone)]
pub(crate) struct Contender {
    /// What the tables call it.
    pub(crate) name: &'static str,
    /// The command; the word `PORT` stands for the port.
    pub(crate) words: Vec<String>,
    /// Processors it may use, as taskset takes them.
    pub(crate) processors: &'static str,
    /// What it is measured for.
    pub(crate) coverage: Coverage,
}

impl Contender {
    /// Starts it and waits until it listens.
    pub(crate) fn start(&self) -> io::Result<Server> {
        Server::start(&self.words, self.processors, &[], Duration::from_secs(20))
    }
}

/// dx split over two threads: the name under which it is compared.
pub(crate) const SPLIT: &str = "dx, split";

fn contender(
    name: &'static str,
    words: &[&str],
    processors: &'static str,
    coverage: Coverage,
) -> Contender {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Contender { name, words, processors, coverage }
}

/// The two that are compared in everything.
pub(crate) fn main_pair(options: &Options) -> [Contender; 2] {
    let program = options.program("server.ts");
    [
        contender("dx", &[&options.dx, &program], "0", Coverage::Whole),
        contender("Bun", &[&options.bun, &program], "0", Coverage::Whole),
    ]
}

/// Everyone who is there, the main pair first.
pub(crate) fn all(options: &Options) -> Vec<Contender> {
    let mut all = main_pair(options).to_vec();
    if let Some(node) = &options.node {
        let program = options.program("server.mjs");
        all.push(contender("Node", &[node, &program], "0", Coverage::Routes));
    }
    let program = options.program("server.ts");
    let split = [&options.dx, "--threads", "2", "--topology", "split", &program];
    all.push(contender(SPLIT, &split, "0,1", Coverage::Usual));
    let built = [
        ("engine-free dx", "target/release/examples/hello"),
        ("floor", "target/release/examples/floor"),
        ("monoio", "benches/target/release/baseline-monoio"),
        ("glommio", "benches/target/release/baseline-glommio"),
        ("hyper", "benches/target/release/baseline-hyper"),
    ];
    for (name, path) in built {
        let path = options.root.join(path);
        if Path::new(&path).is_file() {
            let path = path.display().to_string();
            all.push(contender(name, &[&path, "PORT"], "0", Coverage::Hello));
        } else {
            eprintln!("perf: {name} is not built and left out");
        }
    }
    all
}
