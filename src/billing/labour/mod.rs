//! Labour: the hours that developers spend on the slices of the stack that their hosting leaves to them.

mod hours;
mod spread;

pub use hours::{Hours, LabourOverrides, LabourTable, TEXT};
pub use spread::{Position, Positions, Spread};

use crate::document::{Diagnostics, Node, Table, as_f64, money_rate, named, non_negative, positive, positive_span};
use crate::units::{Currency, Exact, HOUR, MONTH, MoneyRate, Span, YEAR, exact_of_f64};
use num_bigint::BigInt;

/// A slice of the stack, from the top to the bottom, or a task beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slice {
    /// The app itself: deploying and watching it.
    Application,
    /// Language runtime and framework.
    Runtime,
    /// Web server, load balancer, rules of scaling.
    WebServer,
    /// Installing, hardening, patching.
    OperatingSystem,
    /// Hypervisor, or cluster of containers.
    Virtualisation,
    /// Buying, mounting, repairing servers.
    Hardware,
    /// Power, cooling, network of the building.
    DataCentre,
    /// Deciding how much to have, and getting it.
    CapacityPlanning,
    /// Changing an app so that it fits the hosting.
    Porting,
    /// Writing an app for the hosting: more or fewer hours than for a machine of its own.
    Building,
    /// Being called at night.
    NightCalls,
}

impl Slice {
    /// All slices with their words.
    pub const ALL: [(&'static str, Slice); 11] = [
        ("application", Slice::Application),
        ("runtime", Slice::Runtime),
        ("web-server", Slice::WebServer),
        ("operating-system", Slice::OperatingSystem),
        ("virtualisation", Slice::Virtualisation),
        ("hardware", Slice::Hardware),
        ("data-centre", Slice::DataCentre),
        ("capacity-planning", Slice::CapacityPlanning),
        ("porting", Slice::Porting),
        ("building", Slice::Building),
        ("night-calls", Slice::NightCalls),
    ];

    /// Whether it is of the stack itself: what somebody looks after, and no task beside it.
    pub fn is_of_the_stack(self) -> bool {
        !matches!(self, Slice::CapacityPlanning | Slice::Porting | Slice::Building | Slice::NightCalls)
    }

    /// The slice's word.
    pub fn name(self) -> &'static str {
        Slice::ALL.iter().find(|(_, slice)| *slice == self).map_or("", |(name, _)| name)
    }

    /// Reads the word.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Slice> {
        named(node, diagnostics, "slice of the stack", &Slice::ALL)
    }
}

/// Which slices the developer works on, under which hosting.
#[derive(Clone, Copy, Debug)]
pub struct Managed<'m> {
    /// The word of the family.
    pub family: &'m str,
    /// The slices; each counts once.
    pub slices: &'m [Slice],
    /// What the model says of them.
    pub overrides: &'m LabourOverrides,
}

/// How much of it there is.
#[derive(Clone, Copy, Debug)]
pub struct LabourUse {
    /// The mean number of instances, of all tenants together.
    pub instances: f64,
    /// How many tenants the app has.
    pub tenants: f64,
    /// How many accounts it is the first app of that is hosted on its model.
    pub accounts: f64,
    /// The length of what the invoice is for.
    pub month: Span,
    /// Calls outside office hours in the month, where failures are simulated; else as many as the
    /// hours of an instance stand for.
    pub night_calls: Option<f64>,
}

/// The hours of a slice in the month, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliceLabour {
    /// The slice.
    pub slice: Slice,
    /// Hours in the month.
    pub hours: f64,
    /// Hours × wage.
    pub usd: f64,
    /// Hours in the month with all hours as few, and as many, as they may be.
    pub bounds: [f64; 2],
}

/// What labour costs: the table `[labour]` of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Labour {
    /// The wage; nothing where the scenario leaves it out.
    pub wage: MoneyRate,
    /// Whether the scenario gives a wage; where it does not, a report says that hours cost nothing.
    pub wage_given: bool,
    /// What set-up hours are spread over.
    pub horizon: Span,
    /// People who are paid whatever the hours.
    pub salaries: MoneyRate,
    /// How often a month each app is deployed.
    pub deployments: f64,
    /// Where in their ranges hours are counted.
    pub hours: Positions,
}

impl Default for Labour {
    /// No wage, 36 months, no salaries, the hours in the middle of their ranges.
    fn default() -> Labour {
        let none = MoneyRate { per_hour: Exact::default(), currency: Currency::USD };
        Labour {
            wage: none.clone(),
            wage_given: false,
            horizon: Span(36 * MONTH.0),
            salaries: none,
            deployments: LabourTable::built_in().deployments(),
            hours: Positions::default(),
        }
    }
}

impl Labour {
    /// Reads `[labour]`: `wage`, `hours-per-year`, `horizon`, `salaries`, `deployments` and `hours`, each of which may be
    /// left out; a wage by the month or the year needs the hours that are worked in a year.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Labour> {
        let default = Labour::default();
        let mut table = Table::of(node, diagnostics)?;
        let labour = Labour {
            wage_given: table.node("wage").is_some(),
            wage: read_wage(&mut table, diagnostics).unwrap_or(default.wage),
            horizon: table.default("horizon", default.horizon, diagnostics, positive_span),
            salaries: table.default("salaries", default.salaries, diagnostics, money_rate),
            deployments: table.default("deployments", default.deployments, diagnostics, non_negative),
            hours: table.default("hours", default.hours, diagnostics, Positions::read),
        };
        table.finish(diagnostics);
        Some(labour)
    }

    /// The hours and dollars of each slice that is managed, in the order of the stack. `dollars`
    /// says what a unit of a currency is worth in US dollars.
    pub fn of_slices(
        &self,
        table: &LabourTable,
        managed: Managed<'_>,
        used: LabourUse,
        dollars: &dyn Fn(Currency) -> f64,
    ) -> Vec<SliceLabour> {
        let wage = self.wage_usd(dollars);
        let of_slice = |slice: Slice| {
            let mut each = managed.overrides.of(slice, table.hours(slice, managed.family));
            let calls = used.night_calls.filter(|_| slice == Slice::NightCalls);
            if calls.is_some() {
                each.per_instance = Spread::default();
            }
            let used = LabourUse { night_calls: calls, ..used };
            let hours = each.within(&used, self, self.hours.of(slice));
            let bounds = [Position::LOW, Position::HIGH].map(|position| each.within(&used, self, position));
            SliceLabour { slice, hours, usd: hours * wage, bounds }
        };
        let slices = Slice::ALL.into_iter().map(|(_, slice)| slice).filter(|slice| managed.slices.contains(slice));
        slices.map(of_slice).collect()
    }

    /// The wage of an hour in US dollars.
    pub fn wage_usd(&self, dollars: &dyn Fn(Currency) -> f64) -> f64 {
        as_f64(&self.wage.per_hour) * dollars(self.wage.currency)
    }

    /// The part of what is done once that falls on a month.
    pub fn part_of_horizon(&self, month: Span) -> f64 {
        if self.horizon.0 == 0 { 0.0 } else { month.0 as f64 / self.horizon.0 as f64 }
    }

    /// The salaries of a month in US dollars: once for a case, whatever its apps.
    pub fn salaries_usd(&self, month: Span, dollars: &dyn Fn(Currency) -> f64) -> f64 {
        let hours = month.0 as f64 / HOUR.0 as f64;
        as_f64(&self.salaries.per_hour) * hours * dollars(self.salaries.currency)
    }
}

/// The wage of an hour of work. An amount by the month or the year is spread over the hours that
/// are worked, not over those of the calendar.
fn read_wage(table: &mut Table<'_>, diagnostics: &mut Diagnostics) -> Option<MoneyRate> {
    let worked = table.optional("hours-per-year", diagnostics, positive);
    let has_hours = table.node("hours-per-year").is_some();
    let node = table.node("wage")?;
    let wage = money_rate(node, diagnostics)?;
    let per = node.as_str().and_then(|text| text.rsplit_once('/')).map_or("", |(_, per)| per.trim());
    if per == "h" {
        return Some(wage);
    }
    if !has_hours {
        let message = format!("a wage by the {per} needs the hours that are worked in a year");
        let help =
            "write hours-per-year = 1760 beside it (or as many as are worked), or the wage of an hour: \"55 USD/h\"";
        diagnostics.error(node.at, message, help);
        return None;
    }
    let factor = Exact::from(BigInt::from(YEAR.0 / HOUR.0)) / exact_of_f64(worked?);
    Some(MoneyRate { per_hour: wage.per_hour * factor, currency: wage.currency })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed<T>(text: &str, read: fn(&Node, &mut Diagnostics) -> Option<T>) -> (Option<T>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("test.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let value = read(&node, &mut diagnostics);
        (value, diagnostics.render(false))
    }

    fn total(slices: &[SliceLabour]) -> (f64, f64) {
        slices.iter().fold((0.0, 0.0), |(hours, usd), slice| (hours + slice.hours, usd + slice.usd))
    }

    fn dollar(_: Currency) -> f64 {
        1.0
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found}, not {expected}");
    }

    /// 60,000 dollars over 1,760 hours are $34.09 an hour; over the calendar's 8,760 they are $6.85.
    #[test]
    fn a_wage_by_the_year_is_spread_over_the_hours_worked() {
        let wage = |text: &str| as_f64(&parsed(text, Labour::read).0.unwrap().wage.per_hour);
        near(wage("wage = \"60000 USD/year\"\nhours-per-year = 1760"), 60_000.0 / 1_760.0);
        near(wage("wage = \"5000 USD/month\"\nhours-per-year = 1760"), 60_000.0 / 1_760.0);
        near(wage("wage = \"55 USD/h\"\nhours-per-year = 1760"), 55.0);
        for per in ["year", "month"] {
            let errors = parsed(&format!("wage = \"5000 USD/{per}\""), Labour::read).1;
            assert!(errors.contains("test.toml:1:8") && errors.contains("hours-per-year = 1760"), "{errors}");
        }
    }

    /// Three tenants with five instances in all, 36 months:
    /// set-up 4 h × 3 / 36 = 1/3 h; 2 h × 5 instances / 36 = 10/36 h; 1 h × 3, 0.2 h × 3 and 0.1 h × 5 a month.
    #[test]
    fn hours_by_hand() {
        let text = "operating-system = { set-up = 4, set-up-per-instance = \"120 min\", per-month = 1, per-instance = 0.1, per-account = 0.2 }";
        let (overrides, errors) = parsed(text, LabourOverrides::read);
        assert_eq!(errors, "");
        let labour = parsed("wage = \"60 USD/h\"\nsalaries = \"87600 USD/year\"", Labour::read).0.unwrap();
        let overrides = overrides.unwrap();
        let managed = Managed { family: "vps", slices: &[Slice::OperatingSystem], overrides: &overrides };
        let used = LabourUse { instances: 5.0, tenants: 3.0, accounts: 3.0, month: MONTH, night_calls: None };
        let slices = labour.of_slices(LabourTable::built_in(), managed, used, &dollar);
        assert_eq!(slices.len(), 1);
        near(slices[0].hours, 1.0 / 3.0 + 10.0 / 36.0 + 4.1);
        near(slices[0].usd, 60.0 * slices[0].hours);
        near(labour.salaries_usd(MONTH, &dollar), 7300.0);
        // Half a month takes half of all of it.
        let half = LabourUse { month: Span(MONTH.0 / 2), ..used };
        let halved = labour.of_slices(LabourTable::built_in(), managed, half, &dollar);
        near(halved[0].hours, slices[0].hours / 2.0);
    }

    /// The default rows add up to the surveys' figures: 5.3 h a month for a physical server (30 per
    /// administrator of 160 h), 2.0 h for a virtual machine (80 per administrator, 110 USD at 55 USD/h).
    #[test]
    fn the_rows_add_up_to_the_surveys() {
        let table = LabourTable::built_in();
        let per_instance = |family, slices: &[Slice]| -> f64 {
            slices.iter().map(|slice| table.hours(*slice, family).per_instance.middle).sum()
        };
        use Slice::*;
        let machine = [Runtime, WebServer, OperatingSystem, CapacityPlanning];
        near(per_instance("vps", &machine), 2.0);
        near(per_instance("vps", &machine) * 55.0, 110.0);
        near(per_instance("colocation", &[Runtime, WebServer, OperatingSystem, CapacityPlanning, Hardware]), 5.3);
        let per_month = |family, slices: &[Slice]| -> f64 {
            let hours = |slice: &Slice| {
                let hours = table.hours(*slice, family);
                hours.per_month.middle + table.deployments() * hours.per_deployment.middle
            };
            slices.iter().map(hours).sum()
        };
        near(per_month("paas", &[Application, CapacityPlanning]), 1.5);
        near(per_month("serverless", &[Application]), 0.75);
    }

    /// From owned servers to serverless the developer's hours fall at every step.
    #[test]
    fn labour_falls_from_servers_to_serverless() {
        use Slice::*;
        let managed: [(&str, &[Slice]); 6] = [
            ("colocation", &[Application, Runtime, WebServer, OperatingSystem, Hardware, CapacityPlanning]),
            ("dedicated", &[Application, Runtime, WebServer, OperatingSystem, CapacityPlanning]),
            ("vps", &[Application, Runtime, WebServer, OperatingSystem, CapacityPlanning]),
            ("container", &[Application, Runtime, WebServer, CapacityPlanning]),
            ("paas", &[Application, CapacityPlanning]),
            ("serverless", &[Application]),
        ];
        let overrides = LabourOverrides::default();
        let used = LabourUse { instances: 2.0, tenants: 1.0, accounts: 1.0, month: MONTH, night_calls: None };
        let hours = managed.map(|(family, slices)| {
            let managed = Managed { family, slices, overrides: &overrides };
            total(&Labour::default().of_slices(LabourTable::built_in(), managed, used, &dollar))
        });
        assert!(hours.windows(2).all(|pair| pair[0].0 > pair[1].0), "{hours:?}");
        assert!(hours.iter().all(|(_, usd)| *usd == 0.0), "no wage was given");
    }

    #[test]
    fn mistakes_are_named() {
        let errors = parsed(
            "hardwear.set-up = 1\nruntime = { monthly = 1, per-month = -1, set-up = \"4\" }",
            LabourOverrides::read,
        )
        .1;
        for expected in ["did you mean `hardware`?", "unknown key `monthly`", "zero or more", "no unit"] {
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
        let errors = parsed("wage = \"55 USD\"\nhorizon = \"0 s\"\nsalary = 1", Labour::read).1;
        for expected in ["over time", "above zero", "did you mean `salaries`?"] {
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
    }
}
