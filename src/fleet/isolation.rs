//! What keeps instances on one server apart, and what that costs each of them.

use super::{Confidence, Demand, Evidence};
use crate::document::{Diagnostics, Kind, Node, Table, Value, bytes, fraction, kind};
use crate::units::{Bytes, Cores};

/// One layer of isolation, with its overhead.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The word that users write: "vm", "container" …
    pub name: &'static str,
    /// Memory that the layer needs for itself on the host, per instance.
    pub memory: Bytes,
    /// Memory that an operating system of the instance's own needs inside the layer. It counts where the instance is
    /// given the app's memory alone; where a size was sold, the customer's system lives in what was sold.
    pub guest: Bytes,
    /// The share of CPU time that the layer takes, from 0 to 1.
    pub cpu_tax: f64,
    /// Where the default memory comes from (`None` where the user gave it).
    pub memory_evidence: Option<Evidence>,
    /// Where the default tax comes from (`None` where the user gave it).
    pub cpu_tax_evidence: Option<Evidence>,
}

/// The layers around an instance, the outermost first.
#[derive(Clone, Debug, PartialEq)]
pub struct Isolation {
    /// At least one.
    pub layers: Vec<Layer>,
}

/// The default overhead of a layer: memory in MiB, share of CPU, and where each comes from.
struct Overhead {
    name: &'static str,
    memory: (u64, Confidence, &'static str),
    /// MiB.
    guest: u64,
    cpu_tax: (f64, Confidence, &'static str),
}

const BARE_METAL: &str = "bare-metal";

use Confidence::{Assumption, Unverified, Verified};

const OVERHEADS: [Overhead; 5] = [
    Overhead {
        name: BARE_METAL,
        memory: (0, Assumption, "the whole server is the instance's, its operating system included"),
        guest: 0,
        cpu_tax: (0.0, Assumption, "nothing stands between the instance and the processor"),
    },
    Overhead {
        name: "vm",
        memory: (
            130,
            Unverified,
            "about 130 MB for a QEMU process (Agache et al., NSDI 2020); where the app's memory is what counts, 256 MB besides for the guest's system",
        ),
        guest: 256,
        cpu_tax: (
            0.05,
            Assumption,
            "KVM of 2017; measured from 2 % tuned (Linpack) to 22 % untuned (compression) by Felter et al., IBM RC25482, 2014",
        ),
    },
    Overhead {
        name: "micro-vm",
        memory: (
            5,
            Verified,
            "at most 5 MiB for the virtual machine monitor: Firecracker's SPECIFICATION.md; the guest's kernel counts to the app",
        ),
        guest: 0,
        cpu_tax: (
            0.05,
            Verified,
            "over 95 % of the speed of bare metal: Firecracker's SPECIFICATION.md, an upper bound of the tax",
        ),
    },
    Overhead {
        name: "container",
        memory: (10, Unverified, "3 to 10 MB for the process that supervises a container"),
        guest: 0,
        cpu_tax: (
            0.005,
            Assumption,
            "no slower than a process within what was measured by Felter et al., IBM RC25482, 2014",
        ),
    },
    Overhead {
        name: "process",
        memory: (0, Assumption, "a process among others has no overhead of its own"),
        guest: 0,
        cpu_tax: (0.0, Assumption, "a process among others has no overhead of its own"),
    },
];

impl Isolation {
    /// Reads `"vm"`, `vm = { memory = "130 MiB", guest = "256 MiB", cpu-tax = 0.05 }` (each may be left out), or a
    /// list of these, the outermost first: `["vm", "container"]`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Isolation> {
        let layers: Vec<Option<Layer>> = match &node.value {
            Value::Array(items) if items.is_empty() => {
                diagnostics.error(
                    node.at,
                    "expected at least one kind of isolation",
                    "a list names the outermost first",
                );
                return None;
            }
            Value::Array(items) => items.iter().map(|item| layer(item, diagnostics)).collect(),
            _ => vec![layer(node, diagnostics)],
        };
        Some(Isolation { layers: layers.into_iter().collect::<Option<_>>()? })
    }

    /// A whole server.
    pub fn bare_metal() -> Isolation {
        Isolation { layers: vec![OVERHEADS[0].layer()] }
    }

    /// A virtual machine.
    pub fn vm() -> Isolation {
        Isolation { layers: vec![OVERHEADS[1].layer()] }
    }

    /// A small virtual machine, such as Firecracker's.
    pub fn micro_vm() -> Isolation {
        Isolation { layers: vec![OVERHEADS[2].layer()] }
    }

    /// A container.
    pub fn container() -> Isolation {
        Isolation { layers: vec![OVERHEADS[3].layer()] }
    }

    /// A process among others.
    pub fn process() -> Isolation {
        Isolation { layers: vec![OVERHEADS[4].layer()] }
    }

    /// The same with processes beside each other inside.
    pub fn with_processes(&self) -> Isolation {
        let layers = self.layers.iter().cloned().chain(Isolation::process().layers);
        Isolation { layers: layers.collect() }
    }

    /// Memory of a server besides what was sold, where a size was sold: a machine's emulator. Layers within the
    /// outermost machine live in what was sold.
    pub fn around_size(&self) -> Bytes {
        let machine = self.layers.iter().position(|layer| layer.is_machine());
        sum(self.layers[..machine.map_or(self.layers.len(), |place| place + 1)].iter().map(|layer| layer.memory))
    }

    /// Memory of a server besides the app's, where the app's own memory is what an instance is given: all layers,
    /// and the systems of the guests.
    pub fn around_app(&self) -> Bytes {
        sum(self.layers.iter().map(|layer| Bytes(layer.memory.0.saturating_add(layer.guest.0))))
    }

    /// The share of CPU time that is left for the app: the product of (1 − tax) over the layers.
    pub fn cpu_share(&self) -> f64 {
        self.layers.iter().map(|layer| 1.0 - layer.cpu_tax).product()
    }

    /// The share of CPU time that all layers together take.
    pub fn cpu_tax(&self) -> f64 {
        1.0 - self.cpu_share()
    }

    /// Whether an instance takes a whole server.
    pub fn whole_server(&self) -> bool {
        self.layers.iter().any(|layer| layer.name == BARE_METAL)
    }

    /// The layers around a cluster's node, and the innermost one, around each container on it.
    pub fn around_containers(&self) -> (Isolation, Isolation) {
        let outer = self.layers.len().saturating_sub(1);
        let (outer, inner) = self.layers.split_at(outer);
        (Isolation { layers: outer.to_vec() }, Isolation { layers: inner.to_vec() })
    }

    /// What an instance of this many cores and this much memory asks of a server: a whole one, or
    /// the cores (the caller has divided them by the overcommit) and the memory with the overhead around it.
    pub fn demand(&self, cores: Cores, memory: Bytes, overhead: Bytes) -> Demand {
        if self.whole_server() {
            return Demand::whole();
        }
        Demand { cores: cores.0, memory: memory.0.saturating_add(overhead.0) }
    }
}

impl Layer {
    /// Whether it is a machine: what is inside shares its memory.
    fn is_machine(&self) -> bool {
        matches!(self.name, "vm" | "micro-vm" | BARE_METAL)
    }
}

fn sum(amounts: impl Iterator<Item = Bytes>) -> Bytes {
    Bytes(amounts.fold(0, |sum: u64, amount| sum.saturating_add(amount.0)))
}

impl Overhead {
    fn layer(&self) -> Layer {
        Layer {
            name: self.name,
            memory: Bytes(self.memory.0 * Bytes::MIB.0),
            guest: Bytes(self.guest * Bytes::MIB.0),
            cpu_tax: self.cpu_tax.0,
            memory_evidence: Some(Evidence::of(self.memory.1, self.memory.2)),
            cpu_tax_evidence: Some(Evidence::of(self.cpu_tax.1, self.cpu_tax.2)),
        }
    }

    fn read(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<Layer> {
        let mut table = Table::of(node, diagnostics)?;
        let mut layer = self.layer();
        if let Some(memory) = table.optional("memory", diagnostics, bytes) {
            // Whoever says what a layer takes means all that it takes.
            (layer.memory, layer.memory_evidence, layer.guest) = (memory, None, Bytes(0));
        }
        layer.guest = table.default("guest", layer.guest, diagnostics, bytes);
        if let Some(cpu_tax) = table.optional("cpu-tax", diagnostics, cpu_tax) {
            (layer.cpu_tax, layer.cpu_tax_evidence) = (cpu_tax, None);
        }
        table.finish(diagnostics);
        Some(layer)
    }
}

/// A tax of all CPU time would leave an instance that never finishes anything.
fn cpu_tax(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let tax = fraction(node, diagnostics)?;
    if tax == 1.0 {
        diagnostics.error(node.at, "a cpu-tax of 1 leaves nothing for the app", "write a number below 1");
        return None;
    }
    Some(tax)
}

fn layer(node: &Node, diagnostics: &mut Diagnostics) -> Option<Layer> {
    let readers = OVERHEADS.each_ref().map(|overhead| move |node: &Node, d: &mut Diagnostics| overhead.read(node, d));
    let kinds: Vec<Kind<'_, Layer>> =
        OVERHEADS.iter().zip(&readers).map(|(overhead, read)| Kind { name: overhead.name, read }).collect();
    kind(node, diagnostics, "isolation", &kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Stream;
    use crate::fleet::{Fleet, Policy};

    fn read(text: &str) -> Result<Isolation, String> {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("model.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let isolation = node.get("isolation").and_then(|node| Isolation::read(node, &mut diagnostics));
        if diagnostics.is_empty() { Ok(isolation.unwrap()) } else { Err(diagnostics.render(false)) }
    }

    #[test]
    fn words_tables_and_lists() {
        assert_eq!(read("isolation = \"vm\"").unwrap(), Isolation::vm());
        let own = read("isolation.vm = { memory = \"100 MiB\", cpu-tax = 0.02 }").unwrap();
        assert_eq!((own.around_app(), own.cpu_tax()), (Bytes(100 << 20), 1.0 - 0.98));
        assert!(own.layers[0].memory_evidence.is_none());
        // 130 + 256 + 10 MiB around an app, the emulator alone around what was sold; (1 − 0.05) × (1 − 0.005) = 0.94525.
        let nested = read("isolation = [\"vm\", \"container\"]").unwrap();
        assert_eq!((nested.around_app(), nested.around_size()), (Bytes(396 << 20), Bytes(130 << 20)));
        assert!((nested.cpu_share() - 0.94525).abs() < 1e-12);
        let mixed = read("isolation = [\"vm\", { container = { cpu-tax = 0.1 } }]").unwrap();
        assert!((mixed.cpu_share() - 0.855).abs() < 1e-12);
    }

    /// A machine of 1 GiB is as large on its host whether its customer runs containers in it or not; a container that
    /// was sold has its supervisor beside it.
    #[test]
    fn what_lives_in_a_machine_takes_no_more_of_its_host() {
        let around = |text: &str| read(text).unwrap().around_size().0 >> 20;
        assert_eq!(around("isolation = \"vm\""), 130);
        assert_eq!(around("isolation = [\"vm\", \"container\"]"), 130);
        assert_eq!(around("isolation = [\"container\", \"process\"]"), 10);
        assert_eq!(around("isolation.vm = { memory = \"200 MiB\", guest = \"1 GiB\" }"), 200);
        assert_eq!(read("isolation.vm = { guest = \"1 GiB\" }").unwrap().around_app(), Bytes(1154 << 20));
        assert_eq!(read("isolation.vm = { memory = \"200 MiB\" }").unwrap().around_app(), Bytes(200 << 20));
    }

    #[test]
    fn constructors_and_words_agree() {
        let made = [Isolation::bare_metal(), Isolation::vm(), Isolation::micro_vm(), Isolation::container()];
        for (isolation, word) in made.iter().zip(["bare-metal", "vm", "micro-vm", "container"]) {
            assert_eq!(*isolation, read(&format!("isolation = \"{word}\"")).unwrap());
            assert_eq!(isolation.whole_server(), word == "bare-metal");
        }
        assert_eq!(Isolation::process(), read("isolation = \"process\"").unwrap());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("isolation = \"vn\"", "did you mean `vm`?"),
            ("isolation.vm = { cputax = 0.1 }", "did you mean `cpu-tax`?"),
            ("isolation.vm = { cpu-tax = 1.0 }", "leaves nothing"),
            ("isolation.vm = { cpu-tax = 1.5 }", "from 0 to 1"),
            ("isolation = []", "at least one"),
            ("isolation = 3", "expected a kind of isolation"),
        ] {
            let errors = read(text).unwrap_err();
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
    }

    /// The article's ten machines and fifty containers per server come out where the guest's
    /// system needs four times the app's memory: 192 GiB / 10 = 19.2 GiB = app + 4 × app, with an
    /// app of 3.84 GiB, and 192 / 3.84 = 50. (Tenths of a MiB are cut, so that ten and fifty fit.)
    #[test]
    fn ten_machines_or_fifty_containers() {
        let capacity = Demand { cores: 48_000_000, memory: 192 << 30 };
        let placed = |isolation: &Isolation, app: u64| {
            let stream = Stream::named(1, 0, "test", "placement");
            let mut fleet = Fleet::new(Some(1), capacity, Policy::default(), stream);
            let demand = isolation.demand(Cores(0), Bytes(app), isolation.around_app());
            (0..1000).take_while(|_| fleet.place(demand).is_some()).count()
        };
        let app = (192 << 30) / 50;
        let machine = read(&format!("isolation.vm = {{ memory = \"{} B\" }}", 4 * app)).unwrap();
        assert_eq!(placed(&machine, app), 10);
        assert_eq!(placed(&Isolation::process(), app), 50);
        // With the overheads as they are known, an app of 100 MiB: 192 × 1024 / 486 = 404.5 and 196,608 / 110 = 1,787.3.
        assert_eq!(placed(&Isolation::vm(), 100 << 20), 404);
        assert_eq!(placed(&Isolation::bare_metal(), 100 << 20), 1);
    }
}
