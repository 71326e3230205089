//! What people do with the program beside a gateway, in the journal of that gateway (RC-01, AC-01).
//!
//! Takes: the state directory of a gateway that runs, does not run, or never ran; what was done.
//! Gives: the fact at once, or a note that the gateway makes one of.
//! Never: silence about something that was not recorded.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::edge::clock::Clock;
use crate::edge::journal::notes::{self, Deed, Note, Noted};
use crate::engine::alarm::{AccessChange, AccessChanged, Exported};

/// A gateway that runs takes a note in within a second; whoever left it waits so long at most.
const TAKEN_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Records a copy, before its first line leaves. A copy of the state directory that nobody may write stays as it is.
pub(super) fn exported(state: &Path, exported: Exported, err: &mut impl Write) -> Result<()> {
    if OpenOptions::new().write(true).open(state.join("lock")).is_err() {
        writeln!(err, "{}: cannot be written, so this export is not recorded there", state.display())?;
        return Ok(());
    }
    record(state, Deed::Exported(exported), err)
}

/// What was changed, of `whom` and nothing else.
pub(super) fn of(change: AccessChange, whom: &str) -> AccessChanged {
    AccessChanged { change, whom: whom.to_owned(), role: None, token: None }
}

/// Records who may come in, or was shown how. Before the first start it waits for the gateway.
pub(super) fn access(state: &Path, changed: AccessChanged, err: &mut impl Write) -> Result<()> {
    record(state, Deed::AccessChanged(changed), err)
}

fn record(state: &Path, deed: Deed, err: &mut impl Write) -> Result<()> {
    let clock = Clock::start();
    let Noted::Left(path) = notes::note(state, &Note { user: user(), deed }, clock.now())? else { return Ok(()) };
    let began = clock.now();
    while path.exists() {
        if clock.now().mono.since(began.mono) > TAKEN_WITHIN {
            writeln!(err, "{}: the gateway has not recorded this yet", path.display())?;
            return Ok(());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// Who runs this, as the system says: the one behind `sudo`, else the name of the account. A variable that anybody sets for
/// themselves names nobody.
fn user() -> String {
    let behind_sudo = std::env::var("SUDO_USER").ok().filter(|name| !name.is_empty());
    behind_sudo.unwrap_or_else(|| {
        let number = File::open("/proc/self/status").and_then(|file| file.metadata()).map_or(0, |file| file.uid());
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        name_of(number, &accounts).unwrap_or_else(|| format!("uid {number}"))
    })
}

/// The name that belongs to a number in passwd(5).
fn name_of(number: u32, accounts: &str) -> Option<String> {
    let mut lines = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = lines.find(|fields| fields.get(2).is_some_and(|held| held.parse() == Ok(number)))?;
    found.first().map(|name| (*name).to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_name_of_its_account_or_of_nobody() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\n# broken\nli:x:1001:1001:Li, shift 2:/home/li:/bin/sh\n";
        assert_eq!(name_of(0, accounts).as_deref(), Some("root"));
        assert_eq!(name_of(1001, accounts).as_deref(), Some("li"));
        assert_eq!(name_of(7, accounts), None);
    }
}
