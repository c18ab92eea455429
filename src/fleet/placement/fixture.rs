//! One fleet, made to show the difference between all policies.

use super::Policy;
use crate::engine::Stream;
use crate::fleet::{Demand, Fleet, ServerId};

const CAPACITY: Demand = Demand { cores: 10, memory: 10 };
/// Three cores, one unit of memory.
const DEMAND: Demand = Demand { cores: 3, memory: 1 };

/// What each server has free (cores, memory). The last instance was placed on server 5.
///
/// | server | free  | room | sum of shares after | dot product × 100 |
/// |--------|-------|------|---------------------|-------------------|
/// | 0      | 2, 9  | no   |                     |                   |
/// | 1      | 4, 5  | yes  | 1 + 4 = 5           | 4×3 + 5×1 = 17    |  first with room: first fit
/// | 2      | 5, 9  | yes  | 2 + 8 = 10          | 5×3 + 9×1 = 24    |  most free: worst fit
/// | 3      | 8, 4  | yes  | 5 + 3 = 8           | 8×3 + 4×1 = 28    |  the way of the demand: dot product
/// | 4      | 3, 2  | yes  | 0 + 1 = 1           | 3×3 + 2×1 = 11    |  least free after: best fit
/// | 5      | 2, 2  | no   |                     |                   |
/// | 6      | 6, 3  | yes  | 3 + 2 = 5           | 6×3 + 3×1 = 21    |  next with room after 5: rotating first fit
/// | 7      | 5, 5  | yes  | 2 + 4 = 6           | 5×3 + 5×1 = 20    |  none of these: random may draw it
const FREE: [(u64, u64); 8] = [(2, 9), (4, 5), (5, 9), (8, 4), (3, 2), (2, 2), (6, 3), (5, 5)];

/// The servers with room.
const WITH_ROOM: [u32; 6] = [1, 2, 3, 4, 6, 7];

/// Where the policy puts the demand. (Next fit nowhere: it has left all but server 5, and none is empty.)
fn chosen(policy: Policy, seed: u64) -> Option<u32> {
    let mut fleet = Fleet::new(Some(8), CAPACITY, policy, Stream::named(seed, 0, "test", "placement"));
    let others = (0..8).filter(|number| *number != 5).map(ServerId);
    others.clone().for_each(|server| fleet.occupy(server, CAPACITY));
    // Only server 5 has room, so every policy places this there.
    assert_eq!(fleet.place(Demand { cores: 8, memory: 8 }), Some(ServerId(5)));
    for server in others {
        fleet.release(server, CAPACITY);
        let (cores, memory) = FREE[server.0 as usize];
        fleet.occupy(server, Demand { cores: 10 - cores, memory: 10 - memory });
    }
    fleet.place(DEMAND).map(|server| server.0)
}

#[test]
fn every_policy_chooses_another_server() {
    let choice = |name| chosen(Policy::named(name).unwrap(), 1);
    assert_eq!(choice("first-fit"), Some(1));
    assert_eq!(choice("worst-fit"), Some(2));
    assert_eq!(choice("dot-product"), Some(3));
    assert_eq!(choice("best-fit"), Some(4));
    assert_eq!(choice("rotating-first-fit"), Some(6));
    assert_eq!(choice("next-fit"), None);
    let random = Policy::named("random").unwrap();
    let drawn: std::collections::BTreeSet<u32> = (0..200).filter_map(|seed| chosen(random, seed)).collect();
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), WITH_ROOM);
}

/// Of equally good servers every policy takes the lowest but random, and next fit, which has only empty ones to choose from
/// (rotating first fit has placed nothing yet).
#[test]
fn ties_go_to_the_lowest_server() {
    for name in ["first-fit", "best-fit", "worst-fit", "dot-product", "rotating-first-fit"] {
        let stream = Stream::named(1, 0, "test", "placement");
        let mut fleet = Fleet::new(Some(300), CAPACITY, Policy::named(name).unwrap(), stream);
        (0..300).filter(|n| *n != 150 && *n != 210).for_each(|n| fleet.occupy(ServerId(n), CAPACITY));
        assert_eq!(fleet.place(DEMAND), Some(ServerId(150)), "{name}");
    }
}
