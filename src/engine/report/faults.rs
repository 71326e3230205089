//! 月度故障统计: how often what failed, for how long, and what is not repaired.
//!
//! Takes: facts, and a stretch of time.
//! Gives: by device, by class and by category: faults, their time, the longest; of devices the time between faults.
//! Never: a fault that ended because nobody could read it: until its source is known to be quiet it lasts.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Cell, Column, Document, Name, Table};
use crate::engine::alarm::{Fact, FactKind, Source};
use crate::engine::base::{Category, EventId, Text, Wall};

/// What is counted here.
const FAULTS: [Category; 5] =
    [Category::Fault, Category::MainsFault, Category::BackupFault, Category::LinkFault, Category::Own];

/// The fold. Its memory grows with what fails, not with the facts.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    from: Wall,
    to: Wall,
    open: BTreeMap<EventId, Open>,
    devices: BTreeMap<String, Device>,
    classes: BTreeMap<String, Sum>,
    categories: BTreeMap<Category, Sum>,
    all: Sum,
}

#[derive(Clone, Debug)]
struct Open {
    device: String,
    class: String,
    category: Category,
    /// Since when it lasts; none while its source is quiet.
    since: Option<Wall>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    lasted: Duration,
    longest: Duration,
    open: u64,
}

/// Of a device also how long something of it was out of order: faults of one time count once.
#[derive(Clone, Copy, Debug, Default)]
struct Device {
    sum: Sum,
    failing: u32,
    since: Wall,
    down: Duration,
}

impl Faults {
    pub fn of(from: Wall, to: Wall) -> Faults {
        Faults {
            from,
            to,
            open: BTreeMap::new(),
            devices: BTreeMap::new(),
            classes: BTreeMap::new(),
            categories: BTreeMap::new(),
            all: Sum::default(),
        }
    }

    pub fn note(&mut self, fact: &Fact) {
        if fact.at >= self.to {
            return;
        }
        match &fact.kind {
            FactKind::Raised(raise) if FAULTS.contains(&raise.condition.category) => {
                let open = Open {
                    device: raise.condition.point.device().to_owned(),
                    class: raise.class.clone().unwrap_or_default(),
                    category: raise.condition.category,
                    since: None,
                };
                let id = fact.id.into();
                self.open.insert(id, open);
                self.begins(id, fact.at, true);
            }
            FactKind::Reactivated { occurrence } => self.begins(*occurrence, fact.at, true),
            FactKind::SourceChanged { occurrence, source: Source::Active, .. } => {
                self.begins(*occurrence, fact.at, false);
            }
            FactKind::SourceChanged { occurrence, source: Source::Quiet, .. } => self.ends(*occurrence, fact.at),
            FactKind::Closed { occurrence, .. } => {
                self.ends(*occurrence, fact.at);
                self.open.remove(occurrence);
            }
            _ => {}
        }
    }

    fn begins(&mut self, id: EventId, at: Wall, counts: bool) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let counts = u64::from(counts && at >= self.from);
        let device = self.devices.entry(open.device.clone()).or_default();
        if open.since.is_none() {
            open.since = Some(at);
            if device.failing == 0 {
                device.since = at;
            }
            device.failing += 1;
        }
        device.sum.count += counts;
        self.classes.entry(open.class.clone()).or_default().count += counts;
        self.categories.entry(open.category).or_default().count += counts;
        self.all.count += counts;
    }

    fn ends(&mut self, id: EventId, at: Wall) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let Some(since) = open.since.take() else { return };
        // A clock that was set back gives no time below nothing.
        let lasted = at.max(self.from).since(since.max(self.from));
        let device = self.devices.entry(open.device.clone()).or_default();
        device.failing = device.failing.saturating_sub(1);
        if device.failing == 0 {
            device.down += at.max(self.from).since(device.since.max(self.from));
        }
        let sums = [
            &mut device.sum,
            self.classes.entry(open.class.clone()).or_default(),
            self.categories.entry(open.category).or_default(),
            &mut self.all,
        ];
        for sum in sums {
            sum.lasted += lasted;
            sum.longest = sum.longest.max(lasted);
        }
    }

    pub fn finish(mut self) -> Document {
        let open: Vec<EventId> = self.open.keys().copied().collect();
        for id in open {
            if let Some(held) = self.open.get(&id) {
                self.devices.entry(held.device.clone()).or_default().sum.open += 1;
                self.classes.entry(held.class.clone()).or_default().open += 1;
                self.categories.entry(held.category).or_default().open += 1;
                self.all.open += 1;
            }
            self.ends(id, self.to);
        }
        let period = self.to.since(self.from);
        let mut summary = Table::summary();
        summary.figure("故障次数", "faults", Cell::Count(self.all.count));
        summary.figure("故障总时长", "time in fault", Cell::Lapse(self.all.lasted));
        summary.figure("平均历时", "mean", Cell::lapse(self.all.mean()));
        summary.figure("期末未恢复", "open at the end", Cell::Count(self.all.open));
        let mut devices = table("devices", "按设备", "By device", Column::new("device", "设备", "device", 20));
        devices.head.columns.push(Column::lapse("mtbf_s", "平均无故障时间", "time between faults"));
        let mut rows: Vec<(&String, &Device)> = self.devices.iter().filter(|(_, held)| held.sum.matters()).collect();
        rows.sort_by_key(|(_, held)| std::cmp::Reverse((held.sum.count, held.sum.lasted)));
        for (id, held) in rows {
            let between = u32::try_from(held.sum.count).ok().filter(|count| *count > 0);
            let mut row = held.sum.row(Cell::same(id));
            row.push(Cell::lapse(between.map(|count| period.saturating_sub(held.down) / count)));
            devices.push(row);
        }
        let mut classes = table("classes", "按设备类别", "By class", Column::new("class", "设备类别", "class", 20));
        for (class, sum) in self.classes.iter().filter(|(_, sum)| sum.matters()) {
            let name = if class.is_empty() { Cell::Text(Text::new("未分类", "none")) } else { Cell::same(class) };
            classes.push(sum.row(name));
        }
        let mut categories =
            table("categories", "按故障类型", "By category", Column::new("category", "故障类型", "category", 20));
        for (category, sum) in self.categories.iter().filter(|(_, sum)| sum.matters()) {
            categories.push(sum.row(Cell::Text(category.text())));
        }
        Document {
            name: Name::Faults,
            title: Name::Faults.title(),
            from: self.from,
            to: self.to,
            tables: vec![summary, devices, classes, categories],
        }
    }
}

impl Sum {
    fn mean(&self) -> Option<Duration> {
        u32::try_from(self.count).ok().filter(|count| *count > 0).map(|count| self.lasted / count)
    }

    /// Whether anything of it falls into the period.
    fn matters(&self) -> bool {
        self.count > 0 || self.open > 0 || !self.lasted.is_zero()
    }

    fn row(&self, name: Cell) -> Vec<Cell> {
        vec![
            name,
            Cell::Count(self.count),
            Cell::Lapse(self.lasted),
            Cell::lapse(self.mean()),
            Cell::Lapse(self.longest),
            Cell::Count(self.open),
        ]
    }
}

fn table(key: &'static str, zh: &str, en: &str, first: Column) -> Table {
    let columns = vec![
        first,
        Column::new("faults", "次数", "faults", 8),
        Column::lapse("lasted_s", "总时长", "total time"),
        Column::lapse("mean_s", "平均历时", "mean"),
        Column::lapse("longest_s", "最长", "longest"),
        Column::new("open", "未恢复", "open", 8),
    ];
    Table::new(key, zh, en, columns)
}
