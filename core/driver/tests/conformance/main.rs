//! The contract of [`dx_driver::Driver`], checked on every driver by the same cases.
//!
//! A case is a `fn(Box<dyn Driver>)` that reaches the world through the driver alone, both ends
//! of a connection included, so that it means the same on a simulated network and on connections
//! within the process. At the end of each case nothing may be in flight and every buffer must be
//! back.

mod files;
mod limits;
mod loopback;
mod shutdown;
mod sockets;
mod world;

use dx_driver::{Driver, DriverKind, probe_and_open};

/// The driver under test; `None`, with a note, where this machine does not allow it.
fn open(kind: DriverKind) -> Option<Box<dyn Driver>> {
    match probe_and_open(Some(kind)) {
        Ok((driver, _)) => Some(driver),
        Err(error) if kind == DriverKind::Uring => {
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => panic!("{kind:?} does not open: {error}"),
    }
}

macro_rules! conformance {
    ($driver:ident, $kind:expr, [$($module:ident :: $case:ident),* $(,)?]) => {
        mod $driver {
            $(
                #[test]
                fn $case() {
                    if let Some(driver) = super::open($kind) {
                        super::$module::$case(driver);
                    }
                }
            )*
        }
    };
}

macro_rules! conformance_of {
    ($($driver:ident: $kind:expr),*) => {
        $(conformance!($driver, $kind, [
            sockets::bytes_arrive_and_the_end_is_seen,
            sockets::a_large_send_arrives_whole,
            sockets::a_send_starts_where_it_is_told,
            sockets::unhurried_sends_end_with_something_else,
            sockets::unhurried_sends_to_a_full_socket_arrive_whole,
            sockets::empty_sends_end_at_once,
            sockets::shared_and_owned_buffers_come_back,
            sockets::many_connections_are_served_at_once,
            sockets::addresses_agree,
            sockets::a_refused_connection_is_an_error,
            sockets::writing_ends_while_reading_goes_on,
            sockets::sending_to_a_closed_peer_fails,
            sockets::an_accept_is_cancelled,
            sockets::a_receive_is_cancelled_and_taken_up_again,
            sockets::a_blocked_send_is_cancelled_and_gives_its_buffer_back,
            sockets::cancelling_what_has_ended_does_nothing,
            sockets::a_poll_fires_once,
            sockets::a_poll_is_cancelled,
            files::a_file_is_written_and_read_back,
            files::the_own_position_moves,
            files::the_end_of_a_file_is_zero_bytes,
            files::a_missing_file_is_an_error,
            files::status_is_told_by_path_and_by_descriptor,
            files::reads_at_depth_do_not_mix,
            files::a_read_into_a_full_buffer_is_empty,
            limits::running_out_of_buffers_ends_a_receive_until_leases_return,
            limits::a_token_in_use_is_refused,
            limits::more_operations_than_the_queue_holds,
            limits::multishots_survive_a_flood_of_completions,
            limits::a_wait_ends_in_time,
            limits::a_wait_of_zero_returns,
            shutdown::everything_ends_and_everything_comes_back,
            shutdown::a_driver_is_dropped_with_operations_in_flight,
            shutdown::a_driver_works_on_after_a_shutdown,
            shutdown::leases_outlive_the_driver,
        ]);)*
    };
}

conformance_of!(
    uring: super::DriverKind::Uring,
    epoll: super::DriverKind::Epoll,
    sim: super::DriverKind::Sim
);

/// Cases that need threads or descriptors of the real system.
macro_rules! conformance_of_kernel {
    ($($driver:ident: $kind:expr),*) => {
        $(conformance!($driver, $kind, [
            limits::a_ring_of_the_bell_ends_a_wait,
            limits::a_bell_rung_before_the_wait_is_not_lost,
            limits::rings_of_many_threads_are_all_heard,
            limits::a_pipe_is_polled_and_read,
        ]);)*
    };
}

conformance_of_kernel!(
    uring_kernel: super::DriverKind::Uring,
    epoll_kernel: super::DriverKind::Epoll
);

/// Cases of connections, which are not to differ within the process.
macro_rules! conformance_within {
    ($($driver:ident: $kind:expr),*) => {
        $(conformance!($driver, $kind, [
            loopback::bytes_arrive_and_the_end_is_seen,
            loopback::a_large_send_arrives_whole,
            loopback::a_send_starts_where_it_is_told,
            loopback::unhurried_sends_end_with_something_else,
            loopback::unhurried_sends_to_a_full_socket_arrive_whole,
            loopback::empty_sends_end_at_once,
            loopback::shared_and_owned_buffers_come_back,
            loopback::many_connections_are_served_at_once,
            loopback::addresses_agree,
            loopback::writing_ends_while_reading_goes_on,
            loopback::sending_to_a_closed_peer_fails,
            loopback::an_accept_is_cancelled,
            loopback::a_receive_is_cancelled_and_taken_up_again,
            loopback::a_blocked_send_is_cancelled_and_gives_its_buffer_back,
            loopback::cancelling_what_has_ended_does_nothing,
            loopback::a_poll_fires_once,
            loopback::a_poll_is_cancelled,
            loopback::everything_ends_and_everything_comes_back,
            loopback::a_driver_works_on_after_a_shutdown,
            loopback::leases_outlive_the_driver,
            loopback::only_listeners_that_were_offered_and_accept_are_found,
            loopback::a_driver_told_so_makes_no_connection_within_the_process,
            loopback::a_closed_descriptor_is_not_mistaken_for_its_successor,
            loopback::closing_with_unread_bytes_resets_the_peer,
            loopback::a_sender_hears_before_its_reader_does,
            loopback::leases_that_run_out_hold_receives_back,
            loopback::a_bell_is_heard_between_completions,
        ]);)*
    };
}

conformance_within!(
    uring_within: super::DriverKind::Uring,
    epoll_within: super::DriverKind::Epoll
);
