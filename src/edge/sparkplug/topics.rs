//! The topics of one edge node, and what a topic from the broker means.
//!
//! Takes: group, node and primary host, as they are set.
//! Gives: topics of Sparkplug 3.0, and back.
//! Never: a topic of another node.

/// What Sparkplug's topics begin with.
const SPACE: &str = "spBv1.0";

/// What a node says or hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// A birth.
    Birth,
    /// What changed.
    Data,
    /// A death.
    Death,
    /// A command.
    Command,
}

impl Word {
    fn of_node(self) -> &'static str {
        match self {
            Word::Birth => "NBIRTH",
            Word::Data => "NDATA",
            Word::Death => "NDEATH",
            Word::Command => "NCMD",
        }
    }

    fn of_device(self) -> &'static str {
        match self {
            Word::Birth => "DBIRTH",
            Word::Data => "DDATA",
            Word::Death => "DDEATH",
            Word::Command => "DCMD",
        }
    }
}

/// Whom a message from the broker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// How the primary host is.
    Host,
    /// A command to the node.
    Node,
    /// A command to a device.
    Device(&'a str),
}

/// The topics of one edge node.
#[derive(Clone, Debug)]
pub struct Topics {
    group: String,
    node: String,
    host: Option<String>,
}

impl Topics {
    /// The topics of `node` in `group`, and of the host it waits for.
    pub fn new(group: &str, node: &str, host: Option<&str>) -> Topics {
        Topics { group: group.to_owned(), node: node.to_owned(), host: host.map(str::to_owned) }
    }

    /// What the node says or hears of itself.
    pub fn node(&self, word: Word) -> String {
        format!("{SPACE}/{}/{}/{}", self.group, word.of_node(), self.node)
    }

    /// What it says or hears of a device; `+` for all.
    pub fn device(&self, word: Word, device: &str) -> String {
        format!("{SPACE}/{}/{}/{}/{device}", self.group, word.of_device(), self.node)
    }

    /// How the primary host is, where there is one.
    pub fn host(&self) -> Option<String> {
        self.host.as_ref().map(|host| format!("{SPACE}/STATE/{host}"))
    }

    /// Whom a message under this topic is for; none for one that is not ours.
    pub fn heard<'a>(&self, topic: &'a str) -> Option<Heard<'a>> {
        if self.host().is_some_and(|host| host == topic) {
            return Some(Heard::Host);
        }
        if topic == self.node(Word::Command) {
            return Some(Heard::Node);
        }
        let device = topic.strip_prefix(&self.device(Word::Command, ""))?;
        (!device.is_empty() && !device.contains('/')).then_some(Heard::Device(device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_leads_back_to_whom_it_is_for() {
        let topics = Topics::new("plant", "riverside", Some("ignition"));
        assert_eq!(topics.node(Word::Birth), "spBv1.0/plant/NBIRTH/riverside");
        assert_eq!(topics.device(Word::Death, "gen-1"), "spBv1.0/plant/DDEATH/riverside/gen-1");
        assert_eq!(topics.heard("spBv1.0/STATE/ignition"), Some(Heard::Host));
        assert_eq!(topics.heard("spBv1.0/plant/NCMD/riverside"), Some(Heard::Node));
        assert_eq!(topics.heard("spBv1.0/plant/DCMD/riverside/gen-1"), Some(Heard::Device("gen-1")));
        for other in [
            "spBv1.0/STATE/other",
            "spBv1.0/plant/NCMD/riverside-2",
            "spBv1.0/other/DCMD/riverside/gen-1",
            "spBv1.0/plant/DCMD/riverside/",
            "spBv1.0/plant/DCMD/riverside/a/b",
            "spBv1.0/plant/DDATA/riverside/gen-1",
        ] {
            assert_eq!(topics.heard(other), None, "{other}");
        }
    }
}
