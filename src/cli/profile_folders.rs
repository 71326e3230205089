//! Where the profiles are that a subcommand looks at.
//!
//! Takes: folders as given, or a configuration that names them.
//! Gives: [`Folders::resolve`]: the folders in the order in which they are searched.
//! Never: fails. Without a configuration it is what lies here, and what was installed.

use std::path::PathBuf;

use clap::Args;

use crate::config::{daemon, layout};

/// Where profiles are.
#[derive(Debug, Args)]
pub struct Folders {
    /// Folder of profiles; repeatable, the first that has a profile wins
    #[arg(long = "profiles", value_name = "DIR")]
    pub profiles: Vec<PathBuf>,
    /// Configuration that names the folders
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
}

impl Folders {
    /// As given, else as configured, else beside the working directory and where shipped ones are installed.
    pub fn resolve(&self) -> Vec<PathBuf> {
        if !self.profiles.is_empty() {
            return self.profiles.clone();
        }
        match daemon::load(&self.config, &daemon::environment()) {
            Ok((daemon, _)) => {
                let mut folders = vec![layout::profiles(&daemon.site)];
                folders.extend(daemon.profiles);
                folders
            }
            Err(_) => vec![PathBuf::from("device-profiles"), PathBuf::from(daemon::SHIPPED)],
        }
    }
}
