//! What an action does, in words.
//!
//! Takes: a verb.
//! Gives: what people read, and the next manual step when its feedback does not come.
//! Never: a verb that neither this table nor a command of the site knows.

use super::keys::ACTION;
use crate::engine::base::Text;
use crate::engine::site::Site;

/// Verbs that every site knows: also where the panel acts and nothing of the site has such a command.
pub const VERBS: [(&str, &str, &str); 8] = [
    ("start", "启动", "start"),
    ("stop", "停止", "stop"),
    ("open", "打开", "open"),
    ("close", "关闭", "close"),
    ("recall", "迫降", "recall"),
    ("cut", "切断", "cut off"),
    ("transfer", "切换", "transfer"),
    ("evacuate", "疏散广播", "evacuate"),
];

/// Every verb that an action of this site may have, each once. One that is spelt like a key of an action means the key.
pub fn known(site: &Site) -> Vec<&str> {
    let mut all: Vec<&str> = VERBS.iter().map(|(verb, ..)| *verb).collect();
    for command in &site.commands {
        let verb = command.spec.verb.as_str();
        if !all.contains(&verb) && !ACTION.keys.iter().any(|key| key.name == verb) {
            all.push(verb);
        }
    }
    all
}

/// What people read.
pub fn text(verb: &str) -> Text {
    VERBS.iter().find(|(known, ..)| *known == verb).map_or_else(|| Text::same(verb), |(_, zh, en)| Text::new(zh, en))
}

/// The next manual step.
pub fn advice(verb: &str, what: &Text) -> Text {
    let does = text(verb);
    Text::new(
        &format!("未收到反馈：派人到现场手动{}（{}），确认其状态并报告", does.zh, what.zh),
        &format!("No feedback: send somebody to {} it by hand ({}), see that it happened and report", does.en, what.en),
    )
}
