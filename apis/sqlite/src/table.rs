//! The connections and statements of a thread, by number.
//!
//! A number stays taken until JavaScript forgets it, which it does when the object that has it is
//! collected: what was finalized or closed is told from what never was.

use std::cell::RefCell;

use dx_ops::Exception;

use crate::{
    failure::Failure,
    ffi::{Connection, Prepared},
    memory::{Memory, STATUS},
};

/// Statuses of the header that are no counts of rows.
pub(crate) const FAILED: f64 = -1.0;
const FINALIZED: f64 = -2.0;
const CLOSED: f64 = -3.0;
/// A value that cannot be bound.
pub(crate) const NOT_BINDABLE: f64 = -4.0;

/// A place in the table.
pub(crate) enum Slot<T> {
    Vacant,
    Live(T),
    Finalized,
    /// Gone with its connection.
    Closed,
}

/// A prepared statement and how it is used.
pub(crate) struct Statement {
    pub(crate) prepared: Prepared,
    /// The number of its connection.
    connection: usize,
    /// Whether it goes as soon as the connection is closed, whoever uses it.
    is_owned: bool,
    /// Integers cross as bigints.
    pub(crate) has_safe_integers: bool,
    /// Stepped and not reset.
    pub(crate) is_active: bool,
    /// Stands on a row that no batch has taken yet.
    pub(crate) is_on_row: bool,
}

impl Statement {
    /// Back to before the first row.
    pub(crate) fn reset(&mut self) {
        if self.is_active {
            self.prepared.reset();
            self.is_active = false;
            self.is_on_row = false;
        }
    }
}

/// All that a thread has.
pub(crate) struct Table {
    pub(crate) memory: Memory,
    connections: Slots<Connection>,
    statements: Slots<Statement>,
    /// What went wrong last, until JavaScript takes it.
    pub(crate) failure: Option<Failure>,
    /// Blobs of the last batch, until JavaScript takes them.
    pub(crate) blobs: Vec<Vec<u8>>,
    /// Bytes of parameters on their way to a statement.
    pub(crate) parameter_bytes: Vec<u8>,
}

thread_local! {
    /// An isolate has a thread of its own. Asked for by every call, which the host's state by type
    /// would be too slow for.
    static TABLE: RefCell<Table> = RefCell::new(Table {
        memory: Memory::new(),
        connections: Slots::new(),
        statements: Slots::new(),
        failure: None,
        blobs: Vec::new(),
        parameter_bytes: Vec::new(),
    });
}

/// Runs `action` on the thread's table.
pub(crate) fn with_table<R>(action: impl FnOnce(&mut Table) -> R) -> R {
    TABLE.with_borrow_mut(action)
}

/// Places by number, and those that are vacant.
struct Slots<T> {
    slots: Vec<Slot<T>>,
    vacant: Vec<usize>,
}

impl<T> Slots<T> {
    const fn new() -> Self {
        Self { slots: Vec::new(), vacant: Vec::new() }
    }

    fn put(&mut self, value: T) -> usize {
        let slot = Slot::Live(value);
        if let Some(number) = self.vacant.pop() {
            self.slots[number] = slot;
            return number;
        }
        self.slots.push(slot);
        self.slots.len() - 1
    }

    fn forget(&mut self, number: usize) {
        match self.slots.get_mut(number) {
            None | Some(Slot::Vacant) => {}
            Some(slot) => {
                *slot = Slot::Vacant;
                self.vacant.push(number);
            }
        }
    }
}

impl Table {
    pub(crate) fn add_connection(&mut self, connection: Connection) -> usize {
        self.connections.put(connection)
    }

    pub(crate) fn add_statement(
        &mut self,
        prepared: Prepared,
        connection: usize,
        is_owned: bool,
        has_safe_integers: bool,
    ) -> usize {
        let (is_active, is_on_row) = (false, false);
        self.statements.put(Statement {
            prepared,
            connection,
            is_owned,
            has_safe_integers,
            is_active,
            is_on_row,
        })
    }

    /// A connection that is open.
    pub(crate) fn connection(&self, number: usize) -> Option<&Connection> {
        match self.connections.slots.get(number) {
            Some(Slot::Live(connection)) => Some(connection),
            _ => None,
        }
    }

    /// A statement that can be used, and what it is used with. Where it cannot, the status says
    /// why.
    pub(crate) fn statement(&mut self, number: usize) -> Option<Parts<'_>> {
        let status = match self.statements.slots.get_mut(number) {
            Some(Slot::Live(statement)) => {
                return Some(Parts {
                    statement,
                    memory: &self.memory,
                    failure: &mut self.failure,
                    blobs: &mut self.blobs,
                    parameter_bytes: &mut self.parameter_bytes,
                });
            }
            Some(Slot::Closed) => CLOSED,
            _ => FINALIZED,
        };
        self.memory.set(STATUS, status);
        None
    }

    /// Ends a statement; its number stays taken.
    pub(crate) fn finalize(&mut self, number: usize) {
        if let Some(slot @ Slot::Live(_)) = self.statements.slots.get_mut(number) {
            *slot = Slot::Finalized;
        }
    }

    /// Frees a statement's number.
    pub(crate) fn forget_statement(&mut self, number: usize) {
        self.statements.forget(number);
    }

    /// Frees a connection's number.
    pub(crate) fn forget_connection(&mut self, number: usize) {
        self.connections.forget(number);
    }

    /// Closes a connection. Statements that programs hold go on unless `all` are to end.
    ///
    /// # Errors
    /// Where `all` are to end and SQLite cannot close the connection, which stays open.
    pub(crate) fn close(&mut self, number: usize, all: bool) -> Result<(), Exception> {
        for slot in &mut self.statements.slots {
            let ends = matches!(slot, Slot::Live(statement)
                if statement.connection == number && (all || statement.is_owned));
            if ends {
                *slot = Slot::Closed;
            }
        }
        let Some(slot @ Slot::Live(_)) = self.connections.slots.get_mut(number) else {
            return Ok(());
        };
        match std::mem::replace(slot, Slot::Closed) {
            Slot::Live(connection) if all => connection
                .close()
                .map_err(|message| Exception::new(dx_ops::ErrorClass::Error, message)),
            _ => Ok(()),
        }
    }
}

/// A statement, and what of the table its use takes.
pub(crate) struct Parts<'a> {
    pub(crate) statement: &'a mut Statement,
    pub(crate) memory: &'a Memory,
    failure: &'a mut Option<Failure>,
    pub(crate) blobs: &'a mut Vec<Vec<u8>>,
    pub(crate) parameter_bytes: &'a mut Vec<u8>,
}

impl Parts<'_> {
    /// Keeps what has gone wrong and ends the statement's run.
    #[cold]
    pub(crate) fn fail(&mut self) {
        *self.failure = Some(self.statement.prepared.failure());
        self.statement.reset();
        self.memory.set(STATUS, FAILED);
    }
}

#[cfg(test)]
mod tests {
    use super::{Slot, Slots};

    #[test]
    fn a_number_is_given_again_only_after_it_was_forgotten() {
        let mut slots = Slots::new();
        assert_eq!((slots.put("a"), slots.put("b")), (0, 1));
        slots.slots[0] = Slot::Finalized;
        assert_eq!(slots.put("c"), 2);
        slots.forget(0);
        slots.forget(0);
        assert_eq!((slots.put("d"), slots.put("e")), (0, 3));
    }
}
