//! The port at which a panel prints: a serial line or a terminal server, one way.
//!
//! Takes: a [`Port`] of the site.
//! Gives: [`Stream::read`]: bytes as they come, or the reason why there will be no more.
//! Never: sends a byte. A printer port answers nothing, and what a panel would make of input nobody knows.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{MissedTickBehavior, interval};

use crate::edge::line::{self, OpenError};
use crate::engine::site::Port;

/// An adapter that was pulled and plugged in again is noticed within this time, also when the kernel reports nothing.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// An open port.
pub struct Stream {
    bytes: Box<dyn AsyncRead + Send + Unpin>,
    /// Path and device file of a serial line.
    file: Option<(String, Option<[u64; 3]>)>,
}

impl Stream {
    /// Opens a port; a connection must stand within `within`.
    ///
    /// # Errors
    /// There is no such device file, nobody listens, or the time is over.
    pub async fn open(port: &Port, within: Duration) -> Result<Stream, OpenError> {
        match port {
            Port::Tcp(address) => Ok(Stream { bytes: Box::new(line::tcp(address, within).await?), file: None }),
            Port::Serial(serial) => {
                // Before the port: if the adapter is changed in between, that shows as a change and not as none.
                let file = Some((serial.path.clone(), line::device_file(&serial.path)));
                Ok(Stream { bytes: Box::new(line::serial(serial)?), file })
            }
        }
    }

    /// Waits for bytes and says how many came into `buffer`. May be given up at any point without losing one.
    ///
    /// # Errors
    /// Why nothing more can come, in a few words.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                read = self.bytes.read(buffer) => return match read {
                    Ok(0) => Err("the other side has hung up".to_owned()),
                    Ok(count) => Ok(count),
                    Err(error) => Err(error.to_string()),
                },
                _ = look.tick() => {
                    if self.file.as_ref().is_some_and(|(path, file)| line::device_file(path) != *file) {
                        return Err("the adapter was unplugged".to_owned());
                    }
                }
            }
        }
    }
}
