"""The scripts as pages get them; what the descent explorer's questions and limits claim."""

import json
import re
import subprocess
from itertools import pairwise

import pytest

from course_site import explorables

JS = explorables.MODULES
EACH = pytest.mark.parametrize("name", explorables.EXPLORABLES)


def node(code):
    """Run a module in node and read what it prints as JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", code.replace("@", f"file://{JS}/")],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@EACH
def test_a_script_is_one_plain_file_without_evaluation(name, tmp_path):
    text = explorables.script(f"{name}_view")
    path = tmp_path / "script.js"
    path.write_text(text, encoding="utf-8")
    subprocess.run(["node", "--check", str(path)], check=True)
    assert not re.search(r"\beval\(|\bFunction\(|innerHTML|document\.write", text)
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]


def test_modules_that_declare_the_same_name_are_not_joined(tmp_path, monkeypatch):
    (tmp_path / "one.js").write_text('import { a } from "./two.js";\nconst b = a;\n')
    (tmp_path / "two.js").write_text("export const a = 1;\nconst b = 2;\n")
    monkeypatch.setattr(explorables, "MODULES", tmp_path)
    with pytest.raises(ValueError, match=r"one\.js declares b, as two\.js does"):
        explorables.script("one")


def test_an_import_of_another_form_is_not_joined(tmp_path, monkeypatch):
    (tmp_path / "one.js").write_text('import * as all from "./two.js";\n')
    monkeypatch.setattr(explorables, "MODULES", tmp_path)
    with pytest.raises(ValueError, match=r"one\.js: cannot be joined"):
        explorables.script("one")


ENDS = """
import { addressOf, fateOf, limitOf, pathOf, stateFrom } from "@descent.js";
import { QUESTIONS, judgeRate } from "@descent_guide.js";
"""


def test_what_the_questions_say_is_so():
    found = node(
        ENDS
        + """
        console.log(JSON.stringify(QUESTIONS.map(({ after, options }) => ({
            right: options.filter(({ right }) => right).length,
            runs: (after?.runs ?? []).map((run) => {
                const path = pathOf(after, run);
                const fate = fateOf(after, run, path);
                return { fate, path: path.map(({ x, y, value }) => [x, y, value]) };
            }),
        }))));"""
    )
    swing, rate, flight, momentum, memory = found
    assert [question["right"] for question in found] == [1, 0, 1, 1, 1]
    assert swing["runs"][0]["fate"] == "arrives"
    sides = [x - 2 for x, _, _ in swing["runs"][0]["path"]]
    assert all(a * b < 0 for a, b in pairwise(sides))
    assert sides[1] / sides[0] == pytest.approx(1 - 2 * 0.9)
    assert flight["runs"][0]["fate"] == "flies"
    plain, ball = (run["path"][-1][2] for run in momentum["runs"])
    assert ball < plain / 10
    wild, calm = ([x for x, _, _ in run["path"]] for run in memory["runs"])
    assert max(wild) > 3.5 > 3 > max(calm) - 0.5  # it rolls past the lowest point, at x = 3
    assert memory["runs"][0]["fate"] == "rolls"
    assert memory["runs"][1]["fate"] != "rolls"
    assert rate["runs"] == []


def test_exactly_at_the_limit_a_descent_hops_for_ever():
    found = node(
        ENDS
        + """
        const state = stateFrom(new URLSearchParams("f=line&opt=sgd&lr=1&steps=50"));
        const path = pathOf(state, state.runs[0]);
        const values = path.map(({ value }) => value);
        console.log(JSON.stringify([fateOf(state, state.runs[0], path), values]));"""
    )
    fate, values = found
    assert fate == "hops"
    assert values == pytest.approx([values[0]] * 51)


def test_the_marked_limit_is_where_descents_cease_to_arrive():
    found = node(
        ENDS
        + """
        const ends = [];
        for (const f of ["line", "bowl", "valley", "steep"]) {
            for (const opt of ["sgd", "momentum", "nesterov"]) {
                const state = { ...stateFrom(new URLSearchParams({ f, opt })), steps: 1500 };
                const limit = limitOf(f, state.runs[0]);
                const values = [0.97, 1.03].map((share) => {
                    const run = { opt, said: { lr: share * limit } };
                    const path = pathOf(state, run);
                    return path.at(-1).value / path[0].value;
                });
                ends.push([f, opt, ...values.map((value) => Math.min(value, 1e300))]);
            }
        }
        console.log(JSON.stringify(ends));"""
    )
    for f, opt, below, above in found:
        assert below < 1, (f, opt)
        assert above > 1e3, (f, opt)


def test_only_surfaces_of_one_curvature_have_a_limit():
    found = node(
        ENDS
        + """
        const of = (f, opt) => limitOf(f, { opt, said: {} });
        const asked = [["valley", "sgd"], ["rosenbrock", "sgd"], ["valley", "adam"]];
        console.log(JSON.stringify(asked.map(([f, opt]) => of(f, opt))));"""
    )
    assert found == [pytest.approx(2 / (10 * (5 + 18**0.5))), None, None]


def test_a_rate_is_judged():
    found = node(
        ENDS
        + """
        const { before } = QUESTIONS[1];
        const judge = (lr) => judgeRate({ ...before, runs: [{ opt: "sgd", said: { lr } }] });
        console.log(JSON.stringify([0.5, 0.95, 1, 1.01].map((lr) => judge(lr).done)));"""
    )
    assert found == [False, True, True, False]


def test_an_address_gives_its_state_back():
    addresses = [
        "f=valley&opt=adamw&lr=0.1&x=8&y=8&steps=100",
        "f=line&opt=sgd&lr=0.1&x=-4&steps=20",
        "f=steep&opt=momentum&lr=0.0037&momentum=0.88&x=-2&y=-1.5&steps=300&b_opt=adam&b_beta2=0.9",
    ]
    found = node(
        ENDS
        + f"""
        console.log(JSON.stringify({json.dumps(addresses)}.map((address) =>
            addressOf(stateFrom(new URLSearchParams(address))))));"""
    )
    assert found == addresses


def test_nonsense_in_an_address_counts_as_not_said():
    found = node(
        ENDS
        + """
        const said = "f=constructor&opt=<b>&lr=-1&x=abc&y=&steps=1e99";
        console.log(JSON.stringify(stateFrom(new URLSearchParams(said))));"""
    )
    assert found == {
        "f": "valley",
        "x": 8,
        "y": 8,
        "steps": 2000,
        "runs": [{"opt": "sgd", "said": {}}],
    }


def test_boxes_of_a_graph_do_not_touch():
    found = node(
        """
        import { parse } from "@expression.js";
        import { layout } from "@graph_layout.js";
        const graphs = [
            "((a+b)*c)+c", "a*a+b*b-exp(a*b)/(c+tanh(a))", "a+b+c+d+e*a*b*c*d*e", "a**2+a**3+a**4",
        ];
        console.log(JSON.stringify(graphs.map((e) => {
            const inputs = parse(e).vertices.map(({ inputs }) => inputs);
            const sizes = inputs.map(() => ({ width: 70, height: 50 }));
            return { inputs, ...layout(inputs, sizes) };
        })));"""
    )
    for graph in found:
        boxes = graph["boxes"]
        for i, a in enumerate(boxes):
            assert 35 <= a["x"] <= graph["width"] - 35
            assert all(boxes[j]["y"] < a["y"] - 50 for j in graph["inputs"][i])
            for b in boxes[:i]:
                assert abs(a["x"] - b["x"]) >= 69.9 or abs(a["y"] - b["y"]) >= 50
