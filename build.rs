//! The consoles' built files are embedded in a release: it is built anew when they are.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A debug build reads them from the folder while it runs.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=web/dist");
    }
}
