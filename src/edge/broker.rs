//! A connection to an MQTT broker, whatever is said over it: how it is encrypted, who we are, and why it did not come or last.
//!
//! Takes: files of certificates and passwords; errors of the client, of TLS and of the socket, the broker's reason codes.
//! Gives: what the client connects with; one short text in both languages.
//! Never: a secret in a text, or a code without a word.

mod standing;

use std::io;

use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode as Code, DisconnectReasonCode, PubAckReason};
use rumqttc::{ConnectionError, StateError, TlsConfiguration, Transport};
use rustls::{AlertDescription, CertificateError, Error as Tls};

use crate::config::daemon::Broker;
use crate::engine::base::{Text, in_chinese};

pub use standing::Standing;

/// User and password, the first line of its file, as they are now; nothing where no user is named.
///
/// # Errors
/// A file that cannot be read, in words.
pub async fn login(broker: &Broker) -> Result<Option<(String, String)>, Text> {
    let Some(user) = &broker.user else { return Ok(None) };
    let password = match &broker.password_file {
        None => String::new(),
        Some(path) => {
            let text = tokio::fs::read_to_string(path).await.map_err(|error| {
                let path = path.display();
                said(&format!("密码文件 {path}"), &format!("password file {path}"), &error.to_string())
            })?;
            text.lines().next().unwrap_or_default().to_owned()
        }
    };
    Ok(Some((user.clone(), password)))
}

/// Plain, or TLS with the certificates as they are now.
///
/// # Errors
/// A file that cannot be used, in words.
pub fn transport(broker: &Broker) -> Result<Transport, Text> {
    let Some(tls) = &broker.tls else { return Ok(Transport::Tcp) };
    let config = tls.client().map_err(|flaw| said("证书不可用", "certificates cannot be used", &flaw.to_string()))?;
    Ok(Transport::tls_with_config(TlsConfiguration::Rustls(config)))
}

/// Why a connection of MQTT 3.1.1 is over.
pub fn three(error: &ConnectionError) -> Text {
    use rumqttc::mqttbytes::Error as Bytes;
    match error {
        ConnectionError::ConnectionRefused(code) => refused_3(*code),
        ConnectionError::Io(error)
        | ConnectionError::MqttState(StateError::Io(error) | StateError::Deserialization(Bytes::Io(error))) => {
            io(error)
        }
        ConnectionError::Tls(error) => tls(error),
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => no_answer(),
        ConnectionError::MqttState(StateError::AwaitPingResp) => no_answer(),
        ConnectionError::MqttState(StateError::ConnectionAborted) => closed(),
        other => as_said(&other.to_string()),
    }
}

/// Nothing came in time.
pub fn no_answer() -> Text {
    Text::new("没有应答", "no answer")
}

/// The other side closed the connection without a word.
pub fn closed() -> Text {
    Text::new("连接被对方关闭", "the connection was closed")
}

/// The broker does not take us (MQTT 3.1.1).
pub fn refused_3(code: rumqttc::ConnectReturnCode) -> Text {
    use rumqttc::ConnectReturnCode as Three;
    refused(match code {
        Three::Success => Code::Success,
        Three::RefusedProtocolVersion => Code::UnsupportedProtocolVersion,
        Three::BadClientId => Code::ClientIdentifierNotValid,
        Three::ServiceUnavailable => Code::ServerUnavailable,
        Three::BadUserNamePassword => Code::BadUserNamePassword,
        Three::NotAuthorized => Code::NotAuthorized,
    })
}

/// The broker does not take us.
pub fn refused(code: Code) -> Text {
    let (zh, en) = match code {
        Code::BadUserNamePassword => ("用户名或密码不被接受", "user name or password not accepted"),
        Code::NotAuthorized => ("未授权（用户名、密码或证书）", "not authorised (user name, password or certificate)"),
        Code::UnsupportedProtocolVersion | Code::RefusedProtocolVersion => {
            ("不支持此 MQTT 版本，见 [mqtt] version", "it does not speak this version of MQTT, see [mqtt] version")
        }
        Code::ClientIdentifierNotValid | Code::BadClientId => ("客户端标识不被接受", "client id not accepted"),
        Code::ServerUnavailable | Code::ServiceUnavailable => ("服务不可用", "not available now"),
        Code::ServerBusy => ("服务器忙", "busy"),
        Code::Banned => ("客户端被禁止", "this client is banned"),
        Code::QuotaExceeded => ("超出配额", "quota exceeded"),
        Code::ConnectionRateExceeded => ("连接过于频繁", "too many connections in a short time"),
        Code::UseAnotherServer | Code::ServerMoved => ("请使用另一服务器", "another broker is to be used"),
        Code::RetainNotSupported => ("不支持保留消息", "it keeps no retained messages"),
        Code::QoSNotSupported => ("不支持 QoS 1", "it does not support QoS 1"),
        Code::BadAuthenticationMethod => ("认证方式不被接受", "authentication method not accepted"),
        Code::PacketTooLarge => ("报文过大", "packet too large"),
        Code::Success
        | Code::UnspecifiedError
        | Code::MalformedPacket
        | Code::ProtocolError
        | Code::ImplementationSpecificError
        | Code::TopicNameInvalid
        | Code::PayloadFormatInvalid => return worded("被拒绝", "refused", &format!("{code:?}"), None),
    };
    Text::new(&format!("被拒绝：{zh}"), &format!("refused: {en}"))
}

/// The broker does not take a message that it must acknowledge.
pub fn not_taken(reason: PubAckReason, said: Option<String>) -> Text {
    let (zh, en) = match reason {
        PubAckReason::NotAuthorized => ("无权发布到我们的主题", "we may not publish below our topics"),
        PubAckReason::QuotaExceeded => ("超出配额", "quota exceeded"),
        other => return worded("消息被拒绝", "a message was refused", &format!("{other:?}"), said.as_deref()),
    };
    Text::new(&format!("消息被拒绝：{zh}"), &format!("a message was refused: {en}"))
}

/// The broker ended the connection with a reason.
pub fn sent_away(reason: DisconnectReasonCode, said: Option<&str>) -> Text {
    use DisconnectReasonCode as Reason;
    let (zh, en) = match reason {
        Reason::ServerShuttingDown => ("服务器正在关闭", "it is shutting down"),
        Reason::SessionTakenOver => ("另一客户端使用同一标识", "another client uses our client id"),
        Reason::KeepAliveTimeout => ("心跳超时", "it heard nothing of us in time"),
        Reason::NotAuthorized => ("未授权", "not authorised"),
        Reason::PacketTooLarge => ("报文过大", "packet too large"),
        Reason::QuotaExceeded => ("超出配额", "quota exceeded"),
        Reason::AdministrativeAction => ("管理员断开", "its administrator ended it"),
        Reason::ServerBusy => ("服务器忙", "busy"),
        other => return worded("被断开", "sent away", &format!("{other:?}"), said),
    };
    Text::new(&format!("被断开：{zh}"), &format!("sent away: {en}"))
}

fn worded(zh: &str, en: &str, name: &str, said: Option<&str>) -> Text {
    // Names of codes are words run together: `ReceiveMaximumExceeded`.
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase());
    }
    let said = said.map_or_else(String::new, |said| format!(" ({said})"));
    Text::new(&format!("{zh}：{spaced}{said}"), &format!("{en}: {spaced}{said}"))
}

/// What the system or a library said, in its own words and in Chinese as far as they are known.
pub fn as_said(what: &str) -> Text {
    Text::new(&in_chinese(what), what)
}

/// The same behind what it means.
fn said(zh: &str, en: &str, what: &str) -> Text {
    Text::new(&format!("{zh}：{}", in_chinese(what)), &format!("{en}: {what}"))
}

/// The socket failed; TLS speaks through it, too.
pub fn io(error: &io::Error) -> Text {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>()) {
        Some(tls) => handshake(tls),
        None if is_cut(error) => closed(),
        None => as_said(&error.to_string()),
    }
}

fn is_cut(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    error.get_ref().is_none_or(|inner| !inner.is::<Tls>())
        && matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

/// TLS did not come about.
pub fn tls(error: &rumqttc::TlsError) -> Text {
    match error {
        rumqttc::TlsError::Io(error) if is_cut(error) => Text::new(
            "TLS 失败：握手时连接被关闭；此端口可能不使用 TLS",
            "TLS failed: closed during the handshake; this port may not speak TLS",
        ),
        rumqttc::TlsError::Io(error) => io(error),
        rumqttc::TlsError::TLS(error) => handshake(error),
        other => worded_tls(&other.to_string()),
    }
}

fn handshake(error: &Tls) -> Text {
    let (zh, en) = match error {
        Tls::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => {
                ("其证书并非由我们信任的机构签发", "its certificate comes from no authority that we trust")
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ("其证书已过期", "its certificate has expired")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ("其证书尚未生效", "its certificate is not valid yet")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ("其证书属于另一主机名", "its certificate is for another host name")
            }
            CertificateError::Revoked => ("其证书已被吊销", "its certificate was revoked"),
            other => return worded_tls(&other.to_string()),
        },
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            ("对方要求客户端证书", "it asks for a client certificate")
        }
        Tls::AlertReceived(AlertDescription::UnknownCA) => {
            ("对方不信任我们证书的签发机构", "it does not trust the authority of our certificate")
        }
        Tls::AlertReceived(AlertDescription::CertificateExpired) => {
            ("对方认为我们的证书已过期", "it says that our certificate has expired")
        }
        Tls::InvalidMessage(_) => ("对方此端口不使用 TLS", "it does not speak TLS on this port"),
        other => return worded_tls(&other.to_string()),
    };
    Text::new(&format!("TLS 失败：{zh}"), &format!("TLS failed: {en}"))
}

fn worded_tls(what: &str) -> Text {
    said("TLS 失败", "TLS failed", what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// errno(3) of Linux: what a gateway meets on its disk, its lines and its network.
    const MET: [i32; 24] =
        [1, 2, 5, 6, 12, 13, 16, 17, 19, 20, 21, 24, 28, 30, 32, 98, 99, 101, 103, 104, 110, 111, 113, 122];

    #[test]
    fn what_this_system_says_of_a_failure_is_chinese_in_a_chinese_sentence() {
        for number in MET {
            let error = io::Error::from_raw_os_error(number);
            let told = said("不可用", "not usable", &error.to_string());
            let plain = told.zh.bytes().all(|byte| !byte.is_ascii_alphanumeric());
            assert!(plain, "{number}: {} is still in {}", error, told.zh);
            assert!(told.en.ends_with(&error.to_string()), "the system's own words: {}", told.en);
        }
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::UnexpectedEof, io::ErrorKind::BrokenPipe] {
            let said = as_said(&io::Error::from(kind).to_string());
            assert!(said.zh.bytes().all(|byte| !byte.is_ascii_alphanumeric()), "{kind:?}: {}", said.zh);
        }
    }
}
