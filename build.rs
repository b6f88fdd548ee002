//! How the `dx` binary is linked.

fn main() {
    // At a fixed address nothing has to be relocated: a position-independent binary would have
    // the dynamic linker write 47,000 addresses, in 220 pages, at every start.
    println!("cargo:rustc-link-arg-bins=-no-pie");
    // Native addons find the functions of Node-API in the executable.
    for functions in ["napi_*", "node_api_*"] {
        println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol={functions}");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
