//! Links the distribution's JavaScriptCore and GLib, found through pkg-config.
//!
//! Fails the build with the name of the missing package where pkg-config does not know them.

use std::process::Command;

/// The pkg-config module of the engine; its requirements bring GLib in.
const ENGINE: &str = "javascriptcoregtk-6.0";

/// Libraries that the engine needs anyway, named right behind it. The dynamic linker looks each of
/// 12,000 names up in one library after the other, in the order in which they are named: with the
/// C++ library tenth rather than second, every start took half a millisecond longer. Only those
/// whose names last; other versions of ICU have others.
const LOOKED_UP_FIRST: [&str; 2] = ["libstdc++.so.6", "libc.so.6"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let output = Command::new("pkg-config").args(["--libs", ENGINE]).output();
    let flags = match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => panic!(
            "pkg-config does not know {ENGINE} (install libjavascriptcoregtk-6.0-dev): {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!("pkg-config does not run ({error}); install pkg-config"),
    };
    for flag in flags.split_whitespace() {
        if let Some(directory) = flag.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={directory}");
        } else if let Some(library) = flag.strip_prefix("-l") {
            println!("cargo:rustc-link-lib=dylib={library}");
            if library == ENGINE {
                for library in LOOKED_UP_FIRST {
                    println!("cargo:rustc-link-lib=dylib:+verbatim={library}");
                }
            }
        }
    }
}
