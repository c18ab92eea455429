//! No packing uses fewer servers than the lower bounds of bin packing say (Martello and Toth 1990).

use super::Policy;
use crate::engine::Stream;
use crate::fleet::{Demand, Fleet};
use proptest::prelude::*;

/// ⌈Σ w / c⌉: what the sum needs.
fn l1(weights: &[u64], capacity: u64) -> u64 {
    weights.iter().sum::<u64>().div_ceil(capacity)
}

/// The greatest, over α, of: items over c − α need a server each; so do those over c/2; those
/// from α to c/2 may use what room the latter leave.
fn l2(weights: &[u64], capacity: u64) -> u64 {
    let alphas = std::iter::once(0).chain(weights.iter().copied().filter(|w| 2 * w <= capacity));
    alphas.map(|alpha| bound_at(weights, capacity, alpha)).max().unwrap_or(0)
}

fn bound_at(weights: &[u64], capacity: u64, alpha: u64) -> u64 {
    let those = |holds: &dyn Fn(u64) -> bool| weights.iter().copied().filter(|w| holds(*w)).collect::<Vec<u64>>();
    let alone = those(&|w| w > capacity - alpha);
    let large = those(&|w| 2 * w > capacity && w <= capacity - alpha);
    let small: u64 = those(&|w| w >= alpha && 2 * w <= capacity).iter().sum();
    let left = large.len() as u64 * capacity - large.iter().sum::<u64>();
    (alone.len() + large.len()) as u64 + small.saturating_sub(left).div_ceil(capacity)
}

/// The servers that a policy uses for these items, one after the other.
fn used(policy: Policy, items: &[Demand], capacity: Demand) -> u64 {
    let mut fleet = Fleet::new(None, capacity, policy, Stream::named(1, 0, "test", "placement"));
    items.iter().for_each(|item| assert!(fleet.place(*item).is_some()));
    u64::from(fleet.powered())
}

/// Worked by hand: four sets of items with their bounds.
const WORKED: [(&[u64], u64, u64, u64); 4] = [
    (&[6, 6, 6, 6, 6], 10, 3, 5),
    (&[51, 51, 51, 51], 100, 3, 4),
    (&[7, 7, 7, 3, 3, 3], 10, 3, 3),
    (&[49, 41, 34, 33, 29, 26, 26, 22, 20, 19], 100, 3, 3),
];

#[test]
fn bounds_of_worked_sets() {
    for (weights, capacity, first, second) in WORKED {
        assert_eq!((l1(weights, capacity), l2(weights, capacity)), (first, second), "{weights:?}");
        for policy in Policy::ALL {
            let items: Vec<Demand> = weights.iter().map(|w| Demand { cores: *w, memory: 1 }).collect();
            let used = used(policy, &items, Demand { cores: capacity, memory: 1000 });
            assert!(used >= second, "{policy:?} packs {weights:?} in {used}");
        }
    }
}

/// Two of the sets come in an order that first fit and best fit pack as well as can be.
#[test]
fn the_bound_is_met_where_it_can_be() {
    for (weights, capacity, _, best) in [WORKED[0], WORKED[2]] {
        for name in ["first-fit", "best-fit"] {
            let items: Vec<Demand> = weights.iter().map(|w| Demand { cores: 1, memory: *w }).collect();
            let capacity = Demand { cores: 1000, memory: capacity };
            assert_eq!(used(Policy::named(name).unwrap(), &items, capacity), best, "{name} {weights:?}");
        }
    }
}

/// 6, 7 and 4 into tens: next fit has left the 6 when the 4 comes, the one that goes round puts them together.
#[test]
fn next_fit_never_goes_back() {
    let items: Vec<Demand> = [6, 7, 4].iter().map(|cores| Demand { cores: *cores, memory: 1 }).collect();
    let servers = |name| used(Policy::named(name).unwrap(), &items, Demand { cores: 10, memory: 10 });
    assert_eq!((servers("next-fit"), servers("rotating-first-fit")), (3, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_packing_beats_the_bounds(sizes in prop::collection::vec((1u64..=100, 1u64..=70), 1..200)) {
        let items: Vec<Demand> = sizes.iter().map(|(cores, memory)| Demand { cores: *cores, memory: *memory }).collect();
        let of = |part: fn(&Demand) -> u64| items.iter().map(part).collect::<Vec<u64>>();
        let bound = l2(&of(|item| item.cores), 100).max(l2(&of(|item| item.memory), 80));
        for policy in Policy::ALL {
            let used = used(policy, &items, Demand { cores: 100, memory: 80 });
            prop_assert!(used >= bound, "{policy:?} uses {used} servers, fewer than {bound}");
        }
    }
}
