//! What the verbs of `tocsin rules` are told alike: where the site is, and how formulas are read.
//!
//! Takes: the arguments.
//! Gives: the checked site, the precedence and the table of floors; what is wrong with them goes to the error output.
//! Never: a site with a problem.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::config::formula::{Floors, Precedence};
use crate::config::{self, Problem, daemon};
use crate::engine::site::Site;

/// Where the site is.
#[derive(Debug, Args)]
pub struct Where {
    /// tocsin.toml, the folder that holds it, or a site folder
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
    /// Folder of profiles, beside those that are configured; repeatable
    #[arg(long = "profiles", value_name = "DIR")]
    pub profiles: Vec<PathBuf>,
}

/// How formulas are read.
#[derive(Debug, Args)]
pub struct Reading {
    /// Which of + and X binds closer, for formulas that mix them
    #[arg(long, value_name = "WHICH")]
    pub precedence: Option<Binds>,
    /// Table of floors (CSV: digits,floor) for the first two digits of a code, such as 91,B1
    #[arg(long, value_name = "TABLE")]
    pub floors: Option<PathBuf>,
}

/// Which of + and X binds closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Binds {
    /// X, as in arithmetic
    And,
    /// +
    Or,
    /// From left to right
    Left,
}

/// The site, and the folder it lies in.
pub(super) fn site(args: &Where, err: &mut impl Write) -> io::Result<Option<(Site, PathBuf)>> {
    let read = daemon::load(&args.config, &daemon::environment()).and_then(|(daemon, _)| {
        let folders: Vec<PathBuf> = args.profiles.iter().chain(&daemon.profiles).cloned().collect();
        Ok((config::load(&daemon.site, &folders)?.0, daemon.site))
    });
    match read {
        Ok(read) => Ok(Some(read)),
        Err(problems) => {
            tell(&problems, err)?;
            Ok(None)
        }
    }
}

/// Writes problems, one a line.
pub(super) fn tell(problems: &[Problem], err: &mut impl Write) -> io::Result<()> {
    problems.iter().try_for_each(|problem| writeln!(err, "{problem}"))
}

impl Reading {
    /// The declared precedence.
    pub(super) fn precedence(&self) -> Option<Precedence> {
        self.precedence.map(|binds| match binds {
            Binds::And => Precedence::And,
            Binds::Or => Precedence::Or,
            Binds::Left => Precedence::Left,
        })
    }

    /// The table of floors; nothing when it is refused, which is told.
    pub(super) fn floors(&self, err: &mut impl Write) -> io::Result<Option<Floors>> {
        let Some(path) = &self.floors else { return Ok(Some(Floors::default())) };
        let Some(bytes) = bytes(path, err)? else { return Ok(None) };
        match Floors::parse(&name(path), &bytes) {
            Ok(floors) => Ok(Some(floors)),
            Err(problems) => {
                tell(&problems, err)?;
                Ok(None)
            }
        }
    }
}

/// What a file holds; nothing when it cannot be read, which is told.
pub(super) fn bytes(path: &Path, err: &mut impl Write) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) => {
            writeln!(err, "{} cannot be read: {error}", path.display())?;
            Ok(None)
        }
    }
}

/// How problems call a file: by its name without the folders.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
