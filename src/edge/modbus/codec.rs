//! Requests and answers in the terms of the client.
//!
//! Takes: a request of `engine::poll`; the client's response.
//! Gives: the client's request; the reply.
//! Never: judges an answer to a write: the fence let it up only because it repeats what was to be written.

use std::borrow::Cow;

use tokio_modbus::prelude::ReadCode;
use tokio_modbus::{Request as Asked, Response};

use crate::engine::poll::{Failure, Reply, Request};
use crate::engine::profile::{Table, Write};

/// The request, as the client encodes it.
pub(super) fn asked(request: &Request) -> Asked<'_> {
    let start = request.start;
    if request.identification {
        // The basic objects: whoever answers at all has these three.
        return Asked::ReadDeviceIdentification(ReadCode::Basic, 0);
    }
    match (&request.write, request.table) {
        (Some(Write::Coil(on)), _) => Asked::WriteSingleCoil(start, *on),
        (Some(Write::Coils(bits)), _) => Asked::WriteMultipleCoils(start, Cow::Borrowed(bits)),
        (Some(Write::Register(word)), _) => Asked::WriteSingleRegister(start, *word),
        (Some(Write::Registers(words)), _) => Asked::WriteMultipleRegisters(start, Cow::Borrowed(words)),
        (Some(Write::Mask { and, or }), _) => Asked::MaskWriteRegister(start, *and, *or),
        (None, Table::Coil) => Asked::ReadCoils(start, request.count),
        (None, Table::Discrete) => Asked::ReadDiscreteInputs(start, request.count),
        (None, Table::Input) => Asked::ReadInputRegisters(start, request.count),
        (None, Table::Holding) => Asked::ReadHoldingRegisters(start, request.count),
    }
}

/// What a response says. Bits come in whole bytes; those beyond the request are cut off only when all that were asked
/// for are there.
pub(super) fn reply(request: &Request, response: Response) -> Result<Reply, Failure> {
    match response {
        Response::ReadHoldingRegisters(words) | Response::ReadInputRegisters(words) => Ok(Reply::Words(words)),
        Response::ReadCoils(mut bits) | Response::ReadDiscreteInputs(mut bits) => {
            if bits.len() == usize::from(request.count).next_multiple_of(8) {
                bits.truncate(usize::from(request.count));
            }
            Ok(Reply::Bits(bits))
        }
        Response::WriteSingleCoil(..)
        | Response::WriteMultipleCoils(..)
        | Response::WriteSingleRegister(..)
        | Response::WriteMultipleRegisters(..)
        | Response::MaskWriteRegister(..) => Ok(Reply::Written),
        Response::ReadDeviceIdentification(said) => Ok(Reply::Objects(
            said.device_id_objects.into_iter().map(|object| (object.id, object.value.to_vec())).collect(),
        )),
        _ => Err(Failure::Malformed("an answer to another function".into())),
    }
}
