//! What lies between the client and the line: it knows the request and lets only its answer up.
//!
//! Takes: an open stream, what to await, and the client's reads and writes.
//! Gives: to the client, exactly one frame for each request; to the wire, what went wrong and whether the stream can
//! still be trusted.
//! Never: blocks, allocates in the steady state, or keeps a dead file descriptor open: end of stream and I/O errors
//! close it at once, so that a serial adapter can come back under its own name.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::expected::Expected;
use super::fault::Fault;
use super::mbap::Mbap;
use super::overheard::Heard;
use super::rtu::Rtu;
use super::stream::Stream;

/// How frames are told apart.
#[derive(Debug)]
pub(super) enum Framing {
    /// Modbus TCP.
    Mbap(Mbap),
    /// Modbus RTU.
    Rtu(Rtu),
}

/// The stream and its guard; the client and the wire hold one each.
#[derive(Clone)]
pub(super) struct Fence {
    shared: Arc<Mutex<Guarded>>,
}

/// One read of the stream takes at most this much.
const CHUNK: usize = 512;

struct Guarded {
    /// Closed and taken out when it is gone.
    stream: Option<Box<dyn Stream>>,
    framing: Framing,
    /// Of the request, what the stream has not taken yet.
    outbound: Vec<u8>,
    /// Whether any byte of the request left.
    left: bool,
    /// Received and not yet judged.
    inbound: Vec<u8>,
    /// The answer, on its way to the client.
    answer: Vec<u8>,
    fault: Option<Fault>,
    last_heard: Instant,
}

impl Fence {
    /// Guards an open stream.
    pub(super) fn new(stream: Box<dyn Stream>, framing: Framing) -> Fence {
        let guarded = Guarded {
            stream: Some(stream),
            framing,
            outbound: Vec::with_capacity(CHUNK),
            left: false,
            inbound: Vec::with_capacity(2 * CHUNK),
            answer: Vec::with_capacity(CHUNK),
            fault: None,
            last_heard: Instant::now(),
        };
        Fence { shared: Arc::new(Mutex::new(guarded)) }
    }

    /// The next request awaits this answer; what went wrong before is forgotten.
    pub(super) fn ask(&self, expected: Expected) {
        let mut guarded = self.lock();
        guarded.answer.clear();
        guarded.fault = None;
        guarded.left = false;
        match &mut guarded.framing {
            Framing::Mbap(mbap) => mbap.ask(expected),
            Framing::Rtu(rtu) => rtu.ask(expected),
        }
    }

    /// Nothing is awaited any more. What a line has not taken of the request is not sent after all; on TCP a request cut
    /// short ends the connection instead.
    pub(super) fn give_up(&self) {
        let mut guarded = self.lock();
        let Guarded { framing, outbound, .. } = &mut *guarded;
        match framing {
            Framing::Mbap(mbap) => mbap.give_up(),
            Framing::Rtu(rtu) => {
                rtu.give_up();
                outbound.clear();
            }
        }
    }

    /// Whether the kernel took any byte of the last request: what it took may arrive.
    pub(super) fn has_left(&self) -> bool {
        self.lock().left
    }

    /// What went wrong since the last request.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.lock().fault.clone()
    }

    /// What came although no answer did, and in which state the deadline found the stream.
    pub(super) fn remains(&self) -> Remains {
        let guarded = self.lock();
        let (cut, strange, frames) = match &guarded.framing {
            Framing::Mbap(mbap) => {
                let reason = "answers bear a transaction id that was never asked (workaround: ignores-transaction-id)";
                let strange = (mbap.strange > 0).then(|| reason.to_owned());
                (!guarded.inbound.is_empty(), strange, mbap.frames)
            }
            Framing::Rtu(rtu) => (false, rtu.remains(&guarded.inbound), 0),
        };
        Remains { cut: cut || !guarded.outbound.is_empty(), strange, frames }
    }

    /// Closes the stream.
    pub(super) fn close(&self) {
        let mut guarded = self.lock();
        if let Some(mut stream) = guarded.stream.take() {
            stream.hang_up();
        }
    }

    /// What was heard beside our answers since this was last asked; nothing where others cannot be heard.
    pub(super) fn heard(&self) -> Option<Heard> {
        match &mut self.lock().framing {
            Framing::Rtu(rtu) => Some(std::mem::take(&mut rtu.heard)),
            Framing::Mbap(_) => None,
        }
    }

    /// Whether the line echoes what is sent, once that is known.
    pub(super) fn echoes(&self) -> Option<bool> {
        match &self.lock().framing {
            Framing::Rtu(rtu) => rtu.echoes,
            Framing::Mbap(_) => None,
        }
    }

    /// When the last byte came.
    pub(super) fn last_heard(&self) -> Instant {
        self.lock().last_heard
    }

    /// Takes in what came unasked, without waiting, and counts its bytes. Where frames bear a number, late ones are dropped
    /// and one that is still coming stays; elsewhere all of it is forgotten.
    pub(super) async fn drain(&self) -> Result<usize, Fault> {
        std::future::poll_fn(|context| Poll::Ready(self.lock().drain(context))).await
    }

    /// Whether the other side is still there, for all the kernel knows: a connection that was closed is found out while
    /// nothing has left yet.
    pub(super) fn look(&self) -> Result<(), Fault> {
        let mut guarded = self.lock();
        match guarded.stream.as_ref().map(|stream| stream.has_ended()) {
            Some(Ok(false)) | None => Ok(()),
            Some(Ok(true)) => Err(guarded.gone("closed by the other side".into())),
            Some(Err(error)) => Err(guarded.gone(lost(&error))),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Guarded> {
        // A panic while the lock was held leaves plain buffers behind; the deadline and the checks still hold.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the deadline found.
#[derive(Debug)]
pub(super) struct Remains {
    /// A frame had begun, inbound or outbound, and was not whole.
    pub(super) cut: bool,
    /// Something came that is no answer.
    pub(super) strange: Option<String>,
    /// Frames received over the life of a TCP connection.
    pub(super) frames: u64,
}

impl Guarded {
    fn drain(&mut self, context: &mut Context<'_>) -> Result<usize, Fault> {
        let numbered = matches!(&self.framing, Framing::Mbap(mbap) if mbap.numbered);
        let mut drained = 0;
        // Bounded, so that a line that never falls silent cannot hold the task.
        for _ in 0..64 {
            let received = if numbered { self.receive(context) } else { self.take() };
            match received {
                Poll::Ready(Ok(count)) => drained += count,
                Poll::Ready(Err(fault)) => return Err(fault),
                Poll::Pending => break,
            }
            if numbered {
                self.scan()?;
            }
        }
        if let Framing::Rtu(rtu) = &mut self.framing {
            rtu.overhear(&self.inbound);
        }
        if !numbered {
            self.inbound.clear();
        }
        Ok(drained)
    }

    /// Takes once what the kernel holds.
    fn take(&mut self) -> Poll<Result<usize, Fault>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Err(Fault::Gone("closed".into())));
        };
        let mut bytes = [0; CHUNK];
        match stream.take(&mut bytes) {
            Ok(0) => Poll::Ready(Err(self.gone("closed by the other side".into()))),
            Ok(count) => {
                self.inbound.extend_from_slice(&bytes[..count]);
                self.last_heard = Instant::now();
                Poll::Ready(Ok(count))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(self.gone(lost(&error)))),
        }
    }

    /// Reads once. End of stream and errors close the stream.
    fn receive(&mut self, context: &mut Context<'_>) -> Poll<Result<usize, Fault>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Err(Fault::Gone("closed".into())));
        };
        let mut bytes = [0; CHUNK];
        let mut buffer = ReadBuf::new(&mut bytes);
        let outcome = ready!(Pin::new(stream).poll_read(context, &mut buffer));
        let fault = match outcome {
            Ok(()) if buffer.filled().is_empty() => "closed by the other side".to_string(),
            Ok(()) => {
                self.inbound.extend_from_slice(buffer.filled());
                self.last_heard = Instant::now();
                return Poll::Ready(Ok(buffer.filled().len()));
            }
            Err(error) => lost(&error),
        };
        Poll::Ready(Err(self.gone(fault)))
    }

    fn gone(&mut self, reason: String) -> Fault {
        self.stream = None;
        let fault = Fault::Gone(reason);
        self.fault = Some(fault.clone());
        fault
    }

    fn scan(&mut self) -> Result<(), Fault> {
        let outcome = match &mut self.framing {
            Framing::Mbap(mbap) => mbap.scan(&mut self.inbound, &mut self.answer),
            Framing::Rtu(rtu) => rtu.scan(&mut self.inbound, &mut self.answer),
        };
        if let Err(fault) = &outcome {
            self.fault = Some(fault.clone());
        }
        outcome
    }

    fn poll_answer(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<(), Fault>> {
        while self.answer.is_empty() {
            if let Some(fault) = &self.fault {
                return Poll::Ready(Err(fault.clone()));
            }
            ready!(self.receive(context))?;
            self.scan()?;
        }
        let taken = self.answer.len().min(buffer.remaining());
        buffer.put_slice(&self.answer[..taken]);
        self.answer.drain(..taken);
        Poll::Ready(Ok(()))
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        while !self.outbound.is_empty() {
            let Some(stream) = &mut self.stream else {
                return Poll::Ready(Err(Fault::Gone("closed".into())));
            };
            match ready!(Pin::new(stream).poll_write(context, &self.outbound)) {
                Ok(0) => return Poll::Ready(Err(self.gone("takes no more data".into()))),
                Ok(count) => {
                    self.left = true;
                    self.outbound.drain(..count);
                }
                Err(error) => return Poll::Ready(Err(self.gone(lost(&error)))),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Why the stream is gone, in the words of a person who looks after it.
fn lost(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionReset => "reset by the other side".into(),
        io::ErrorKind::BrokenPipe => "closed by the other side".into(),
        _ => error.to_string(),
    }
}

/// The client sees only that something is wrong; the wire reads what from [`Fence::fault`].
fn refusal(fault: Fault) -> io::Error {
    match fault {
        Fault::Gone(reason) => io::Error::new(io::ErrorKind::ConnectionReset, reason),
        Fault::Desync(reason) | Fault::Refused(reason) => io::Error::new(io::ErrorKind::InvalidData, reason),
    }
}

impl AsyncRead for Fence {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.lock().poll_answer(context, buffer).map_err(refusal)
    }
}

impl AsyncWrite for Fence {
    /// Takes the client's frame whole, so that a deadline can never leave half of it in the client's own buffer.
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut guarded = self.lock();
        let begin = guarded.outbound.len();
        guarded.outbound.extend_from_slice(bytes);
        let Guarded { framing, outbound, .. } = &mut *guarded;
        match framing {
            Framing::Mbap(mbap) => mbap.outgoing(&mut outbound[begin..]),
            Framing::Rtu(rtu) => rtu.outgoing(&outbound[begin..]),
        }
        Poll::Ready(Ok(bytes.len()))
    }

    /// Hands the frame to the kernel and no further: flushing a serial port means `tcdrain`, which blocks the thread for
    /// as long as the line takes to send.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().poll_send(context).map_err(refusal)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.close();
        Poll::Ready(Ok(()))
    }
}

impl std::fmt::Debug for Fence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let guarded = self.lock();
        f.debug_struct("Fence").field("open", &guarded.stream.is_some()).field("framing", &guarded.framing).finish()
    }
}
