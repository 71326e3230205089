//! `tocsin journal export`: a copy of the journal, or of a part of it.
//!
//! Takes: a state directory, also of a gateway that runs; which facts, as what, where to.
//! Gives: a copy on standard output or in a file, after the copy itself was recorded (RC-01).
//! Never: half a file under the name that was asked for.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::journal_times::{time, zone_of};
use super::noted;
use crate::edge::export::Replacing;
use crate::edge::journal::{self, JournalError};
use crate::edge::web::copies::{Copy, Form, Wanted};
use crate::engine::alarm::Exported;

/// Progress is told so often, in facts.
const TOLD_EVERY: u64 = 20_000;

/// Which facts, as what, where to.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// State directory
    #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
    pub state: PathBuf,
    /// Only facts after this sequence number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub after: u64,
    /// Only from this time on, RFC 3339 with an offset
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Only before this time
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Only this kind of fact, such as `raised`; may be given again
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Only what speaks of this device
    #[arg(long, value_name = "ID")]
    pub device: Option<String>,
    /// `jsonl` (as stored), `csv`, `xlsx` or `json`; by the name of the file where it is left out
    #[arg(long, value_name = "FORM")]
    pub form: Option<String>,
    /// Write to this file instead of standard output; packed where it ends in `.gz`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Copies.
///
/// # Errors
/// A time or a form that is none; a journal that cannot be read or is broken; a full disk.
pub fn run(args: &ExportArgs, out: &mut (impl Write + Send), err: &mut impl Write) -> Result<()> {
    let form = form(args)?;
    let zone = zone_of(&args.state);
    let wanted = Wanted {
        after: args.after,
        upto: journal::last(&args.state)?,
        from: time("from", args.from.as_deref())?,
        to: time("to", args.to.as_deref())?,
        kinds: args.kind.clone(),
        device: args.device.clone(),
        chosen: None,
    };
    let exported = Exported { what: "journal".into(), form: form.as_str().into(), scope: wanted.scope(&zone) };
    noted::exported(&args.state, exported, err)?;
    let upto = wanted.upto;
    let Some(path) = &args.out else {
        copy(args, Copy::begin(wanted, form, out, zone)?, upto)?;
        return Ok(());
    };
    let written = || -> Result<u64> {
        let mut file = Replacing::begin(path)?;
        let copied = if path.extension().is_some_and(|ending| ending == "gz") {
            let mut packed = GzEncoder::new(BufWriter::new(&mut file), Compression::default());
            let copied = copy(args, Copy::begin(wanted, form, &mut packed, zone)?, upto)?;
            packed.finish()?.flush()?;
            copied
        } else {
            copy(args, Copy::begin(wanted, form, BufWriter::new(&mut file), zone)?, upto)?
        };
        file.commit()?;
        Ok(copied)
    };
    let copied = written().with_context(|| path.display().to_string())?;
    writeln!(err, "{}: {copied} facts", path.display())?;
    Ok(())
}

fn form(args: &ExportArgs) -> Result<Form> {
    if let Some(word) = &args.form {
        return Form::named(word).ok_or_else(|| anyhow!("--form {word}: not a form; jsonl, csv, xlsx or json"));
    }
    let Some(path) = &args.out else { return Ok(Form::Lines) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map_or("", |(_, ending)| ending);
    match Form::named(ending) {
        Some(form) => Ok(form),
        None => bail!("{name}: end the name in .jsonl, .csv, .xlsx or .json (and .gz), or say --form"),
    }
}

fn copy(args: &ExportArgs, mut copy: Copy<'_>, upto: u64) -> Result<u64> {
    let tells = args.out.is_some() && io::stderr().is_terminal();
    let mut refused = None;
    let read = journal::records(&args.state, |fact, bytes| {
        if tells && fact.id.seq % TOLD_EVERY == 0 {
            eprint!("\r{} of {upto} facts", fact.id.seq);
        }
        copy.fact(fact, bytes).map_err(|error| {
            refused = Some(error);
            JournalError::Io { path: "output".into(), source: io::ErrorKind::Other.into() }
        })
    });
    if tells {
        eprint!("\r\x1b[K");
    }
    // What refused is told as it is: a closed pipe is no failure.
    if let Some(error) = refused {
        return Err(error.into());
    }
    read?;
    Ok(copy.finish()?)
}
