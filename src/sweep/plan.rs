//! The plan: every point read, and the runs put together that one simulation does for.

use super::design::Design;
use super::resolve::{Resolved, Resolver};
use super::shard::Shard;
use crate::document::Diagnostics;
use crate::experiment::sizing::is_open;
use crate::experiment::{Fingerprint, Order, Trial};
use crate::scenario::{Case, Scenario};
use rayon::prelude::*;
use std::collections::HashMap;

/// A point of this shard.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its number in the design.
    pub index: u64,
    /// The hash of all that decides its results.
    pub key: u128,
    /// How many replications its scenario asks for.
    pub replications: u32,
    /// How many cases it has.
    pub cases: u32,
}

/// Cases of points that one simulation does for.
#[derive(Clone, Debug)]
pub struct Group {
    /// Places in the plan's points, and cases.
    pub members: Vec<(u32, u32)>,
    /// Whether sizes or numbers of instances are found first, so that its replications belong
    /// together. Its members may need different simulations.
    pub open: bool,
}

/// What is to be run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The points of this shard.
    pub points: Vec<Planned>,
    /// All their cases, in the order of the points.
    pub groups: Vec<Group>,
}

/// What a case of a point is grouped by.
enum Likeness {
    /// Something is found first: by all that it is searched among.
    Open(u128),
    Alone,
    Fingerprint(u128),
}

/// A point, and what its cases' simulations are alike by.
type Looked = (Planned, Vec<Likeness>);

/// So many wrong points are explained.
const EXPLAINED: usize = 20;

impl Plan {
    /// Reads every point of a shard. The errors of the first wrong points are noted; `None` where
    /// there are any.
    pub fn make(resolver: &Resolver<'_>, design: &Design, shard: Shard, d: &mut Diagnostics) -> Option<Plan> {
        let indices: Vec<u64> =
            (0..design.points()).filter(|index| shard.of == 1 || shard.holds(resolver.point_hash(*index))).collect();
        let read: Vec<(u64, Option<Looked>)> =
            indices.par_iter().with_min_len(16).map(|index| (*index, look(resolver, *index))).collect();
        let wrong = read.iter().filter(|(_, found)| found.is_none()).map(|(index, _)| *index);
        let before = d.count();
        wrong.take(EXPLAINED).for_each(|index| resolver.explain(index, d));
        if d.count() > before {
            return None;
        }
        let mut plan = Plan::default();
        let mut known: HashMap<u128, usize> = HashMap::new();
        for (planned, likenesses) in read.into_iter().filter_map(|(_, found)| found) {
            let place = plan.points.len() as u32;
            plan.points.push(planned);
            for (case, likeness) in likenesses.into_iter().enumerate() {
                plan.add((place, case as u32), likeness, &mut known);
            }
        }
        Some(plan)
    }

    fn add(&mut self, member: (u32, u32), likeness: Likeness, known: &mut HashMap<u128, usize>) {
        let open = matches!(likeness, Likeness::Open(_));
        if let Likeness::Fingerprint(fingerprint) | Likeness::Open(fingerprint) = likeness {
            let place = *known.entry(fingerprint).or_insert(self.groups.len());
            if let Some(group) = self.groups.get_mut(place) {
                return group.members.push(member);
            }
        }
        self.groups.push(Group { members: vec![member], open });
    }

    /// Runs of this shard: points × cases × replications.
    pub fn runs(&self) -> u64 {
        self.points.iter().map(|point| u64::from(point.cases) * u64::from(point.replications)).sum()
    }

    /// Simulations that these runs take; those of a search for sizes or instances not counted.
    pub fn simulations(&self) -> u64 {
        let replications = |group: &Group| {
            group
                .members
                .iter()
                .map(|(point, _)| u64::from(self.points[*point as usize].replications))
                .max()
                .unwrap_or(0)
        };
        self.groups.iter().map(replications).sum()
    }
}

/// What a point holds; `None` where it has errors.
fn look(resolver: &Resolver<'_>, index: u64) -> Option<(Planned, Vec<Likeness>)> {
    let resolved = resolver.read(index, &mut Diagnostics::default())?;
    let Resolved { scenario, key } = &resolved;
    let planned =
        Planned { index, key: *key, replications: scenario.run.replications, cases: scenario.cases.len() as u32 };
    let kin = resolver.point_hash(index);
    let likeness = |case: &Case| {
        if is_open(case) {
            let mut hash = Fingerprint::default();
            hash.value(&(kin, &case.name));
            return Likeness::Open(hash.finish());
        }
        // What cannot be fails when it is run, by itself.
        fingerprint(scenario, case).map_or(Likeness::Alone, Likeness::Fingerprint)
    };
    Some((planned, scenario.cases.iter().map(likeness).collect()))
}

fn fingerprint(scenario: &Scenario, case: &Case) -> Option<u128> {
    let orders: Vec<Order> = case.deployments.iter().map(Order::stated).collect::<Option<_>>()?;
    Trial { scenario, case, orders: &orders, traffic: 1.0, replication: 0 }.fingerprint().ok()
}
