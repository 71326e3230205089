//! The payload of Sparkplug B as protobuf, with the field numbers of Eclipse Tahu's `sparkplug_b.proto`.
//!
//! Takes: metrics, or bytes from the broker.
//! Gives: bytes, or what they say.
//! Never: fields that we neither send nor read (data sets, templates, arrays): what a host sends of them is skipped.

use prost::Message as _;

/// What a metric's value is (Sparkplug 3.0, 6.4.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum DataType {
    /// Two's complement, 32 bits.
    Int32 = 3,
    /// Two's complement, 64 bits.
    Int64 = 4,
    /// 16 bits.
    UInt16 = 6,
    /// 32 bits.
    UInt32 = 7,
    /// 64 bits.
    UInt64 = 8,
    /// IEEE 754 binary32.
    Float = 9,
    /// IEEE 754 binary64.
    Double = 10,
    /// True or false.
    Boolean = 11,
    /// UTF-8.
    String = 12,
}

/// One message.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Payload {
    /// When it was made, in milliseconds of UTC.
    #[prost(uint64, optional, tag = "1")]
    pub timestamp: Option<u64>,
    /// What it says.
    #[prost(message, repeated, tag = "2")]
    pub metrics: Vec<Metric>,
    /// 0 to 255, over everything a node says; a death that the broker says for us has none.
    #[prost(uint64, optional, tag = "3")]
    pub seq: Option<u64>,
}

/// One value.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Metric {
    /// Its name; in births always, later only where it has no alias.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// Its number, unique in the node.
    #[prost(uint64, optional, tag = "2")]
    pub alias: Option<u64>,
    /// When it was read, in milliseconds of UTC.
    #[prost(uint64, optional, tag = "3")]
    pub timestamp: Option<u64>,
    /// A [`DataType`].
    #[prost(uint32, optional, tag = "4")]
    pub datatype: Option<u32>,
    /// There is no value.
    #[prost(bool, optional, tag = "7")]
    pub is_null: Option<bool>,
    /// Quality, unit, range.
    #[prost(message, optional, tag = "9")]
    pub properties: Option<PropertySet>,
    /// The value.
    #[prost(oneof = "Scalar", tags = "10, 11, 12, 13, 14, 15")]
    pub value: Option<Scalar>,
}

/// The value of a metric.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Scalar {
    /// Whole numbers of at most 32 bits; negative ones as their two's complement.
    #[prost(uint32, tag = "10")]
    Int(u32),
    /// Whole numbers of 64 bits, likewise.
    #[prost(uint64, tag = "11")]
    Long(u64),
    /// Binary32.
    #[prost(float, tag = "12")]
    Float(f32),
    /// Binary64.
    #[prost(double, tag = "13")]
    Double(f64),
    /// True or false.
    #[prost(bool, tag = "14")]
    Boolean(bool),
    /// Text.
    #[prost(string, tag = "15")]
    Text(String),
}

/// Properties of a metric: keys and values in the same order.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PropertySet {
    /// Their names.
    #[prost(string, repeated, tag = "1")]
    pub keys: Vec<String>,
    /// What they are.
    #[prost(message, repeated, tag = "2")]
    pub values: Vec<PropertyValue>,
}

/// One property.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PropertyValue {
    /// A [`DataType`].
    #[prost(uint32, optional, tag = "1")]
    pub datatype: Option<u32>,
    /// The value.
    #[prost(oneof = "Property", tags = "3, 6, 8")]
    pub value: Option<Property>,
}

/// The value of a property.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Property {
    /// Int32.
    #[prost(uint32, tag = "3")]
    Int(u32),
    /// Double.
    #[prost(double, tag = "6")]
    Double(f64),
    /// String.
    #[prost(string, tag = "8")]
    Text(String),
}

impl PropertySet {
    /// One more property.
    #[must_use]
    pub fn with(mut self, key: &str, value: Property) -> PropertySet {
        let datatype = match &value {
            Property::Int(_) => DataType::Int32,
            Property::Double(_) => DataType::Double,
            Property::Text(_) => DataType::String,
        };
        self.keys.push(key.to_owned());
        self.values.push(PropertyValue { datatype: Some(datatype as u32), value: Some(value) });
        self
    }
}

impl Payload {
    /// What bytes from the broker say; none when they are no payload.
    pub fn read(bytes: &[u8]) -> Option<Payload> {
        Payload::decode(bytes).ok()
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_published_field_numbers() {
        let metric = Metric {
            name: Some("a".into()),
            alias: Some(1),
            timestamp: Some(2),
            datatype: Some(DataType::Boolean as u32),
            properties: Some(PropertySet::default().with("Quality", Property::Int(192))),
            value: Some(Scalar::Boolean(true)),
            ..Metric::default()
        };
        let payload = Payload { timestamp: Some(3), metrics: vec![metric], seq: Some(4) };
        // Field number << 3 | wire type, by hand from sparkplug_b.proto.
        let expected = [
            &[0x08, 3, 0x12, 29][..],
            &[0x0a, 1, b'a', 0x10, 1, 0x18, 2, 0x20, 11],
            &[0x4a, 16, 0x0a, 7],
            b"Quality",
            &[0x12, 5, 0x08, 3, 0x18, 0xc0, 0x01],
            &[0x70, 1, 0x18, 4],
        ]
        .concat();
        assert_eq!(payload.bytes(), expected);
        assert_eq!(Payload::read(&expected), Some(payload));
    }

    #[test]
    fn what_is_no_payload_is_none() {
        for bytes in [&b"{\"online\":true}"[..], &[0x12, 0xff], &[0x0a, 1, 0xff]] {
            assert_eq!(Payload::read(bytes), None, "{bytes:?}");
        }
        // A data set, which we do not read, is skipped: field 17 of a metric.
        let skipped = Payload::read(&[0x12, 5, 0x8a, 0x01, 2, 0x08, 1]).expect("a metric of a kind we do not read");
        assert_eq!(skipped.metrics, [Metric::default()]);
    }
}
