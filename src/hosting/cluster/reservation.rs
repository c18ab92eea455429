//! What a node keeps back for its own system, so that its instances cannot have it.

use crate::document::{Diagnostics, Kind, Node, Table, bytes, kind, non_negative};
use crate::fleet::Demand;
use crate::units::{Bytes, Cores};

/// A rule for what a node keeps back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Reservation {
    /// Nothing.
    #[default]
    Nothing,
    /// So much of each node.
    Fixed(Cores, Bytes),
    /// As Amazon's node image computes it.
    Eks,
    /// As Google's node image computes it.
    Gke,
    /// As Azure's nodes have it since version 1.29.
    Aks,
}

/// Below this much free memory a node evicts: 100 MiB, the kubelet's default.
const EVICTION: u64 = 100 << 20;

impl Reservation {
    /// Reads `"eks"`, `"gke"`, `"aks"`, `"nothing"`, or `fixed = { cpu = 0.06, memory = "100 MiB" }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Reservation> {
        let word = |rule: Reservation| {
            move |node: &Node, d: &mut Diagnostics| {
                Table::of(node, d)?.finish(d);
                Some(rule)
            }
        };
        let (nothing, eks) = (word(Reservation::Nothing), word(Reservation::Eks));
        let (gke, aks) = (word(Reservation::Gke), word(Reservation::Aks));
        let kinds = [
            Kind { name: "nothing", read: &nothing },
            Kind { name: "fixed", read: &fixed },
            Kind { name: "eks", read: &eks },
            Kind { name: "gke", read: &gke },
            Kind { name: "aks", read: &aks },
        ];
        kind(node, diagnostics, "reservation", &kinds)
    }

    /// What a node of this size, with at most so many instances, keeps back.
    pub fn of(self, cores: Cores, memory: Bytes, most: u32) -> Demand {
        let most = u64::from(most);
        let (cpu, memory) = match self {
            Reservation::Nothing => (0, 0),
            Reservation::Fixed(cpu, memory) => (cpu.0, memory.0),
            Reservation::Eks => (graded_cores(cores), (11 * most + 255) * Bytes::MIB.0 + EVICTION),
            Reservation::Gke => (graded_cores(cores), graded_memory(memory.0) + EVICTION),
            Reservation::Aks => {
                let by_count = (20 * most + 50) * 1_000_000;
                (azure_cores(cores), by_count.min(memory.0 / 4) + EVICTION)
            }
        };
        Demand { cores: cpu, memory }
    }
}

fn fixed(node: &Node, diagnostics: &mut Diagnostics) -> Option<Reservation> {
    let mut table = Table::of(node, diagnostics)?;
    let cpu = table.optional("cpu", diagnostics, non_negative).map_or(Cores(0), Cores::from_f64);
    let memory = table.default("memory", Bytes(0), diagnostics, bytes);
    table.finish(diagnostics);
    Some(Reservation::Fixed(cpu, memory))
}

/// 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest, in
/// millionths of a core (Amazon's node image, `nodeadm`; the same percentages at Google).
fn graded_cores(cores: Cores) -> u64 {
    let core = Cores::ONE.0;
    let bands = [(core, 600), (core, 100), (2 * core, 50), (u64::MAX, 25)];
    graded(cores.0, &bands, 10_000)
}

/// 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % of
/// the rest; 255 MiB of a node of less than 1 GiB (Google's documentation, second-hand).
fn graded_memory(memory: u64) -> u64 {
    let gib = 1u64 << 30;
    if memory < gib {
        return 255 << 20;
    }
    graded(memory, &[(4 * gib, 25), (4 * gib, 20), (8 * gib, 10), (112 * gib, 6), (u64::MAX, 2)], 100)
}

/// Each band of a quantity at its own rate, of so many parts.
fn graded(quantity: u64, bands: &[(u64, u64)], parts: u64) -> u64 {
    let (mut left, mut sum) = (quantity, 0u128);
    for (width, rate) in bands {
        let part = left.min(*width);
        sum += u128::from(part) * u128::from(*rate);
        left -= part;
    }
    (sum / u128::from(parts)) as u64
}

/// Azure's table (learn.microsoft.com, node-resource-reservations), in millionths of a core;
/// between its rows, the row above.
fn azure_cores(cores: Cores) -> u64 {
    let rows = [(1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740)];
    let row = rows.iter().find(|(most, _)| cores.0 <= most * Cores::ONE.0).unwrap_or(&rows[6]);
    row.1 * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cores(n: u64) -> Cores {
        Cores(n * Cores::ONE.0)
    }

    /// The rows that the providers' rules give for whole cores, in thousandths of a core.
    #[test]
    fn cpu_kept_back() {
        let kept = |rule: Reservation, n| rule.of(cores(n), Bytes(64 << 30), 110).cores / 1_000;
        let sizes = [1, 2, 4, 8, 16, 32, 64];
        assert_eq!(sizes.map(|n| kept(Reservation::Eks, n)), [60, 70, 80, 90, 110, 150, 230]);
        assert_eq!(sizes.map(|n| kept(Reservation::Gke, n)), [60, 70, 80, 90, 110, 150, 230]);
        assert_eq!(sizes.map(|n| kept(Reservation::Aks, n)), [60, 100, 140, 180, 260, 420, 740]);
    }

    /// Google: 4, 8, 16, 32, 64 and 192 GiB keep 1.0, 1.8, 2.6, 3.56, 5.48 and 10.6 GiB back, and
    /// 150 GiB with the threshold 9.8577 (its calculator's own example). Amazon: 29, 58 and 110
    /// instances, 574, 893 and 1,465 MiB. Azure: 650 MB of 8 GB with 30, 1,000 MB of 4 GB with 70.
    #[test]
    fn memory_kept_back() {
        let gke = |gib: u64| Reservation::Gke.of(cores(1), Bytes(gib << 30), 110).memory - EVICTION;
        for (gib, kept) in [(4, 1.0), (8, 1.8), (16, 2.6), (32, 3.56), (64, 5.48), (192, 10.6)] {
            assert!((gke(gib) as f64 / f64::from(1u32 << 30) - kept).abs() < 1e-6, "{gib} GiB");
        }
        let all = Reservation::Gke.of(cores(1), Bytes(150 << 30), 110).memory as f64 / f64::from(1u32 << 30);
        assert!((all - 9.8577).abs() < 1e-4, "{all}");
        let eks = |most| (Reservation::Eks.of(cores(2), Bytes(8 << 30), most).memory - EVICTION) >> 20;
        assert_eq!([29, 58, 110].map(eks), [574, 893, 1465]);
        let aks = |gb: u64, most| Reservation::Aks.of(cores(2), Bytes(gb * 1_000_000_000), most).memory - EVICTION;
        assert_eq!((aks(8, 30), aks(4, 70)), (650_000_000, 1_000_000_000));
    }
}
