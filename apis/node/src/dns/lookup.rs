//! The system's resolver.

use std::net::{IpAddr, SocketAddr};

use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};
use dx_sys::names::{self, Family, ResolverError};

fn abandoned(error: &dyn std::fmt::Display) -> Exception {
    Exception::new(ErrorClass::Error, format!("A name was not looked up: {error}"))
}

/// `dnsLookup(name, family, flags)`: the addresses as texts, or the resolver's error as a number.
pub(super) fn lookup(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let name = call.expect_string(0, "hostname")?;
    let family = match call.arguments.number(1) as u32 {
        4 => Family::V4,
        6 => Family::V6,
        _ => Family::Any,
    };
    let flags = call.arguments.number(2) as i32;
    call.host.spawn(async move {
        let job = move || {
            let name = names::c_name(&name)?;
            names::addresses_of(&name, family, flags)
        };
        let found = dx_blocking::shared().run_when_free(job).await;
        deferred.settle(
            found
                .map(|found| found.map_or_else(Value::from, texts))
                .map_err(|error| abandoned(&error)),
        );
    });
    Ok(())
}

/// Each address once, in order.
fn texts(addresses: Vec<IpAddr>) -> Value {
    let mut told: Vec<IpAddr> = Vec::with_capacity(addresses.len());
    for address in addresses {
        if !told.contains(&address) {
            told.push(address);
        }
    }
    Value::Array(told.into_iter().map(|address| address.to_string().into()).collect())
}

/// `dnsLookupService(address, port)`: host and service, or the resolver's error as a number.
pub(super) fn lookup_service(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let address = call.expect_string(0, "address")?.parse::<IpAddr>();
    let port = call.arguments.number(1) as u16;
    call.host.spawn(async move {
        let job = move || {
            let address = address.map_err(|_| names::UNKNOWN)?;
            names::names_of(SocketAddr::new(address, port), true)
        };
        let told = dx_blocking::shared().run_when_free(job).await;
        deferred.settle(told.map(service).map_err(|error| abandoned(&error)));
    });
    Ok(())
}

fn service(told: Result<(String, String), ResolverError>) -> Value {
    told.map_or_else(Value::from, |(host, service)| Value::Array(vec![host.into(), service.into()]))
}
