"""The module of python/, over the program that HOSTSIM names."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))
import hostsim  # noqa: E402

SHOP = {
    "schema": 1,
    "title": "A shop with \"quotes\" and ümlauts",
    "run": {"duration": "10 min", "replications": 2},
    "labour": {"wage": "50 USD/h"},
    "app": {"shop": {
        "arrivals": {"poisson": {"rate": "2 /s"}},
        "cpu": {"exponential": {"mean": "20 ms"}},
        "memory": "100 MiB",
        "slo": {"p99": "1 s"},
    }},
    "case": {
        "machine": {"hosting": "digitalocean-2017", "size": "512mb", "instances": 1},
        "functions": {"hosting": "aws-lambda-2017", "size": "128mb"},
    },
    "curve": {"traffic": {"from": 0.5, "to": 2, "points": 3}, "requests": 1000},
}


class Module(unittest.TestCase):
    def test_a_dictionary_is_run_as_the_file_is(self):
        result = hostsim.run(SHOP, seed=3)
        self.assertEqual(result.status, 0)
        self.assertIn("machine is", result.answer)
        self.assertEqual([row["case"] for row in result.rows()], ["machine", "functions"])
        self.assertIn("<svg", result.figures["cost"])
        self.assertIn("<html", result.page)
        self.assertIn("<svg", result._repr_html_())
        # The same numbers as the program's own, of a file with the same text.
        with tempfile.TemporaryDirectory() as room:
            path = Path(room) / "shop.toml"
            path.write_text(hostsim._toml(SHOP), encoding="utf-8")
            words = [os.environ["HOSTSIM"], "run", str(path), "--seed", "3", "--format", "json", "--no-files"]
            own = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
        self.assertEqual(own["cases"], result.document["cases"])
        self.assertEqual(result.case("functions"), own["cases"]["functions"])
        with self.assertRaisesRegex(KeyError, "machine, functions"):
            result.case("nowhere")

    def test_curves_and_bills(self):
        curve = hostsim.curve(SHOP, replications=2)
        self.assertEqual(len({row["traffic_rps"] for row in curve.rows()}), 3)
        usage = {"schema": 1, "hosting": "digitalocean-2017", "month": "730 h", "usage": [{"size": "512mb", "time": "730 h"}]}
        self.assertEqual(float(hostsim.bill(usage)["total"]), 5.0)

    def test_maps_advice_and_sweeps(self):
        axes = {"x": {"path": "traffic", "from": 0.5, "to": 2.0, "points": 2},
                "y": {"path": "labour.wage", "values": ["5 USD/h", "50 USD/h"]}}
        cheapest = hostsim.map({**SHOP, "map": axes}, replications=1)
        self.assertEqual(len(cheapest.rows()), 8)   # a row for each field and case
        advice = hostsim.advise(SHOP, era="2017", word=["digitalocean-2017", "aws-lambda-2017"], replications=1)
        self.assertTrue(any("digitalocean-2017" in row.values() for row in advice.rows()), advice.rows())
        grid = {"grid": {"labour.wage": ["5 USD/h", "50 USD/h"]}}
        with tempfile.TemporaryDirectory() as room:
            swept = hostsim.sweep({**SHOP, "sweep": grid}, Path(room) / "batch")
            self.assertEqual(len(swept.rows()), 8)   # two points, cases and replications
            self.assertTrue((Path(room) / "batch" / "points.csv").is_file())

    def test_what_is_wrong_is_said(self):
        wrong = {**SHOP, "scheme": 1}
        self.assertIn("scheme", hostsim.check(wrong))
        self.assertEqual(hostsim.check(SHOP), "")
        with self.assertRaises(hostsim.HostsimError) as caught:
            hostsim.run(wrong)
        self.assertEqual(caught.exception.status, 2)
        self.assertIn("scheme", str(caught.exception))

    def test_a_claim_that_does_not_hold_is_no_error(self):
        result = hostsim.run({**SHOP, "expect": {"machine.invoice_usd": "< 1"}})
        self.assertEqual(result.status, 3)

    def test_versions_agree(self):
        manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
        self.assertIn(f'version = "{hostsim.version()}"', manifest)


if __name__ == "__main__":
    unittest.main()
