//! Fifty TCP devices of a hundred registers, read flat out: a bare tokio-modbus loop against the whole path.
//!
//! The devices are one thread that answers every request with the same registers. Its CPU time is not counted: times
//! are summed over the threads named `gateway` (`/proc/self/task/*/schedstat`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_modbus::Slave;
use tokio_modbus::client::{Reader, tcp};

use crate::bare;
use crate::devices::{self, Endpoint};
use crate::figure::Figures;
use crate::path::{Path, gateway_cpu, runtime};
use crate::sites::{self, REGISTERS};

const DEVICES: usize = 50;
/// Blocks of registers of each device: one would be asked for 1,000 times a second and no more.
const BLOCKS: u16 = 4;
const ROUNDS: usize = 5;
const WARM: Duration = Duration::from_millis(500);
const ROUND: Duration = Duration::from_secs(2);

/// One round: requests a second, and CPU seconds for 100,000 registers.
struct Round {
    rate: f64,
    cost: f64,
}

pub fn measure(figures: &mut Figures) {
    // Blocks lie a thousand addresses apart.
    let field = devices::serve(DEVICES, 1, 1_000 * BLOCKS);
    let addresses: Vec<SocketAddr> = field.iter().map(|endpoint| endpoint.address).collect();
    let (mut libmodbus, mut bare, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets all alike.
    for _ in 0..ROUNDS {
        libmodbus.extend(libmodbus_loop(&addresses));
        bare.push(bare_loops(&field, addresses.clone()));
        whole.push(whole_path(&field, &addresses));
    }
    let rates = |rounds: &[Round]| rounds.iter().map(|round| round.rate).collect::<Vec<_>>();
    let costs = |rounds: &[Round]| rounds.iter().map(|round| round.cost).collect::<Vec<_>>();
    let registers = |rounds: &[Round]| rounds.iter().map(|round| round.rate * f64::from(REGISTERS)).collect();
    let millions = |rounds: &[Round]| rounds.iter().map(|round| round.cost * 10.0).collect();
    let ratio = |over: Vec<f64>, under: Vec<f64>| over.iter().zip(under).map(|(a, b)| a / b).collect::<Vec<_>>();
    if !libmodbus.is_empty() {
        figures.add("50 x 100 registers flat out, bare libmodbus", "requests/s", "", rates(&libmodbus));
        figures.add("  cost, bare libmodbus", "CPU s/100k regs", "(0.013 measured)", costs(&libmodbus));
    }
    figures.add("50 x 100 registers flat out, bare tokio-modbus", "requests/s", "", rates(&bare));
    figures.add("  cost, bare tokio-modbus", "CPU s/100k regs", "(0.009 measured)", costs(&bare));
    figures.add("50 x 100 registers flat out, whole path", "requests/s", ">= 50,000", rates(&whole));
    figures.add("  of the whole path", "registers/s", "", registers(&whole));
    figures.add("  cost, whole path", "CPU s/100k regs", "<= 0.03", costs(&whole));
    figures.add("  cost, whole path", "CPU s/1M regs", "<= 0.3", millions(&whole));
    figures.add("  rate", "whole / tokio", "", ratio(rates(&whole), rates(&bare)));
    figures.add("  cost", "whole / tokio", "", ratio(costs(&whole), costs(&bare)));
    if !libmodbus.is_empty() {
        figures.add("  rate", "whole / libmodbus", "", ratio(rates(&whole), rates(&libmodbus)));
        figures.add("  cost", "whole / libmodbus", "", ratio(costs(&whole), costs(&libmodbus)));
    }
}

fn libmodbus_loop(addresses: &[SocketAddr]) -> Option<Round> {
    let mut words = vec!["tcp".to_owned(), REGISTERS.to_string(), ROUND.as_secs().to_string()];
    words.extend(addresses.iter().map(|address| address.port().to_string()));
    let ran = bare::run(&words)?;
    let registers = ran.requests * f64::from(REGISTERS);
    Some(Round { rate: ran.requests / ran.seconds, cost: ran.processor / registers * 100_000.0 })
}

/// What the devices answer within a round, and what the threads named `gateway` take for it.
fn round(field: &[Endpoint]) -> Round {
    let answers = || field.iter().map(|endpoint| endpoint.units[0].answered()).sum::<u64>();
    std::thread::sleep(WARM);
    let (begun, answered, cpu) = (Instant::now(), answers(), gateway_cpu());
    std::thread::sleep(ROUND);
    let answered = (answers() - answered) as f64;
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), gateway_cpu() - cpu);
    assert!(answered > 0.0, "nothing was asked");
    Round { rate: answered / seconds, cost: cpu / (answered * f64::from(REGISTERS)) * 100_000.0 }
}

fn bare_loops(field: &[Endpoint], addresses: Vec<SocketAddr>) -> Round {
    let runtime = runtime();
    let _loops = runtime.block_on(async {
        let mut loops = JoinSet::new();
        for address in addresses {
            loops.spawn(async move {
                let stream = TcpStream::connect(address).await.expect("the device listens");
                stream.set_nodelay(true).expect("a socket");
                let mut client = tcp::attach_slave(stream, Slave(1));
                loop {
                    let words = client.read_holding_registers(0, REGISTERS).await.expect("sent").expect("no exception");
                    assert_eq!(words.len(), usize::from(REGISTERS));
                }
            });
        }
        loops
    });
    round(field)
}

fn whole_path(field: &[Endpoint], addresses: &[SocketAddr]) -> Round {
    let endpoints: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let path = Path::start(sites::of_registers(&endpoints, BLOCKS));
    let round = round(field);
    let board = Arc::clone(&path.board);
    path.stop();
    assert!(board.all().iter().all(|reading| reading.good().is_some()), "every point was read");
    round
}
