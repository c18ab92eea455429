//! The terms of hosting that a model sets and a case may set anew.

use crate::document::{Diagnostics, Kind, Node, Table, kind, named, positive_count, positive_span};
use crate::hosting::deployment::{Binding, Growth};
use crate::hosting::keep_alive::KeepAlive;
use crate::hosting::routing::{QueueAt, Routing};
use crate::hosting::scaling::aws_step_scaling::AwsStepScaling;
use crate::hosting::scaling::aws_target_tracking::AwsTargetTracking;
use crate::hosting::scaling::azure_vmss::AzureVmss;
use crate::hosting::scaling::cloud_run::CloudRun;
use crate::hosting::scaling::controller::Rule;
use crate::hosting::scaling::elastic_beanstalk::ElasticBeanstalk;
use crate::hosting::scaling::heroku::Heroku;
use crate::hosting::scaling::keda::Keda;
use crate::hosting::scaling::knative::Knative;
use crate::hosting::scaling::kubernetes_hpa::KubernetesHpa;
use crate::hosting::scaling::{Scaling, Schedule, TargetUtilisation};
use crate::units::Span;

/// How an instance's requests share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// All inside share the processor.
    ProcessorSharing,
    /// One after the other, as many at once as there are cores.
    Fifo,
}

/// Terms; `None` where they are not set.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The most requests inside one instance.
    pub concurrency: Option<u32>,
    /// How they share it.
    pub discipline: Option<Discipline>,
    /// Which instance a request goes to.
    pub routing: Option<Routing>,
    /// Where requests wait.
    pub queue_at: Option<QueueAt>,
    /// How the number of instances is decided.
    pub scaling: Option<Scaling>,
    /// How long an idle instance is kept.
    pub keep_alive: Option<KeepAlive>,
    /// Who serves what waits for a start.
    pub binding: Option<Binding>,
    /// The most instances in use at once, per account.
    pub concurrency_limit: Option<u32>,
    /// How fast that number may grow.
    pub growth: Option<Growth>,
    /// After how long without a request instances sleep.
    pub sleep: Option<Span>,
}

/// The most a count of instances or places can be.
pub(crate) fn count32(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl Terms {
    /// Reads the terms among a table's keys.
    pub fn read(table: &mut Table<'_>, diagnostics: &mut Diagnostics) -> Terms {
        let disciplines = [("processor-sharing", Discipline::ProcessorSharing), ("fifo", Discipline::Fifo)];
        Terms {
            concurrency: table.optional("concurrency", diagnostics, positive_count).map(count32),
            discipline: table.optional("discipline", diagnostics, |node, d| named(node, d, "discipline", &disciplines)),
            routing: table.optional("routing", diagnostics, Routing::read),
            queue_at: table.optional("queue-at", diagnostics, QueueAt::read),
            scaling: table.optional("scaling", diagnostics, read_scaling),
            keep_alive: table.optional("keep-alive", diagnostics, KeepAlive::read),
            binding: table.optional("binding", diagnostics, Binding::read),
            concurrency_limit: table.optional("concurrency-limit", diagnostics, positive_count).map(count32),
            growth: table.optional("concurrency-growth", diagnostics, read_growth),
            sleep: table.optional("sleep", diagnostics, positive_span),
        }
    }

    /// These terms, and the others where these are not set.
    pub fn or(self, other: &Terms) -> Terms {
        // Who routes in another way than the model does waits where that way has it.
        let queue_at = if self.routing.is_some() { self.queue_at } else { self.queue_at.or(other.queue_at) };
        Terms {
            queue_at,
            concurrency: self.concurrency.or(other.concurrency),
            discipline: self.discipline.or(other.discipline),
            routing: self.routing.or(other.routing),
            scaling: self.scaling.or_else(|| other.scaling.clone()),
            keep_alive: self.keep_alive.or_else(|| other.keep_alive.clone()),
            binding: self.binding.or(other.binding),
            concurrency_limit: self.concurrency_limit.or(other.concurrency_limit),
            growth: self.growth.or(other.growth),
            sleep: self.sleep.or(other.sleep),
        }
    }
}

fn read_scaling(node: &Node, diagnostics: &mut Diagnostics) -> Option<Scaling> {
    type D<'a> = &'a mut Diagnostics;
    macro_rules! controlled {
        ($name:literal, $rule:ident, $read:path) => {
            Kind { name: $name, read: &|n: &Node, d: D| $read(n, d).map(Rule::$rule).map(Scaling::Controlled) }
        };
    }
    let kinds = [
        Kind { name: "fixed", read: &|_: &Node, _: D| Some(Scaling::Fixed) },
        Kind { name: "per-request", read: &|_: &Node, _: D| Some(Scaling::PerRequest) },
        Kind {
            name: "target-utilisation",
            read: &|n: &Node, d: D| TargetUtilisation::read(n, d).map(Scaling::TargetUtilisation),
        },
        Kind { name: "schedule", read: &|n: &Node, d: D| Schedule::read(n, d).map(Scaling::Schedule) },
        controlled!("concurrency", Knative, Knative::read_concurrency),
        controlled!("kubernetes-hpa", KubernetesHpa, KubernetesHpa::read),
        controlled!("keda", Keda, Keda::read),
        controlled!("knative", Knative, Knative::read),
        controlled!("aws-target-tracking", AwsTargetTracking, AwsTargetTracking::read),
        controlled!("aws-step-scaling", AwsStepScaling, AwsStepScaling::read),
        controlled!("elastic-beanstalk", ElasticBeanstalk, ElasticBeanstalk::read),
        controlled!("heroku", Heroku, Heroku::read),
        controlled!("cloud-run", CloudRun, CloudRun::read),
        controlled!("azure-vmss", AzureVmss, AzureVmss::read),
    ];
    kind(node, diagnostics, "scaling", &kinds)
}

fn read_growth(node: &Node, diagnostics: &mut Diagnostics) -> Option<Growth> {
    let mut table = Table::of(node, diagnostics)?;
    let burst = table.required("burst", diagnostics, positive_count);
    let step = table.required("step", diagnostics, positive_count);
    let every = table.required("every", diagnostics, positive_span);
    table.finish(diagnostics);
    Some(Growth { burst: count32(burst?), step: count32(step?), every: every? })
}
