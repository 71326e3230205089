//! The conditions of a device or an element: its profile's rules, and its class's wherever the profile shows what they read.
//!
//! Takes: [`Holder`]: what the conditions belong to, its class, and what the site says otherwise.
//! Gives: [`Rule`]s.
//! Never: two rules for one condition; a class alarm of which a status is not shown.

use super::expand_error::ExpandError;
use super::{Condition, Follow, Overrides, Place, Rule};
use crate::engine::base::{Category, PointId, Text};
use crate::engine::class::{Class, ClassAlarm};
use crate::engine::profile::{AlarmSpec, Expression, StatusSpec};

/// What conditions belong to.
pub(super) struct Holder<'a> {
    /// Index of its device.
    pub device: u32,
    /// What people call it.
    pub name: &'a Text,
    /// Where it is.
    pub place: &'a Place,
    /// Secondary code.
    pub code: Option<&'a String>,
    /// Device type of the secondary code.
    pub kind: Option<&'a String>,
    /// What it is.
    pub class: Option<&'a Class>,
    /// The class its profile was written for: the profile's conditions count the settings of this one.
    pub written_for: Option<&'a Class>,
    /// What the site says otherwise.
    pub said: &'a Overrides,
    /// Index of the point that its profile's conditions count from.
    pub first_slot: u32,
}

impl Holder<'_> {
    /// A condition of the profile as it is here.
    ///
    /// # Errors
    /// It reads a setting that the class does not have: it could never be judged.
    pub fn condition(&self, when: &Expression) -> Result<Expression, ExpandError> {
        let here = when.with_slots(&|slot| self.first_slot + slot).with_settings(&|at| self.setting(at));
        let class = || self.written_for.map_or_else(String::new, |class| class.id.clone());
        here.ok_or_else(|| ExpandError::NoSetting { class: class() })
    }

    /// The number of a setting of the class that the profile was written for.
    fn setting(&self, at: u32) -> Option<f64> {
        let meant = self.written_for?.settings.get(at as usize)?;
        let own = self.class.and_then(|class| class.settings.iter().find(|setting| setting.key == meant.key));
        let set = self.said.settings.get(&meant.key).copied();
        Some(set.unwrap_or(own.unwrap_or(meant).default))
    }

    /// The rules of a profile's alarms and then of the class's; and what supervision and linkage say of it may follow from.
    /// `point` is where each key's condition stands.
    pub fn rules(
        &self,
        own: &[AlarmSpec],
        (shown, without): (&[StatusSpec], &[String]),
        point: &impl Fn(&str, Option<&AlarmSpec>) -> PointId,
    ) -> Result<Told, ExpandError> {
        let mut rules: Vec<(&str, Rule)> = Vec::new();
        for spec in own {
            let rule = self.of_profile(spec, point(&spec.key, Some(spec)))?;
            // What an element of this class means by "activated" may be what another alarm of it is already.
            match rules.iter_mut().find(|(_, before)| before.condition == rule.condition) {
                Some((_, before)) => before.when = Expression::Any(vec![before.when.clone(), rule.when]),
                None => rules.extend(self.as_said(&spec.key, rule).map(|rule| (spec.key.as_str(), rule))),
            }
        }
        let class = self.class.map_or(&[][..], |class| &class.alarms);
        let told = |key: &String| without.contains(key) || own.iter().any(|spec| spec.key == *key);
        for alarm in class.iter().filter(|alarm| !told(&alarm.key)) {
            let rule = self.of_class(alarm, shown, point(&alarm.key, None));
            let new = rule.filter(|rule| rules.iter().all(|(_, before)| before.condition != rule.condition));
            let new = new.and_then(|rule| self.as_said(&alarm.key, rule));
            rules.extend(new.map(|rule| (alarm.key.as_str(), rule)));
        }
        let named = Named::of(&rules);
        let follows: Vec<Vec<Follow>> = rules.iter().map(|(key, _)| named.all(self.follows(own, key))).collect();
        let steps = self.steps(&named);
        let rules = rules.into_iter().zip(follows).map(|((_, rule), follows)| Rule { follows, ..rule }).collect();
        Ok((rules, steps))
    }

    /// What an alarm may be the consequence of, in words: the class knows where the profile does not say.
    fn follows<'b>(&'b self, own: &'b [AlarmSpec], key: &str) -> &'b [String] {
        let spec = own.iter().find(|spec| spec.key == key).map_or(&[][..], |spec| &spec.follows);
        let of_class = self.class.and_then(|class| class.alarms.iter().find(|alarm| alarm.key == key));
        if spec.is_empty() { of_class.map_or(&[][..], |alarm| &alarm.follows) } else { spec }
    }

    /// The same of what supervision and linkage say by themselves; those that follow from something.
    fn steps(&self, named: &Named<'_>) -> Vec<(String, Vec<Follow>)> {
        let Some(class) = self.class else { return Vec::new() };
        let phases = class.sequences.iter().flat_map(|sequence| {
            let word = |phase: &str| format!("{}.{phase}", sequence.key);
            sequence.phases.iter().map(move |phase| (word(&phase.key), &phase.follows))
        });
        let all = phases.chain([(Follow::FEEDBACK.to_owned(), &class.feedback_follows)]);
        all.map(|(word, follows)| (word, named.all(follows))).filter(|(_, follows)| !follows.is_empty()).collect()
    }

    fn of_profile(&self, spec: &AlarmSpec, point: PointId) -> Result<Rule, ExpandError> {
        let activated = self.class.and_then(|class| class.activated).filter(|_| spec.by_class);
        let category = activated.unwrap_or(spec.category);
        Ok(Rule {
            condition: Condition { point, category, level: spec.level },
            latches: if spec.by_class { category.rules().latches } else { spec.latches },
            delay: spec.delay,
            advice: self.advice(spec),
            ..self.rule(category, &spec.name, self.condition(&spec.when)?)
        })
    }

    /// What a person does next: the class knows where the profile does not say.
    fn advice(&self, spec: &AlarmSpec) -> Text {
        if spec.advice != Text::default() {
            return spec.advice.clone();
        }
        let of_class = self.class.and_then(|class| class.alarms.iter().find(|alarm| alarm.key == spec.key));
        of_class.map_or_else(Text::default, |alarm| alarm.advice.clone())
    }

    /// Nothing where the profile does not show every status it reads. (A status that cannot be judged is told where the
    /// equipment itself gets it.)
    fn of_class(&self, alarm: &ClassAlarm, shown: &[StatusSpec], point: PointId) -> Option<Rule> {
        let class = self.class?;
        let when = alarm.when.with_conditions(&|at| {
            let key = &class.statuses.get(at as usize)?.key;
            shown.iter().find(|status| status.key == *key).and_then(|status| self.condition(&status.when).ok())
        })?;
        Some(Rule {
            condition: Condition { point, category: alarm.category, level: None },
            delay: alarm.delay.of(class, &self.said.settings),
            advice: alarm.advice.clone(),
            ..self.rule(alarm.category, &alarm.name, when)
        })
    }

    /// A rule of this category that holds at once, at no point yet.
    fn rule(&self, category: Category, name: &Text, when: Expression) -> Rule {
        Rule {
            condition: Condition { point: PointId::new(""), category, level: None },
            device: self.device,
            name: joined(self.name, name),
            place: self.place.clone(),
            code: self.code.cloned(),
            kind: self.kind.cloned(),
            class: self.class.map(|class| class.id.clone()),
            latches: category.rules().latches,
            delay: std::time::Duration::ZERO,
            when,
            advice: Text::default(),
            follows: Vec::new(),
        }
    }

    /// The rule as the site wants it; nothing where it does not want it.
    fn as_said(&self, key: &str, mut rule: Rule) -> Option<Rule> {
        let Some(said) = self.said.alarms.get(key) else { return Some(rule) };
        if said.off {
            return None;
        }
        rule.delay = said.delay.unwrap_or(rule.delay);
        if let Some(category) = said.category {
            rule.condition.category = category;
            rule.condition.level = None;
            rule.latches = category.rules().latches;
        }
        Some(rule)
    }
}

/// Rules; and what supervision and linkage say, by their words, with what that may follow from.
type Told = (Vec<Rule>, Vec<(String, Vec<Follow>)>);

/// The conditions that rules stand for, by their keys.
struct Named<'a>(Vec<(&'a str, Condition)>);

impl<'a> Named<'a> {
    fn of(rules: &[(&'a str, Rule)]) -> Named<'a> {
        Named(rules.iter().map(|(key, rule)| (*key, rule.condition.clone())).collect())
    }

    /// What is there of what something may follow from.
    fn all(&self, words: &[String]) -> Vec<Follow> {
        let of = |word: &String| match word.as_str() {
            Follow::OUTAGE => Some(Follow::Outage),
            key => self.0.iter().find(|(known, _)| *known == key).map(|(_, held)| Follow::Condition(held.clone())),
        };
        words.iter().filter_map(of).collect()
    }
}

/// The device or element first, what it is about second.
pub(super) fn joined(first: &Text, second: &Text) -> Text {
    Text::new(&format!("{} {}", first.zh, second.zh), &format!("{} {}", first.en, second.en))
}
