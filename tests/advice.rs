//! Advice and maps: what they rank, share, refuse and call a tie.

use crate::common::catalogue;
use hostsim::catalogue::Era;
use hostsim::document::{Diagnostics, Node};
use hostsim::experiment::advise::{Advice, Adviser, Filter};
use hostsim::experiment::map::{Map, map};
use hostsim::metrics::Estimate;
use hostsim::report::figure::pareto;
use hostsim::report::sacrifice::{self, Sacrifice};
use hostsim::scenario::map::MapPlan;
use hostsim::scenario::{Scenario, Source};
use std::path::PathBuf;

fn source(text: &str) -> (Source, Scenario, Diagnostics) {
    let (mut d, catalogue) = catalogue();
    let id = d.sources.add("scenario.toml", text);
    let root = Node::parse(id, &mut d);
    let source = Source { root, directory: PathBuf::new(), stem: "scenario".into(), text: text.into() };
    let scenario = Scenario::read(&source.root, &source.directory, catalogue, &mut d);
    (source, scenario.unwrap_or_else(|| panic!("{}", d.render(false))), d)
}

fn advice(text: &str, words: &[&str]) -> Advice {
    let (source, scenario, mut d) = source(text);
    let filter =
        Filter { words: words.iter().map(|word| (*word).to_string()).collect(), era: Era::All, ..Filter::default() };
    let adviser = Adviser { source: &source, scenario: &scenario, catalogue: catalogue().1, filter, done: &|_, _| {} };
    adviser.advise(&mut d).unwrap()
}

const API: &str = "schema = 1\n[run]\nreplications = 3\n[app.a]\narrivals.poisson = { rate = \"20 /s\" }\n\
    cpu.exponential = { mean = \"10 ms\" }\nmemory = \"100 MiB\"\nslo = { p99 = \"500 ms\" }\n\
    [case.x]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
    [labour]\nwage = \"55 USD/h\"\n[curve]\nrequests = 10_000\n";

#[test]
fn advice_is_ranked_and_every_model_is_accounted_for() {
    let advice = advice(API, &["digitalocean", "linode", "hetzner-now"]);
    let costs: Vec<f64> = advice.offers.iter().map(|offer| offer.tco().mean.unwrap()).collect();
    assert!(costs.len() >= 3 && costs.windows(2).all(|pair| pair[0] <= pair[1]), "{costs:?}");
    assert!(advice.offers.iter().all(|offer| offer.p99().mean.unwrap() <= 0.5));
    // Hetzner is priced in euros: where the scenario states no rate the catalogue's dated one serves.
    assert!(advice.offers.iter().any(|offer| offer.hosting.starts_with("hetzner")), "{:?}", advice.refused);
    // The first price at which the second is cheaper: by how much it is dearer, of the invoice.
    let prices = advice.swings.iter().find(|swing| swing.name.starts_with("prices")).unwrap();
    let invoice = advice.offers[0].point.estimate(&["invoice_usd", "total"]).mean.unwrap();
    let flip = prices.flip.as_ref().unwrap();
    assert!((flip.factor - (1.0 + (costs[1] - costs[0]) / invoice)).abs() < 1e-9);
    // Differences are paired: that of the cheapest to itself is none.
    assert_eq!((advice.offers[0].more.mean, advice.offers[0].more.ci95), (Some(0.0), Some(0.0)));
}

/// The wage at which the answer changes is where the lines of both TCOs cross.
#[test]
fn the_wage_that_changes_the_answer_does() {
    let words = ["digitalocean-2017", "aws-lambda-2017"];
    let advice_at = |wage: f64| advice(&API.replace("55 USD/h", &format!("{wage:.4} USD/h")), &words);
    let base = advice_at(55.0);
    let flip = base.swings.iter().find(|swing| swing.name == "wage").unwrap().flip.clone().unwrap();
    let at = 55.0 * flip.factor;
    assert_eq!(advice_at(at * 0.98).offers[0].hosting == flip.to, at < 55.0);
    assert_eq!(advice_at(at * 1.02).offers[0].hosting == flip.to, at > 55.0);
}

/// No offer off the front is both cheaper and faster than one on it, and none is left out of it.
#[test]
fn the_front_is_what_none_beats_in_both() {
    let advice = advice(API, &["2017"]);
    let orders: Vec<pareto::Order> = advice
        .offers
        .iter()
        .map(|offer| pareto::Order {
            name: offer.hosting.clone(),
            cost: offer.tco().mean.unwrap(),
            p99: offer.p99().mean.unwrap(),
        })
        .collect();
    let front = pareto::front(&orders);
    for (index, order) in orders.iter().enumerate() {
        let beaten = orders
            .iter()
            .any(|o| o.cost <= order.cost && o.p99 <= order.p99 && (o.cost, o.p99) != (order.cost, order.p99));
        let doubled = orders[..index].iter().any(|o| (o.cost, o.p99) == (order.cost, order.p99));
        assert_eq!(front.contains(&index), !beaten && !doubled, "{}", order.name);
    }
}

/// What is given up is more than the noise: two machines that are alike but for the price differ in
/// price alone, and every difference that is stated is one of the paired replications.
#[test]
fn no_difference_within_the_noise_is_given_up() {
    let advice = advice(API, &["digitalocean", "linode", "aws-lambda-2017", "heroku"]);
    let told = |a: usize, b: usize, path: &[&str]| {
        let values = |index: usize| advice.offers[index].point.values(path);
        let more = Estimate::paired_difference(&values(a), &values(b));
        more.mean.filter(|mean| *mean != 0.0 && !more.straddles(0.0))
    };
    let (cost, p99): ([&str; 1], [&str; 2]) = (["tco_usd"], ["latency_s", "p99"]);
    let mut alike = 0;
    for (index, given_up) in sacrifice::sacrifices(&advice).into_iter().enumerate() {
        let words = sacrifice::in_words(&advice, &given_up);
        assert!(!words.contains("$0.00") && !words.contains(" 0 s"), "{words}");
        match given_up {
            Sacrifice::Both { than, dearer, slower } => {
                assert_eq!((dearer, slower), (told(index, than, &cost), told(index, than, &p99)), "{words}");
                alike += usize::from(slower.is_none());
                assert_eq!(slower.is_none(), words.ends_with("and no faster"), "{words}");
            }
            Sacrifice::Money { than, faster, .. } => assert_eq!(Some(faster), told(than, index, &p99), "{words}"),
            Sacrifice::Speed(slower) => assert!(index == 0 && slower > 0.0, "{words}"),
            Sacrifice::Nothing => assert_eq!(index, 0),
        }
    }
    assert!(alike > 0, "no two machines alike were offered");
}

fn mapped(axes: &str) -> Result<Map, String> {
    let text = format!(
        "schema = 1\n[run]\nreplications = 2\n[app.a]\narrivals.poisson = {{ rate = \"20 /s\" }}\ncpu.exponential = {{ mean = \"10 ms\" }}\n\
         slo = {{ p99 = \"500 ms\" }}\n[case.droplet]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = \"right-size\"\n\
         [case.same]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = \"right-size\"\n\
         [case.heroku]\nhosting = \"heroku-2017\"\nsize = \"hobby\"\ninstances = 1\n\
         [labour]\nwage = \"55 USD/h\"\n[curve]\nrequests = 5_000\n[map]\n{axes}\n"
    );
    let (source, scenario, mut d) = source(&text);
    let plan: MapPlan = scenario.map.clone().unwrap();
    let found = map(&source, catalogue().1, plan, None, &mut d, &|_, _| {});
    if d.is_empty() { found.map_err(|error| error.to_string()) } else { Err(d.render(false)) }
}

/// Twelve wages simulate what one does, and cases that are alike share even that.
#[test]
fn wages_are_not_simulated_again() {
    let traffic = "x = { path = \"traffic\", values = [1.0, 2.0] }\n";
    let wages = |to: &str, points: u32| {
        format!("{traffic}y = {{ path = \"labour.wage\", from = \"10 USD/h\", to = \"{to}\", points = {points} }}")
    };
    let (one, twelve) = (mapped(&wages("10 USD/h", 1)).unwrap(), mapped(&wages("200 USD/h", 12)).unwrap());
    assert_eq!(one.simulated, twelve.simulated);
    assert!(twelve.shared > one.shared && one.shared > 0);
    assert_eq!(twelve.cells.len(), 12);
    // Two cases that are one and the same are said to be a tie wherever they are the cheapest.
    let tied = |cell: &hostsim::experiment::map::Cell| match cell.cheapest() {
        Some((0, _)) => cell.ties == [1],
        Some((2, _)) => cell.ties.is_empty(),
        _ => false,
    };
    assert!(twelve.cells.iter().flatten().all(tied));
}

#[test]
fn a_map_s_axis_that_is_no_key_is_refused_with_a_suggestion() {
    let y = "y = { path = \"labour.wage\", values = [\"10 USD/h\"] }\n";
    for (path, value, help) in [
        ("labour.wgae", "\"10 USD/h\"", "`wage`"),
        ("app.b.memory", "\"64 MiB\"", "`a`"),
        ("case.droplt.size", "\"1gb\"", "`droplet`"),
        ("app.a.memroy", "\"64 MiB\"", "`memory`"),
    ] {
        let error = mapped(&format!("{y}x = {{ path = \"{path}\", values = [{value}] }}")).unwrap_err();
        assert!(error.contains(help), "{path}: {error}");
    }
    let traffic = mapped(&format!("{y}x = {{ path = \"traffic\", values = [0.0] }}")).unwrap_err();
    assert!(traffic.contains("scenario.toml:"), "{traffic}");
}

/// Prices inside a model, objectives and what a case pays for simulate nothing anew, on both axes at
/// once; an axis that changes the machine does. And the prices do what they say.
#[test]
fn prices_of_a_model_are_not_simulated_again() {
    let priced = |x: &str, y: &str| {
        let text = format!(
            "schema = 1\n[run]\nreplications = 2\n[app.a]\narrivals.poisson = {{ rate = \"20 /s\" }}\n\
             cpu.exponential = {{ mean = \"10 ms\" }}\nmemory = \"64 MiB\"\n[case.droplet]\nhosting = \"mine\"\nsize = \"512mb\"\n\
             instances = 1\n[[case.droplet.charge]]\nname = \"database\"\nmeter = \"months\"\nprice = \"15\"\n\
             [model.mine]\nextends = \"digitalocean-2017\"\n[curve]\nrequests = 2_000\n[map]\n\
             metric = \"invoice_usd\"\nx = {x}\ny = {y}\n"
        );
        let (source, scenario, mut d) = source(&text);
        let found = map(&source, catalogue().1, scenario.map.clone().unwrap(), None, &mut d, &|_, _| {});
        found.unwrap_or_else(|error| panic!("{error}: {}", d.render(false)))
    };
    let price = "{ path = \"model.mine.charge.droplets.price.512mb\", values = [\"0.001\", \"0.002\", \"0.004\"] }";
    let database = "{ path = \"case.droplet.charge.database.price\", values = [\"15\", \"30\"] }";
    let both = priced(price, database);
    assert_eq!((both.simulated, both.shared), (2, (3 * 2 - 1) * 2));
    let invoice = |row: usize, column: usize| both.cells[row][column].costs[0].as_ref().unwrap().mean.unwrap();
    assert!((invoice(1, 0) - invoice(0, 0) - 15.0).abs() < 1e-9, "{} {}", invoice(1, 0), invoice(0, 0));
    assert!(invoice(0, 2) - 15.0 > 1.9 * (invoice(0, 1) - 15.0) && invoice(0, 1) > invoice(0, 0));
    let memory = priced(price, "{ path = \"model.mine.size.512mb.cpu\", values = [0.5, 1.0] }");
    assert_eq!(memory.simulated, 2 * 2);
}

/// Hours are assumptions: the tornado has them from the fewest to the most, and the hours that bring the app to the best
/// offer's family, which turn where they cost what the next is dearer.
#[test]
fn hours_are_axes_of_the_tornado() {
    let advice = advice(API, &["digitalocean-2017", "aws-lambda-2017"]);
    let mean = |at: usize, path: &[&str]| advice.offers[at].point.estimate(path).mean.unwrap();
    let swing = |name: &str| advice.swings.iter().find(|swing| swing.name.starts_with(name)).unwrap();
    let at_end = |end: &str| {
        let cost = |at| mean(at, &["tco_usd"]) - mean(at, &["labour_usd", "total"]) + mean(at, &["labour_usd", end]);
        (0..advice.offers.len()).map(cost).fold(f64::INFINITY, f64::min)
    };
    let hours = swing("hours of labour");
    for (end, found) in [("low", &hours.low), ("high", &hours.high)] {
        let found = found.1.as_ref().unwrap().1;
        assert!((found - at_end(end)).abs() < 1e-6, "{end}: {found}, not {}", at_end(end));
    }
    assert_eq!(advice.offers[0].family, "serverless");
    let other = (1..advice.offers.len()).find(|at| advice.offers[*at].family != "serverless").unwrap();
    let turns = (mean(other, &["tco_usd"]) - mean(0, &["tco_usd"])) / mean(0, &["labour_usd", "set_up_hour"]);
    let once = swing("porting to serverless");
    let at: f64 = once.flip.as_ref().unwrap().at.split(' ').next().unwrap().parse().unwrap();
    assert!((at - turns).abs() <= 1.5, "{at} h, not {turns}");
}

/// A map says where its answer rests on the hours: at 20 USD/h the droplet's hours, if they are few, make it the cheaper.
#[test]
fn a_map_says_where_it_rests_on_hours() {
    let text = API.replace("[case.x]", "[case.f]\nhosting = \"aws-lambda-2017\"\nsize = \"512mb\"\n[case.x]")
        + "[map]\nx = { path = \"traffic\", values = [1] }\ny = { path = \"labour.wage\", values = [\"0 USD/h\", \"20 USD/h\", \"1000 USD/h\"] }\n";
    let (source, scenario, mut d) = source(&text);
    let plan = scenario.map.clone().unwrap();
    let map = map(&source, catalogue().1, plan, Some(1), &mut d, &|_, _| {}).unwrap();
    let cells: Vec<bool> = map.cells.iter().map(|row| row[0].rests_on_hours()).collect();
    assert!(!cells[0], "hours cost nothing");
    let json: serde_json::Value = serde_json::from_str(&hostsim::report::map::to_json(&map)).unwrap();
    assert_eq!(json["cells"][0][0]["cheapest_at_low_hours"], json["cells"][0][0]["cheapest"]);
    let resting = cells.iter().filter(|rests| **rests).count();
    assert_eq!(hostsim::report::map::hours(&map).is_some(), resting > 0);
    assert!(resting > 0, "at 20 dollars the ranges cover the answer: {cells:?}");
}
