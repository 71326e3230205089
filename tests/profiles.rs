//! The catalogue of device profiles: every folder, no exceptions.
use std::path::PathBuf;
#[test]
fn load_all() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("device-profiles");
    for (id, folder) in tocsin::config::profile::list(&[root]) {
        match tocsin::config::profile::load(&folder) {
            Ok((_, w)) => println!("{id}: {w:?}"),
            Err(p) => panic!("{}", p.iter().map(|p| p.to_string()).collect::<Vec<_>>().join("\n")),
        }
    }
}
