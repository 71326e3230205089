//! What `tocsin check` says of floors and their plans.
//!
//! Takes: a checked site.
//! Gives: how much of each floor is placed, and which fire points are not.
//! Never: a floor left out that has equipment.

use super::table::Table;
use crate::engine::site::{Equipment, Site};

/// How much of each floor is placed on its plan, and which fire points are not; nothing where the site has no plans.
pub(super) fn floors_text(site: &Site) -> String {
    if site.floor_plans.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["building", "floor", "plan", "placed", "of", "fire points that are not placed"]);
    for floor in floors(site).into_iter().filter(|floor| floor.plan || floor.of > 0) {
        let plan = if floor.plan { "yes" } else { "none" };
        let (placed, of) = (floor.placed.to_string(), floor.of.to_string());
        let missing = match (&floor.missing[..], floor.plan) {
            ([], _) => "-".to_owned(),
            (missing, true) => missing.join(" "),
            (missing, false) => format!("all {}", missing.len()),
        };
        table.row([floor.building.to_owned(), floor.floor.to_owned(), plan.to_owned(), placed, of, missing]);
    }
    format!("\nfloor plans\n{}", table.print("  "))
}

/// What a plan shows of a floor.
pub(super) struct OnPlan<'a> {
    pub building: &'a str,
    pub floor: &'a str,
    pub plan: bool,
    pub placed: usize,
    /// Equipment of the floor.
    pub of: usize,
    /// Fire points that no plan shows.
    pub missing: Vec<&'a str>,
}

/// Every floor of the site, in its order.
pub(super) fn floors<'a>(site: &'a Site) -> Vec<OnPlan<'a>> {
    let all = site.buildings.iter().flat_map(|building| building.floors.iter().map(move |floor| (&building.id, floor)));
    let one = |(building, floor): (&'a String, &'a String)| {
        let plan = site.floor_plan(building, floor);
        let here: Vec<(u32, &Equipment)> = site.equipment_on(building, floor).collect();
        let lacks = |at: u32| plan.is_none_or(|plan| !plan.has(at));
        let missing = here.iter().filter(|(at, held)| lacks(*at) && site.tells_of_fire(held));
        OnPlan {
            building,
            floor,
            plan: plan.is_some(),
            placed: plan.map_or(0, |plan| plan.placed.len()),
            of: here.len(),
            missing: missing.map(|(_, held)| held.id.as_str()).collect(),
        }
    };
    all.map(one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::cli::check::tests::check;

    #[test]
    fn each_floor_says_how_much_of_it_is_placed_and_which_fire_points_are_not() {
        let (code, out, err) = check("config", false);
        assert_eq!((code, err.as_str()), (0, ""));
        let (_, floors) = out.split_once("\nfloor plans\n").expect("the sample has plans");
        let row = |building: &str, floor: &str| {
            let row = floors.lines().find(|row| row.split_whitespace().take(2).eq([building, floor]));
            row.expect("the floor is listed").split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
        };
        assert!(row("1", "12").starts_with("yes 18 "), "{}", row("1", "12"));
        assert!(
            row("1", "13").ends_with(" -"),
            "every fire point of a floor that shares a drawing is placed: {floors}"
        );

        let (_, out, _) = check("config", true);
        let value: Value = serde_json::from_str(&out).expect("one JSON object");
        let floors = value["floors"].as_array().expect("floors");
        let missing = floors.iter().filter(|floor| floor["fire_points_not_placed"] != json!([]));
        let missing: Vec<&Value> = missing.collect();
        assert!(missing.is_empty(), "the sample places every fire point: {missing:#?}");
        let (_, out, _) = check("tests/sites/small", false);
        assert!(!out.contains("floor plans"), "a site without plans is not told that it has none");
    }
}
