//! Which line or connection to look at, as a person says it on the command line.
//!
//! Takes: `--tcp`, `--serial` with its settings, or a bus of a configured site.
//! Gives: an [`Endpoint`], and how it is called in what is printed.
//! Never: a line that speaks another protocol than Modbus.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};

use crate::config::problem::did_you_mean;
use crate::config::{self, daemon};
use crate::engine::site::{Endpoint, Line, Parity, Port, Site};

/// Where the devices are.
#[derive(Clone, Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("way").args(["tcp", "serial", "bus"])))]
pub struct EndpointArgs {
    /// Modbus TCP: a device or gateway, such as 10.0.0.20:502
    #[arg(long, value_name = "HOST:PORT")]
    pub tcp: Option<String>,
    /// Serial line, best below /dev/serial/by-id
    #[arg(long, value_name = "PATH")]
    pub serial: Option<String>,
    /// Bits a second of the serial line
    #[arg(long, value_name = "N", default_value_t = 9600, value_parser = clap::value_parser!(u32).range(1200..=115_200), requires = "serial")]
    pub baud: u32,
    /// Parity of the serial line
    #[arg(long, value_enum, default_value = "even", requires = "serial")]
    pub parity: ParityArg,
    /// Stop bits of the serial line
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2), requires = "serial")]
    pub stop_bits: u8,
    /// Frames on the TCP connection: Modbus TCP, or RTU frames with checksum (terminal servers)
    #[arg(long, value_enum, default_value = "tcp", requires = "tcp")]
    pub framing: FramingArg,
    /// A bus of the configured site, by its id
    #[arg(long, value_name = "ID")]
    pub bus: Option<String>,
    /// tocsin.toml, the folder that holds it, or a site folder; it also names the folders of profiles
    #[arg(long, value_name = "PATH", default_value = "/etc/tocsin")]
    pub config: PathBuf,
}

/// Parity as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ParityArg {
    /// None.
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// Framing as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FramingArg {
    /// Modbus TCP.
    Tcp,
    /// RTU frames.
    Rtu,
}

impl EndpointArgs {
    /// The endpoint, or in lines what is wrong.
    pub fn resolve(&self) -> Result<Endpoint, Vec<String>> {
        match (&self.tcp, &self.serial, &self.bus) {
            (Some(address), _, _) => {
                check_address(address)?;
                Ok(match self.framing {
                    FramingArg::Tcp => Endpoint::Tcp(address.clone()),
                    FramingArg::Rtu => Endpoint::RtuTcp(address.clone()),
                })
            }
            (None, Some(path), _) => Ok(Endpoint::Serial(Line {
                path: path.clone(),
                baud: self.baud,
                parity: match self.parity {
                    ParityArg::None => Parity::None,
                    ParityArg::Even => Parity::Even,
                    ParityArg::Odd => Parity::Odd,
                },
                stop_bits: self.stop_bits,
            })),
            (None, None, Some(id)) => of_bus(&site(&self.config)?, id),
            (None, None, None) => Err(vec![
                "where is the device? --tcp HOST:PORT, --serial PATH, or --bus ID of the site in --config".to_owned(),
            ]),
        }
    }
}

/// Reads the configured site; warnings are `tocsin check`'s to tell.
pub fn site(config: &Path) -> Result<Site, Vec<String>> {
    let texts = |problems: Vec<config::Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (settings, _) = daemon::load(config, &daemon::environment()).map_err(texts)?;
    config::load_lenient(&settings.site, &settings.profiles).map(|(site, _)| site).map_err(texts)
}

fn of_bus(site: &Site, id: &str) -> Result<Endpoint, Vec<String>> {
    let Some(bus) = site.buses.iter().find(|bus| bus.id.as_str() == id) else {
        let hint = did_you_mean(id, site.buses.iter().map(|bus| bus.id.as_str()));
        return Err(vec![format!("the site has no bus \"{id}\"; {hint}")]);
    };
    modbus(&bus.endpoint).map_err(|reason| vec![format!("bus \"{id}\" {reason}")])
}

/// The endpoint when Modbus is spoken there.
pub fn modbus(endpoint: &Endpoint) -> Result<Endpoint, String> {
    match endpoint {
        Endpoint::Tcp(_) | Endpoint::RtuTcp(_) | Endpoint::Serial(_) => Ok(endpoint.clone()),
        Endpoint::Text(_) => Err("speaks text, not Modbus: it cannot be asked".to_owned()),
        Endpoint::Gbt26875(_) => Err("speaks GB/T 26875.3, not Modbus: its devices report by themselves".to_owned()),
    }
}

fn check_address(address: &str) -> Result<(), Vec<String>> {
    let wrong = |what: &str| Err(vec![format!("--tcp {address}: {what}; Modbus TCP is usually port 502")]);
    match address.rsplit_once(':') {
        None => wrong("the port is missing"),
        Some(("", _)) => wrong("the host is missing"),
        Some((_, port)) if !matches!(port.parse::<u16>(), Ok(1..)) => wrong("that is no port"),
        Some(_) => Ok(()),
    }
}

/// How people call an endpoint.
pub fn spell(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Tcp(address) => format!("tcp {address}"),
        Endpoint::RtuTcp(address) => format!("tcp {address}, rtu frames"),
        Endpoint::Serial(line) => {
            let parity = match line.parity {
                Parity::None => 'N',
                Parity::Even => 'E',
                Parity::Odd => 'O',
            };
            format!("{} at {} 8{parity}{}", line.path, line.baud, line.stop_bits)
        }
        Endpoint::Text(Port::Tcp(place)) => place.clone(),
        Endpoint::Text(Port::Serial(line)) => line.path.clone(),
        Endpoint::Gbt26875(listen) => listen.address.clone(),
    }
}
