//! What an operating system, its sockets and its stores say of a failure, in Chinese.
//!
//! Takes: such words, also within a text: `events.db: No space left on device (os error 28)`.
//! Gives: the same for whoever reads Chinese; what is not known stays as it was said.
//! Never: other English than the system's own: that is what logs hold and what one searches for.

/// Their words and ours; what is part of a longer one comes after it.
const WORDS: &[(&str, &str)] = &[
    // How we name them ourselves (`edge::line`, `edge::modbus`).
    ("connection refused: nothing listens on this port", "连接被拒绝：此端口无人监听"),
    ("no such device file: is the adapter plugged in?", "没有此设备文件：适配器是否插好？"),
    (
        "permission denied: the service's user must be in the group that owns it (dialout)",
        "无权限：服务的用户须在设备所属的组（dialout）中",
    ),
    ("not usable, perhaps in use by another process", "不可用，可能被其他程序占用"),
    ("no such device file", "没有此设备文件"),
    ("reset by the other side", "被对方重置"),
    ("closed by the other side", "被对方关闭"),
    ("no connection within", "未能连上，限时"),
    ("no answer in time", "未在限定时间内应答"),
    ("no route", "无法到达"),
    // Linux, as strerror(3) words it.
    ("No such file or directory", "没有此文件或目录"),
    ("No such device or address", "没有此设备或地址"),
    ("No such device", "没有此设备"),
    ("Permission denied", "无权限"),
    ("Operation not permitted", "不允许此操作"),
    ("No space left on device", "磁盘已满"),
    ("Disk quota exceeded", "超出磁盘配额"),
    ("Read-only file system", "文件系统只读"),
    ("Input/output error", "输入输出错误"),
    ("Too many open files", "打开的文件过多"),
    ("Cannot allocate memory", "内存不足"),
    ("File exists", "文件已存在"),
    ("Is a directory", "是目录，不是文件"),
    ("Not a directory", "不是目录"),
    ("Address already in use", "地址已被占用"),
    ("Device or resource busy", "设备正被占用"),
    ("Cannot assign requested address", "本机没有此地址"),
    ("Connection refused", "连接被拒绝"),
    ("Connection timed out", "连接超时"),
    ("Connection reset by peer", "连接被对方重置"),
    ("Software caused connection abort", "连接已中止"),
    ("Broken pipe", "连接已断开"),
    ("No route to host", "无法到达主机"),
    ("Host is down", "主机不在线"),
    ("Network is unreachable", "无法到达网络"),
    ("Network is down", "网络已断开"),
    // Names of hosts.
    ("failed to lookup address information", "无法解析主机名"),
    ("Temporary failure in name resolution", "暂时无法解析"),
    ("Name or service not known", "没有此主机名"),
    ("No address associated with hostname", "此主机名没有地址"),
    // The runtime's.
    ("deadline has elapsed", "超时"),
    ("timed out", "超时"),
    ("connection refused", "连接被拒绝"),
    ("connection reset", "连接被重置"),
    ("broken pipe", "连接已断开"),
    ("unexpected end of file", "连接或文件提前结束"),
    ("entity not found", "没有找到"),
    ("permission denied", "无权限"),
    // SQLite.
    ("database or disk is full", "磁盘已满"),
    ("disk I/O error", "磁盘读写错误"),
    ("database is locked", "数据库正被占用"),
    ("attempt to write a readonly database", "数据库只读"),
    ("unable to open database file", "无法打开数据库文件"),
    ("database disk image is malformed", "数据库文件已损坏"),
];

/// The words of a system that `said` holds, in Chinese; without the number that only programs need.
pub fn in_chinese(said: &str) -> String {
    let mut text = said.to_owned();
    while let Some(begin) = text.find(" (os error ") {
        let Some(length) = text[begin..].find(')') else { break };
        text.replace_range(begin..=begin + length, "");
    }
    for (theirs, ours) in WORDS {
        if text.contains(theirs) {
            text = text.replace(theirs, ours);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_part_of_another_comes_after_it_and_none_is_worded_twice() {
        for (place, (theirs, ours)) in WORDS.iter().enumerate() {
            let hidden = WORDS[..place].iter().find(|(before, _)| theirs.contains(before));
            assert_eq!(hidden, None, "{theirs} is never reached");
            assert!(ours.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)), "{ours}");
        }
    }

    #[test]
    fn the_words_stand_in_their_text_and_the_rest_stays() {
        let check = |said, expected| assert_eq!(in_chinese(said), expected);
        check(
            "/var/lib/tocsin/events.db: No space left on device (os error 28)",
            "/var/lib/tocsin/events.db: 磁盘已满",
        );
        check("no connection within 1500 ms", "未能连上，限时 1500 ms");
        check("no route: No route to host (os error 113)", "无法到达: 无法到达主机");
        check("the centre speaks another version", "the centre speaks another version");
        check("a (os error", "a (os error");
        check("", "");
    }
}
