//! What went wrong with a request, and what to do next, for whoever stands before the device.
//!
//! Takes: how it failed, how its bus is reached, and what is known of the device.
//! Gives: [`Told`]: what happened and the next step, in both languages.
//! Never: a code without its meaning, or a cause that what is known speaks against.

use super::Trouble;
use crate::engine::base::{Text, in_chinese};
use crate::engine::poll::Failure;
use crate::engine::site::{Endpoint, Line, Parity};

/// What happened, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub what: Text,
    /// What to look at first.
    pub next: Text,
}

/// What is known of the device beside the failure.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// How its bus is reached.
    pub endpoint: &'a Endpoint,
    /// It answered some request since the start.
    pub ever_answered: bool,
    /// Another device on the same bus answers now.
    pub others_answer: bool,
}

/// What a person is told of it.
pub fn told(trouble: &Trouble, known: &Circumstances<'_>) -> Told {
    match &trouble.failure {
        Failure::Timeout => {
            let next = silence(trouble.asked.unit, known);
            Told { what: Text::new("限时内没有应答", "Nothing came in time"), next }
        }
        Failure::Exception(code @ (0x0A | 0x0B)) => Told { what: named(*code), next: behind_gateway(*code) },
        Failure::Exception(code) => Told { what: named(*code), next: refused(*code, trouble) },
        Failure::Malformed(said) => malformed(said, known),
        Failure::Link(said) => Told {
            what: Text::new(&format!("线路不通：{}", in_chinese(said)), &format!("The link is lost: {said}")),
            next: Text::new("查网关、网络或串口适配器", "Look at the gateway, the network or the serial adapter"),
        },
    }
}

/// What an exception says (Modbus Application Protocol 1.1b3, chapter 7).
pub fn named(code: u8) -> Text {
    let (zh, en) = match code {
        1 => ("设备不支持此功能", "the device does not have this function"),
        2 => ("设备中没有这些地址", "these addresses are not there in this device"),
        3 => ("设备不接受此请求的数量或值", "the device does not take this count or value"),
        4 => ("设备内部故障", "the device failed inside"),
        5 => ("设备已接受，处理需要时间", "the device took it and needs time"),
        6 => ("设备忙", "the device is busy"),
        8 => ("设备存储器校验错", "a memory of the device has a parity error"),
        0x0A => ("网关没有通往该设备的通道", "the gateway has no way to the device"),
        0x0B => ("网关后的设备没有应答", "the device behind the gateway does not answer"),
        _ => ("规范之外的异常码", "a code outside the specification"),
    };
    Text::new(&format!("异常码 {code}：{zh}"), &format!("Exception {code}: {en}"))
}

fn silence(unit: u8, known: &Circumstances<'_>) -> Text {
    if known.ever_answered {
        return Text::new(
            "此前有应答：若只有这一请求无应答，查设备是否支持该地址段，或加大 reply-within；若全部无应答，查电源与接线",
            "It answered before. If only this request is not answered, see whether the device has these addresses, or raise \
             reply-within; if none is, look at its power and wiring",
        );
    }
    match known.endpoint {
        Endpoint::Serial(line) => {
            let settings = spell(line);
            let (zh, en) = if known.others_answer {
                (
                    format!(
                        "同线其他设备有应答，线路正常：核对该设备的地址（应为 {unit}）、通信参数（应为 {settings}）、电源与 A/B 接线；用 tocsin probe units 查它实际的地址"
                    ),
                    format!(
                        "Others on this line answer, so the line is well: check this device's unit id (should be {unit}), its settings (should be {settings}), its power and the A/B wires; tocsin probe units finds the id it really has"
                    ),
                )
            } else {
                (
                    format!(
                        "此线上无人应答：核对 A/B 是否接反、终端电阻、公共地，以及通信参数（应为 {settings}）；再核对地址（应为 {unit}）"
                    ),
                    format!(
                        "Nobody on this line answers: check A/B swapped, termination and common ground, and the settings (should be {settings}); then the unit id (should be {unit})"
                    ),
                )
            };
            Text { zh, en }
        }
        _ if known.others_answer => Text {
            zh: format!("同一连接上其他设备有应答：核对地址（应为 {unit}）；若在网关之后，核对网关的路由与串口参数"),
            en: format!(
                "Others on this connection answer: check the unit id (should be {unit}); behind a gateway, its routing and serial settings"
            ),
        },
        _ => Text {
            zh: format!(
                "连接已建立而无应答：核对地址（应为 {unit}；直连设备常为 1 或 255）、是否为 Modbus TCP 还是 RTU 帧、设备是否限制客户端数目"
            ),
            en: format!(
                "The connection stands and nothing is answered: check the unit id (should be {unit}; a device by itself often wants 1 or 255), Modbus TCP or RTU frames, and whether the device limits its clients"
            ),
        },
    }
}

fn refused(code: u8, trouble: &Trouble) -> Text {
    let asked = trouble.asked;
    let last = u32::from(asked.start) + u32::from(asked.count.max(1)) - 1;
    match code {
        1 => Text {
            zh: format!("配置用功能 {} 读取：核对点表是保持寄存器还是输入寄存器（功能 3 或 4）", asked.function),
            en: format!(
                "The profile reads by function {}: is it holding or input registers (3 or 4) in the device's own list?",
                asked.function
            ),
        },
        2 if asked.count > 1 => Text {
            zh: format!("核对 {} 至 {last} 是否都在设备中；范围会自动拆分，直到只剩不存在的地址", asked.start),
            en: format!(
                "Check {} to {last} in the device's own list; the range is split by itself until only what is missing is left",
                asked.start
            ),
        },
        2 => Text {
            zh: format!(
                "地址 {} 在此设备中不存在：核对型号与固件、点表是否从 0 还是 1 起数，或从配置中去掉该测点",
                asked.start
            ),
            en: format!(
                "Address {} is not there in this device: check model and firmware, whether its list counts from 0 or 1, or take the point out of the profile",
                asked.start
            ),
        },
        3 => Text {
            zh: format!("一次读 {} 个可能过多：在配置中减小 max-registers 或 max-bits", asked.count),
            en: format!("{} at once may be too many: lower max-registers or max-bits in the profile", asked.count),
        },
        5 | 6 => Text::new(
            "偶尔出现无妨；经常出现则在配置中加大 pause 或放慢周期",
            "Now and then it does no harm; when it is often, raise pause in the profile or read more slowly",
        ),
        4 | 8 => Text::new("看设备自身的显示与记录", "Look at the device's own display and log"),
        _ => Text::new("查设备手册中的异常码", "Look the code up in the device's own document"),
    }
}

fn behind_gateway(code: u8) -> Text {
    if code == 0x0A {
        return Text::new(
            "在网关中核对该地址属于哪个串口",
            "In the gateway, check which of its ports this unit id belongs to",
        );
    }
    Text::new(
        "网关正常，设备无应答：核对地址、网关侧串口的波特率与校验、A/B 接线与设备电源",
        "The gateway works, the device is silent: check the unit id, baud rate and parity of the gateway's port, the A/B wires and the device's power",
    )
}

/// The wire says in one line what it found; which kind it is decides what to look at.
fn malformed(said: &str, known: &Circumstances<'_>) -> Told {
    let noise = || match known.endpoint {
        Endpoint::Serial(line) => Text {
            zh: format!(
                "线路干扰或参数不符：查屏蔽与接地、终端电阻、波特率与校验（应为 {}）、有无两台设备同一地址",
                spell(line)
            ),
            en: format!(
                "Noise, or other settings: check screen and ground, termination, baud rate and parity (should be {}), and whether two devices have the same unit id",
                spell(line)
            ),
        },
        _ => Text::new(
            "网关传来的帧不完整：查网关后的线路，或网关的超时设置",
            "The gateway passes on what is no whole frame: check the line behind it, or its time-out",
        ),
    };
    let number = |before: &str, after: &str| {
        let rest = said.split_once(before).map(|(_, rest)| rest)?;
        let text = if after.is_empty() { rest } else { rest.split_once(after)?.0 };
        text.trim().parse::<u32>().ok()
    };
    let (zh, next) = if let (Some(found), Some(meant)) = (number("unit ", " answered"), number("instead of unit ", ""))
    {
        let next = Text {
            zh: format!("两台设备可能同址，或网关改写了地址：单独接上此设备再查，核对地址 {found} 与 {meant}"),
            en: format!(
                "Two devices may share an id, or the gateway rewrites it: connect this device alone, check units {found} and {meant}"
            ),
        };
        (format!("应答的是地址 {found}，不是 {meant}"), next)
    } else if said.contains("transaction id") {
        let next = Text::new(
            "网关不回传事务号：在配置中加 workarounds = [\"ignores-transaction-id\"]",
            "The gateway does not repeat the number of a request: add workarounds = [\"ignores-transaction-id\"] to the profile",
        );
        ("应答带有从未发出的事务号".to_owned(), next)
    } else if said.contains("another master") {
        let next = Text::new(
            "拔下其他主站（旧网关、触摸屏、调试电脑），或改为各用一线",
            "Take off the other master (an old gateway, a panel PC, a laptop), or give it a line of its own",
        );
        ("线路从不安静：有干扰，或另有主站".to_owned(), next)
    } else if said.contains("whether it echoes") {
        let next = Text::new(
            "两线适配器可能回送所发内容：先读任一设备一次即可分辨",
            "A two-wire adapter may hand back what is sent: one answered read settles it",
        );
        ("写入原样返回，尚不知此线是否回送".to_owned(), next)
    } else if let Some(bytes) = number("", " bytes came that hold") {
        (format!("收到 {bytes} 字节，其中没有校验正确的应答"), noise())
    } else if said.contains("cut short") {
        ("一帧未收完即中断".to_owned(), noise())
    } else if said.contains("protocol id") || said.contains("with length") {
        let next = Text::new(
            "对方可能是 RTU 帧或别的协议：核对 tcp 与 framing = \"rtu\"",
            "The other side may send RTU frames or speak another protocol: check tcp against framing = \"rtu\"",
        );
        ("连接上传来的不是 Modbus TCP 帧".to_owned(), next)
    } else if said.contains("bytes of data") || said.contains("values, got") {
        let next = Text::new(
            "核对功能与数量；网关可能把别人的应答转给了我们",
            "Check function and count; a gateway may hand us the answer to somebody else",
        );
        ("应答的长度与请求不符".to_owned(), next)
    } else {
        ("应答不可信".to_owned(), noise())
    };
    Told { what: Text { zh: format!("{zh}（{said}）"), en: format!("Not to be believed: {said}") }, next }
}

/// `9600 8N1`
pub fn spell(line: &Line) -> String {
    let parity = match line.parity {
        Parity::None => 'N',
        Parity::Even => 'E',
        Parity::Odd => 'O',
    };
    format!("{} 8{parity}{}", line.baud, line.stop_bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::base::Wall;
    use crate::live::Asked;

    fn trouble(failure: Failure) -> Trouble {
        let asked = Asked { unit: 7, function: 3, start: 100, count: 4 };
        Trouble { asked, failure, times: 1, first: Wall(0), last: Wall(0) }
    }

    fn serial() -> Endpoint {
        Endpoint::Serial(Line { path: "/dev/a".into(), baud: 9600, parity: Parity::None, stop_bits: 1 })
    }

    #[test]
    fn silence_is_looked_for_where_what_is_known_points_to() {
        let tcp = Endpoint::Tcp("10.0.0.20:502".into());
        let check = |endpoint: &Endpoint, ever_answered: bool, others_answer: bool, en: &str, zh: &str| {
            let known = Circumstances { endpoint, ever_answered, others_answer };
            let Told { next, .. } = told(&trouble(Failure::Timeout), &known);
            assert!(next.en.contains(en) && next.zh.contains(zh), "{next:?}");
        };
        check(&serial(), false, false, "9600 8N1", "A/B 是否接反");
        check(&serial(), false, true, "should be 7", "地址（应为 7）");
        check(&serial(), true, true, "answered before", "此前有应答");
        check(&tcp, false, false, "1 or 255", "1 或 255");
        check(&tcp, false, true, "gateway", "网关");
    }

    #[test]
    fn each_failure_has_its_own_words_and_a_next_step_in_both_languages() {
        let line = serial();
        let known = Circumstances { endpoint: &line, ever_answered: true, others_answer: true };
        let check = |failure: Failure, what: &str, next: &str| {
            let told = told(&trouble(failure), &known);
            assert!(told.what.zh.contains(what) && told.next.zh.contains(next), "{told:?}");
            assert!(!told.what.en.is_empty() && !told.next.en.is_empty());
        };
        check(Failure::Exception(1), "不支持此功能", "功能 3 读取");
        check(Failure::Exception(2), "没有这些地址", "100 至 103");
        check(Failure::Exception(3), "数量", "max-registers");
        check(Failure::Exception(6), "忙", "pause");
        check(Failure::Exception(0x0B), "网关后的设备没有应答", "网关正常");
        check(Failure::Exception(0x77), "异常码 119", "手册");
        // The words are those of the wire.
        check(Failure::Malformed("unit 3 answered instead of unit 7".into()), "地址 3，不是 7", "同址");
        check(Failure::Malformed("9 bytes came that hold no sound answer".into()), "收到 9 字节", "9600 8N1");
        check(Failure::Malformed("a frame was cut short".into()), "中断", "终端电阻");
        check(
            Failure::Malformed("the line never falls silent: noise, or another master on it".into()),
            "另有主站",
            "拔下其他主站",
        );
        check(Failure::Malformed("2 bytes of data where 8 were asked for".into()), "长度", "核对功能");
        check(Failure::Malformed("a frame with protocol id 7 instead of 0".into()), "不是 Modbus TCP", "framing");
    }
}
