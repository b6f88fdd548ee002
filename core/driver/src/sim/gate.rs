//! The gate of a simulated network: who connects to its listeners from the machine's own
//! network is carried in, and a connection to somebody who is not in the simulation is carried
//! out. Only what is inside suffers the simulation's faults.
//!
//! It belongs to its world and is looked at in every wait. Bytes are held for each way up to
//! [`CARRIED_BYTES_MAX`], so that a slow side holds the other up.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::AsRawFd as _,
};

use super::network::{Arrived, EndName, ListenerNumber, Network};
use dx_sys::socket;

/// Bytes on their way through the gate in one direction of a connection at most.
const CARRIED_BYTES_MAX: usize = 64 * 1024;

/// A connection with one end inside and one outside.
struct Carried {
    outside: TcpStream,
    inside: EndName,
    inward: Vec<u8>,
    outward: Vec<u8>,
    /// The outside sends nothing more, and the inside has been told.
    outside_ended: bool,
    told_inside: bool,
    /// The inside sends nothing more, and the outside has been told.
    inside_ended: bool,
    told_outside: bool,
}

/// How a step of carrying went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Nothing,
    Moved,
    Broken,
}

/// The way in and out.
#[derive(Default)]
pub(super) struct Gate {
    listeners: Vec<(ListenerNumber, TcpListener)>,
    carried: Vec<Carried>,
}

impl Gate {
    /// Listens outside, before the simulation does: the address, with the port that was free.
    pub(super) fn listen(
        address: SocketAddr,
        options: &crate::ListenOptions,
    ) -> io::Result<(SocketAddr, TcpListener)> {
        let listener = socket::listener(
            address,
            socket::ListenerOptions {
                backlog: options.backlog,
                reuse_port: options.reuse_port,
                ipv6_only: options.ipv6_only,
                nonblocking: true,
            },
        )?;
        let listener = TcpListener::from(listener);
        Ok((listener.local_addr()?, listener))
    }

    /// Opens the gate for a listener inside.
    pub(super) fn open(&mut self, number: ListenerNumber, listener: TcpListener) {
        self.listeners.push((number, listener));
    }

    /// Closes the gate for a listener inside; connections go on.
    pub(super) fn close(&mut self, number: ListenerNumber) {
        self.listeners.retain(|(open, ..)| *open != number);
    }

    /// Whether something may come at any time.
    pub(super) fn is_watched(&self) -> bool {
        !self.listeners.is_empty() || !self.carried.is_empty()
    }

    /// Connects to somebody outside: the end for the inside.
    pub(super) fn connect(
        &mut self,
        network: &mut Network,
        address: SocketAddr,
    ) -> Result<EndName, i32> {
        let errno = |error: io::Error| error.raw_os_error().unwrap_or(libc::EIO);
        let outside = TcpStream::connect(address).map_err(errno)?;
        let own = outside.local_addr().map_err(errno)?;
        let ours = network.join(own, address);
        self.carry_from(outside, ours.other()).map_err(errno)?;
        Ok(ours)
    }

    fn carry_from(&mut self, outside: TcpStream, inside: EndName) -> io::Result<()> {
        outside.set_nonblocking(true)?;
        outside.set_nodelay(true)?;
        self.carried.push(Carried {
            outside,
            inside,
            inward: Vec::new(),
            outward: Vec::new(),
            outside_ended: false,
            told_inside: false,
            inside_ended: false,
            told_outside: false,
        });
        Ok(())
    }

    /// Carries what there is to carry; whether there was any.
    pub(super) fn carry(&mut self, network: &mut Network) -> bool {
        let mut moved = self.admit(network);
        self.carried.retain_mut(|carried| match carried.step(network) {
            Step::Nothing => true,
            Step::Moved => {
                moved = true;
                !carried.is_over()
            }
            Step::Broken => {
                moved = true;
                network.reset(carried.inside);
                network.close(carried.inside);
                false
            }
        });
        moved
    }

    fn admit(&mut self, network: &mut Network) -> bool {
        let mut admitted = Vec::new();
        for (number, listener) in &self.listeners {
            while network.has_place(*number) {
                let Ok((outside, peer)) = listener.accept() else { break };
                let Ok(own) = outside.local_addr() else { continue };
                if let Some(inside) = network.knock(*number, peer, own) {
                    admitted.push((outside, inside));
                }
            }
        }
        let any = !admitted.is_empty();
        for (outside, inside) in admitted {
            if self.carry_from(outside, inside).is_err() {
                network.reset(inside);
                network.close(inside);
            }
        }
        any
    }
}

impl Carried {
    fn is_over(&self) -> bool {
        self.told_inside && self.told_outside
    }

    fn step(&mut self, network: &mut Network) -> Step {
        let steps =
            [self.take_in(), self.hand_in(network), self.take_out(network), self.hand_out()];
        if steps.contains(&Step::Broken) {
            // The outside end shall see a broken connection too. Where that cannot be arranged
            // it sees the end.
            let _ = socket::set_reset_on_close(self.outside.as_raw_fd());
            return Step::Broken;
        }
        if self.is_over() {
            network.close(self.inside);
        }
        if steps.contains(&Step::Moved) { Step::Moved } else { Step::Nothing }
    }

    /// From outside into the gate.
    fn take_in(&mut self) -> Step {
        if self.outside_ended || !self.inward.is_empty() {
            return Step::Nothing;
        }
        self.inward.resize(CARRIED_BYTES_MAX, 0);
        let read = self.outside.read(&mut self.inward);
        self.inward.truncate(*read.as_ref().unwrap_or(&0));
        match read {
            Ok(count) => {
                self.outside_ended = count == 0;
                Step::Moved
            }
            Err(error) => idle_or_broken(&error),
        }
    }

    /// From the gate inside.
    fn hand_in(&mut self, network: &mut Network) -> Step {
        if !self.inward.is_empty() {
            return match network.send(self.inside, &self.inward) {
                Ok(0) => Step::Nothing,
                Ok(count) => {
                    self.inward.drain(..count);
                    Step::Moved
                }
                Err(_) => Step::Broken,
            };
        }
        if !self.outside_ended || self.told_inside {
            return Step::Nothing;
        }
        self.told_inside = true;
        if network.end_writing(self.inside).is_ok() { Step::Moved } else { Step::Broken }
    }

    /// From inside into the gate.
    fn take_out(&mut self, network: &mut Network) -> Step {
        if self.inside_ended || !self.outward.is_empty() {
            return Step::Nothing;
        }
        match network.receive(self.inside, CARRIED_BYTES_MAX) {
            Ok(Arrived::Bytes(bytes)) => self.outward = bytes,
            Ok(Arrived::End) => self.inside_ended = true,
            Ok(Arrived::Nothing) => return Step::Nothing,
            Err(_) => return Step::Broken,
        }
        Step::Moved
    }

    /// From the gate outside.
    fn hand_out(&mut self) -> Step {
        if !self.outward.is_empty() {
            return match self.outside.write(&self.outward) {
                Ok(count) => {
                    self.outward.drain(..count);
                    Step::Moved
                }
                Err(error) => idle_or_broken(&error),
            };
        }
        if !self.inside_ended || self.told_outside {
            return Step::Nothing;
        }
        self.told_outside = true;
        // A peer that is gone already needs no telling.
        let _ = self.outside.shutdown(std::net::Shutdown::Write);
        Step::Moved
    }
}

fn idle_or_broken(error: &io::Error) -> Step {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Step::Nothing,
        _ => Step::Broken,
    }
}
