//! Invoices as FOCUS 1.2: the columns that every row must fill, the words of the specification, and
//! sums that agree with the invoice.

use crate::usage::{by_catalogue, priced};
use hostsim::billing::reading::whole;
use hostsim::billing::usage::Bill;
use hostsim::units::{Exact, parse_decimal};
use std::collections::BTreeMap;

type Rows = Vec<BTreeMap<String, String>>;

/// The columns that FOCUS 1.2 makes mandatory.
#[rustfmt::skip]
const MANDATORY: [&str; 21] = [
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodStart",
    "BillingPeriodEnd", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodStart",
    "ChargePeriodEnd", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity",
    "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
];

/// Of those, the ones that may be null: a correction's class; quantities of what has no price.
const NULLABLE: [&str; 3] = ["ChargeClass", "PricingQuantity", "PricingUnit"];

fn parse(text: &[u8]) -> Rows {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| header.iter().zip(&record).map(|(k, v)| (k.into(), v.into())).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn rows(bill: &Bill) -> Rows {
    let mut text = Vec::new();
    bill.write_focus("acme", &mut text).unwrap();
    parse(&text)
}

fn by_name(text: &str) -> Bill {
    by_catalogue(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn number(row: &BTreeMap<String, String>, column: &str) -> Exact {
    parse_decimal(&row[column]).unwrap_or_else(|error| panic!("{column}: {error}"))
}

fn sum(rows: &Rows, column: &str) -> Exact {
    rows.iter().map(|row| number(row, column)).sum()
}

/// The only row whose description ends with this.
fn find<'r>(rows: &'r Rows, category: &str, name: &str) -> &'r BTreeMap<String, String> {
    let wanted = |row: &&BTreeMap<String, String>| {
        row["ChargeCategory"] == category && row["ChargeDescription"].ends_with(&format!(": {name}"))
    };
    let found: Vec<_> = rows.iter().filter(wanted).collect();
    assert_eq!(found.len(), 1, "{category} {name}: {rows:#?}");
    found[0]
}

const RESERVED: &str = "hosting = \"ec2-2017\"\nmonth = \"730 h\"\n\
    commitment = { plan = \"1-year-partial-upfront\", instances = 2 }\n[[usage]]\nsize = \"m4.large\"\ncount = 3\ntime = \"365 h\"\n";

const CLOSED: &str = "month = \"2017-08\"\n[[usage]]\nmeter = \"units\"\nquantity = 3\n[model]\nfamily = \"vps\"\ncurrency = \"EUR\"\n\
    rounding = { each = \"total\" }\ntax = { name = \"VAT\", rate = \"19 %\" }\nminimum-charge = 5\n\
    [[model.charge]]\nname = \"use\"\nmeter = \"units\"\nprice = \"1.0014\"\n\
    [[model.charge]]\nname = \"credit\"\nmeter = \"months\"\nprice = \"-0.5\"\n";

/// Bills with everything that an invoice can have.
fn bills() -> Vec<Bill> {
    let lambda = "hosting = \"lambda-now\"\nmonth = \"730 h\"\ncommitment = { plan = \"savings-1-year\", spend = \"0.10\" }\n\
                  [[usage]]\nsize = \"1024mb\"\nrequests = 10_400_000\ntime = \"1 s\"\n";
    let droplet = "hosting = \"digitalocean-2017\"\nmonth = \"2017-02\"\n[[usage]]\nsize = \"1gb\"\ncount = 3\n\
                   [[usage]]\nmeter = \"egress-gb\"\nquantity = 9_000\n";
    let catalogue = [
        "hosting = \"heroku-2017\"\n[[usage]]\nsize = \"standard-1x\"\n",
        "hosting = \"joes-data-center-2017\"\n[[usage]]\ncount = 2\n",
        "hosting = \"scaleway-2017\"\n[[usage]]\nsize = \"c1\"\n",
        "hosting = \"aws-fargate-now\"\nwith = [\"load-balancer\"]\n[[usage]]\nsize = { cpu = 1, memory = \"2 GiB\" }\n",
        "hosting = \"gce-now\"\ncommitment = \"1-year-use\"\n[[usage]]\nsize = \"c2-standard-4\"\ntime = \"400 h\"\n",
    ];
    let own = [RESERVED, &lambda.replace("0.10", "1"), lambda, droplet, CLOSED];
    own.iter().map(|text| priced(text)).chain(catalogue.iter().map(|text| by_name(text))).collect()
}

#[test]
fn every_row_fills_the_mandatory_columns() {
    for row in bills().iter().flat_map(rows) {
        for column in MANDATORY {
            let text = row.get(column).unwrap_or_else(|| panic!("no column {column}"));
            assert!(!text.is_empty() || NULLABLE.contains(&column), "{column} is null: {row:#?}");
        }
        assert_eq!(row.keys().filter(|column| !column.starts_with("x_")).count(), 57);
        // What is used or bought has a quantity and a unit; tax, credits and adjustments have none.
        let priced = matches!(row["ChargeCategory"].as_str(), "Usage" | "Purchase");
        assert_eq!((row["PricingQuantity"].is_empty(), row["PricingUnit"].is_empty()), (!priced, !priced), "{row:#?}");
        assert_eq!(row["ConsumedQuantity"].is_empty(), row["ConsumedUnit"].is_empty());
    }
}

#[test]
fn billed_and_effective_costs_add_up_to_the_invoice() {
    for bill in bills() {
        let rows = rows(&bill);
        // What was paid at first is billed whole, once; an invoice's month has its share.
        let ahead: Exact = bill.invoice.lines.iter().filter_map(|line| Some(line.once.as_ref()? - &line.amount)).sum();
        assert_eq!(sum(&rows, "BilledCost") - ahead, bill.invoice.total, "{rows:#?}");
        // Shares of what was paid before have no finite decimals: twelve are written.
        let off = sum(&rows, "EffectiveCost") - &bill.invoice.total;
        assert!(off.clone() * off < whole(1) / whole(10u64.pow(18)), "{rows:#?}");
    }
}

#[test]
fn the_list_cost_is_the_unit_price_times_the_priced_quantity() {
    let mut seen = 0;
    for row in bills().iter().flat_map(rows).filter(|row| !row["ListUnitPrice"].is_empty()) {
        if row["ChargeCategory"] == "Usage" && row["CommitmentDiscountStatus"] != "Unused" {
            let product = number(&row, "ListUnitPrice") * number(&row, "PricingQuantity");
            let off = product - number(&row, "ListCost");
            assert!(off.clone() * off < whole(1) / whole(10_000), "{row:#?}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} rows");
}

#[test]
fn what_was_free_has_a_list_cost_and_no_billed_cost() {
    let usage = "hosting = \"aws-lambda-2017\"\nmonth = \"2017-12\"\n[[usage]]\nsize = \"512mb\"\nrequests = 800_000\ntime = \"1 s\"\n";
    let rows = rows(&by_name(usage));
    // 800,000 × 0.20/M = 0.16; 400,000 GiB-s × 0.00001667 = 6.668.
    for (name, list, unit) in [("requests", "0.16", "Requests"), ("compute", "6.67", "GiB-Seconds")] {
        let row = find(&rows, "Usage", name);
        assert_eq!((row["BilledCost"].as_str(), row["ListCost"].as_str()), ("0.00", list));
        assert_eq!((row["ConsumedUnit"].as_str(), row["PricingCategory"].as_str()), (unit, "Standard"));
        assert_eq!(row["ServiceSubcategory"], "Serverless Compute");
        assert_eq!(
            (row["BillingPeriodStart"].as_str(), row["BillingPeriodEnd"].as_str()),
            ("2017-12-01T00:00:00Z", "2018-01-01T00:00:00Z")
        );
    }
}

#[test]
fn families_have_their_words() {
    let of = |text: &str| {
        let rows = rows(&by_name(text));
        ["ServiceCategory", "ServiceSubcategory", "ResourceType", "ChargeFrequency"]
            .map(|column| rows[0][column].clone())
    };
    let instance = |hosting: &str, size: &str| of(&format!("hosting = \"{hosting}\"\n[[usage]]\n{size}count = 1\n"));
    assert_eq!(instance("joes-data-center-2017", ""), ["Compute", "Virtual Machines", "Server", "Recurring"]);
    assert_eq!(instance("scaleway-2017", "size = \"c1\"\n"), ["Compute", "Virtual Machines", "Server", "Recurring"]);
    assert_eq!(
        instance("linode-2017", "size = \"1gb\"\n"),
        ["Compute", "Virtual Machines", "Virtual Machine", "Usage-Based"]
    );
    assert_eq!(
        instance("fly-now", "size = \"shared-cpu-1x-256mb\"\n"),
        ["Compute", "Containers", "Container", "Usage-Based"]
    );
    assert_eq!(
        instance("heroku-2017", "size = \"hobby\"\n"),
        ["Compute", "Other (Compute)", "Application", "Usage-Based"]
    );
    let egress = of("hosting = \"aws-ec2-2017\"\n[[usage]]\nmeter = \"egress-gb\"\nquantity = 9\n");
    assert_eq!(egress[..2], ["Networking", "Other (Networking)"]);
}

#[test]
fn tax_credit_minimum_and_rounding_are_rows_of_their_own() {
    let rows = rows(&priced(CLOSED));
    // 3 × 1.0014 − 0.5 = 2.5042 → 2.50; up to 5: 2.50; 19 %: 0.95. What was rounded away: −0.0042.
    let cost = |category: &str, name: &str| find(&rows, category, name)["BilledCost"].clone();
    assert_eq!([cost("Usage", "use"), cost("Credit", "credit")], ["3.0042", "-0.5"]);
    assert_eq!([cost("Adjustment", "minimum charge"), cost("Adjustment", "rounding")], ["2.5", "-0.0042"]);
    assert_eq!(cost("Tax", "VAT"), "0.95");
    let tax = find(&rows, "Tax", "VAT");
    assert_eq!(
        (tax["SkuId"].as_str(), tax["PricingCategory"].as_str(), tax["BillingCurrency"].as_str()),
        ("", "", "EUR")
    );
}

#[test]
fn a_commitment_is_bought_used_and_left_over() {
    let rows = rows(&priced(RESERVED));
    // Two reserved instances, of which each is used for 365 of 730 h: half. 2 × 268, once, of which a month has 44.67;
    // 2 × 730 × 0.0306 = 44.68.
    let (upfront, hourly) =
        (find(&rows, "Purchase", "1-year-partial-upfront upfront"), find(&rows, "Purchase", "1-year-partial-upfront"));
    assert_eq!(
        [upfront, hourly].map(|row| (row["BilledCost"].as_str(), row["EffectiveCost"].as_str())),
        [("536.00", "0.00"), ("44.68", "0.00")]
    );
    assert_eq!(
        (hourly["CommitmentDiscountQuantity"].as_str(), hourly["CommitmentDiscountUnit"].as_str()),
        ("1460.00", "Hours")
    );
    let status = |wanted: &str| rows.iter().filter(|row| row["CommitmentDiscountStatus"] == wanted).collect::<Vec<_>>();
    let [used] = status("Used")[..] else { panic!("{rows:#?}") };
    assert_eq!(
        (used["BilledCost"].as_str(), used["PricingCategory"].as_str(), used["ListCost"].as_str()),
        ("0.00", "Committed", "73.00")
    );
    // Half of 89.35.
    assert_eq!((used["ConsumedQuantity"].as_str(), used["EffectiveCost"].as_str()), ("730.00", "44.675"));
    assert_eq!(
        (used["CommitmentDiscountId"].as_str(), used["CommitmentDiscountType"].as_str()),
        ("1-year-partial-upfront", "Reserved")
    );
    let unused: Exact = status("Unused").iter().map(|row| number(row, "EffectiveCost")).sum();
    assert_eq!(unused, parse_decimal("44.675").unwrap());
    // The third instance: 365 × 0.10.
    let standard =
        |row: &&BTreeMap<String, String>| row["PricingCategory"] == "Standard" && row["ChargeCategory"] == "Usage";
    let paid = rows.iter().find(standard).unwrap();
    assert_eq!([upfront, hourly].map(|row| row["ChargeFrequency"].as_str()), ["One-Time", "Recurring"]);
    assert_eq!([upfront, hourly].map(|row| row["PricingCategory"].as_str()), ["Standard", "Standard"]);
    assert_eq!((paid["BilledCost"].as_str(), paid["ConsumedQuantity"].as_str()), ("36.5", "365.00"));
}

#[test]
fn a_committed_spend_and_a_spot_price_have_their_categories() {
    let lambda = "hosting = \"lambda-now\"\nmonth = \"730 h\"\ncommitment = { plan = \"savings-1-year\", spend = \"0.10\" }\n\
                  [[usage]]\nsize = \"1024mb\"\nrequests = 10_400_000\ntime = \"1 s\"\n";
    let of_spend = rows(&priced(lambda));
    let used = of_spend.iter().find(|row| row["CommitmentDiscountStatus"] == "Used").unwrap();
    assert_eq!(
        (used["CommitmentDiscountCategory"].as_str(), used["CommitmentDiscountUnit"].as_str()),
        ("Spend", "USD")
    );
    assert_eq!(used["EffectiveCost"], "73.00");
    assert!(of_spend.iter().all(|row| row["CommitmentDiscountStatus"] != "Unused"));
    let spot = "[[usage]]\ntime = \"1 h\"\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\n\
                meter = \"instance-hours\"\nspot = [{ from = \"0 h\", price = \"0.03\" }]\n";
    assert_eq!(rows(&priced(spot))[0]["PricingCategory"], "Dynamic");
}

/// A run has a row for each tenant and charge, and those of a tenant add up to its invoice.
#[test]
fn a_run_has_a_row_for_each_tenant_and_charge() {
    let scenario = crate::common::read(
        "schema = 1\n[run]\nduration = \"10 min\"\nreplications = 1\n\
         [app.a]\ntenants = 3\narrivals.poisson = { rate = \"50 /s\" }\nwait.constant = \"100 ms\"\nmemory = \"64 MiB\"\n\
         [case.lambda]\nhosting = \"aws-lambda-2017\"\nsize = \"1536mb\"\nallowances = false\n\
         [case.droplet]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n",
        &crate::common::root(),
    );
    let scenario = scenario.unwrap();
    let result = crate::common::run_scenario(&scenario).unwrap();
    let rows = parse(&hostsim::report::focus::to_focus(&scenario, &result));
    let accounts: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["BillingAccountId"].as_str()).collect();
    assert_eq!(
        accounts.into_iter().collect::<Vec<_>>(),
        ["droplet/0", "droplet/1", "droplet/2", "lambda/0", "lambda/1", "lambda/2"]
    );
    for case in ["lambda", "droplet"] {
        let of_case: Rows = rows.iter().filter(|row| row["BillingAccountId"].starts_with(case)).cloned().collect();
        let total = result.case(case).unwrap().figures.estimate(&["invoice_usd", "total"]).mean.unwrap();
        let written = hostsim::units::decimal_text(&sum(&of_case, "BilledCost"), 6).parse::<f64>().unwrap();
        assert!((written - total).abs() < 1e-9 && total > 0.0, "{case}: {written} written, {total} billed");
    }
    let lambda = rows.iter().filter(|row| row["BillingAccountId"] == "lambda/1").map(|row| row["SkuMeter"].as_str());
    assert_eq!(lambda.collect::<Vec<_>>(), ["requests", "gib-seconds"]);
}

/// Of one service name there is one category and one subcategory; what is a decimal is written as one; the currency's
/// own columns are filled; no unit is a meter's raw name.
#[test]
fn what_the_validator_asks_of_every_row() {
    let around = "hosting = \"aws-fargate-now\"\nwith = [\"nat\", \"logs\", \"balancer\", \"database\", \"cache\", \"queue\", \"object-storage\", \"support\"]\n\
                  [[usage]]\nsize = { cpu = 1, memory = \"2 GiB\" }\n[[usage]]\nmeter = \"egress-gb\"\nquantity = 900\n";
    let custom = "[[usage]]\nmeter = \"backup-gb-months\"\nquantity = 7\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n\
                  [[model.charge]]\nname = \"backups\"\nmeter = \"backup-gb-months\"\nprice = 1\n";
    let mut services: BTreeMap<String, (String, String)> = BTreeMap::new();
    let bills = bills().into_iter().chain([by_name(around), priced(custom)]);
    for row in bills.flat_map(|bill| rows(&bill)) {
        let class = (row["ServiceCategory"].clone(), row["ServiceSubcategory"].clone());
        let known =
            services.entry(format!("{} of {}", row["ServiceName"], row["Tags"])).or_insert_with(|| class.clone());
        assert_eq!(*known, class, "{row:#?}");
        for column in [
            "BilledCost",
            "EffectiveCost",
            "ListCost",
            "PricingCurrencyEffectiveCost",
            "PricingQuantity",
            "ListUnitPrice",
            "ConsumedQuantity",
        ] {
            assert!(row[column].is_empty() || row[column].contains('.'), "{column}: {row:#?}");
        }
        assert_eq!(row["PricingCurrencyEffectiveCost"], row["EffectiveCost"]);
        assert_eq!(row["PricingCurrencyListUnitPrice"], row["ListUnitPrice"]);
        assert!(
            row["PricingUnit"]
                .chars()
                .next()
                .is_none_or(|first| !first.is_lowercase() || row["PricingUnit"].starts_with("vCPU")),
            "{row:#?}"
        );
    }
    assert!(services.len() > 14, "{services:#?}");
    let unit = &rows(&priced(custom))[0]["PricingUnit"];
    assert_eq!(unit, "GB-Months");
    let of_around = rows(&by_name(around));
    let class = |name: &str| {
        let row = find(&of_around, "Usage", name);
        [row["ServiceCategory"].clone(), row["ServiceSubcategory"].clone(), row["ResourceType"].clone()]
    };
    assert_eq!(class("load balancer"), ["Networking", "Application Networking", "Load Balancer"]);
    assert_eq!(class("database"), ["Databases", "Relational Databases", "Database"]);
    assert_eq!(class("support"), ["Management and Governance", "Support", "Support Plan"]);
}

#[test]
fn where_a_cap_bites_the_unit_price_makes_the_list_cost() {
    // 800 h at 0.01, at most 5: 0.00625 an hour.
    let capped = "month = \"1000 h\"\n[[usage]]\ntime = \"800 h\"\n[model]\nfamily = \"vps\"\ncurrency = \"USD\"\n\
                  [[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nprice = \"0.01\"\ncap-amount = 5\n";
    let row = &rows(&priced(capped))[0];
    assert_eq!(
        (row["ListCost"].as_str(), row["ListUnitPrice"].as_str(), row["PricingQuantity"].as_str()),
        ("5.00", "0.00625", "800.00")
    );
}

/// Rows with a name are rows of their own, and add up to the line; a refund is a correction.
#[test]
fn resources_keep_their_names() {
    let named = "month = \"100 h\"\n[[usage]]\nresource = \"web\"\ncount = 2\n[[usage]]\nresource = \"mail\"\ntime = \"50 h\"\n[[usage]]\ntime = \"50 h\"\n\
                 [model]\nfamily = \"vps\"\ncurrency = \"USD\"\n[[model.charge]]\nname = \"x\"\nmeter = \"instance-hours\"\nprice = \"0.1\"\n\
                 [[model.charge]]\nname = \"given back\"\nmeter = \"months\"\nprice = -1\nrefund = true\n";
    let rows = rows(&priced(named));
    let of = |name: &str| {
        let row = rows.iter().find(|row| row["ResourceName"] == name && row["ChargeCategory"] == "Usage").unwrap();
        (row["BilledCost"].clone(), row["ConsumedQuantity"].clone())
    };
    let pair = |cost: &str, hours: &str| (cost.to_string(), hours.to_string());
    assert_eq!(
        [of("web"), of("mail"), of("acme")],
        [pair("20.00", "200.00"), pair("5.00", "50.00"), pair("5.00", "50.00")]
    );
    assert_eq!(find(&rows, "Credit", "given back")["ChargeClass"], "Correction");
    let ids: std::collections::BTreeSet<&String> = rows.iter().map(|row| &row["ResourceId"]).collect();
    assert_eq!(ids.len(), 3);
}

/// Cases of 2017 and of today are in one file for one month.
#[test]
fn a_file_is_for_one_month() {
    let scenario = crate::common::read(
        "schema = 1\n[run]\nduration = \"10 min\"\nreplications = 1\n[app.a]\n\
         [case.then]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
         [case.now]\nhosting = \"digitalocean-now\"\nsize = \"s-1vcpu-1gb\"\ninstances = 1\n",
        &crate::common::root(),
    )
    .unwrap();
    let result = crate::common::run_scenario(&scenario).unwrap();
    let rows = parse(&hostsim::report::focus::to_focus(&scenario, &result));
    assert!(
        rows.len() >= 2 && rows.iter().all(|row| row["BillingPeriodStart"] == rows[0]["BillingPeriodStart"]),
        "{rows:#?}"
    );
}
