using System.Collections.Generic;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>MC1xxx: shapes that do not fit, at the argument to blame or at the call.</summary>
static class ShapeRows
{
    const string Layers = "readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));";

    public static IEnumerable<DiagnosticRow> All =>
    [
        DiagnosticRow.OfBody("MC1001", "symbol as a number", "int n = [|(int)x.Length(0)|]; Tensor y = x * n;", ["B"]),
        DiagnosticRow.OfBody("MC1001", "no exact division", "Dim half = [|x.Length(0) / 2|]; Tensor y = Slice(x, 0, 0, half);", ["B cannot be proved divisible by 2", "declare a Multiple"]),
        DiagnosticRow.OfBody("MC1001", "the model's own rule", "if (x.Length(1) != 5) [|throw new ShapeException($\"x is {x.Shape} but must be [B, 5]\", x);|] Tensor y = x;",
            ["x is [B, 6] but must be [B, 5]"]),
        DiagnosticRow.OfBody("MC1002", "length", "Tensor y = x * (double)(int)[|x.Length(2)|];", ["there is no axis 2 in [B, 6]"]),
        DiagnosticRow.OfBody("MC1002", "reduction", "Tensor y = [|Sum(x, -3)|];", ["there is no axis -3 in [B, 6]"]),
        DiagnosticRow.OfBody("MC1003", "sum", "Tensor y = [|x + Slice(x, 1, 0, 4)|];", ["[B, 6] and [B, 4] do not broadcast", "axis -1 is 6 and 4", "Make them equal, or one of them 1"]),
        DiagnosticRow.OfBody("MC1003", "compound assignment", "Tensor y = x; [|y *= Slice(x, 1, 0, 4)|];", ["[B, 6] and [B, 4] do not broadcast"]),
        DiagnosticRow.OfBody("MC1003", "BroadcastTo", "Tensor y = BroadcastTo([|x|], new Shape(1, 6));", ["BroadcastTo: [B, 6] does not broadcast to [1, 6]"]),
        DiagnosticRow.OfBody("MC1013", "labels without an axis", "Tensor y = x * Mean([|Mean(x, 1) - Cast(ids)|]);", ["[B, 1] and [B] spread over each other", "the result has B twice", "1 axis", "Reshape"]),
        DiagnosticRow.OfBody("MC1004", "transpose", "Tensor y = [|x[0].T|];", ["a transpose needs two axes, this is [6]"]),
        DiagnosticRow.OfBody("MC1005", "reshape", "Tensor y = [|x.Reshape(x.Length(0), 5)|];", ["[B, 6] has 6 * B elements, [B, 5] has 5 * B", "Choose lengths with the same product"]),
        DiagnosticRow.OfBody("MC1006", "permutation", "Tensor y = Permute([|x|], 0, 0);", ["[0, 0] does not name each of the 2 axes of [B, 6] once"]),
        DiagnosticRow.OfBody("MC1007", "layer kept from a loop",
            "Linear kept = final; Tensor z = Fold(layers, x, (layer, state) => { kept = layer; return layer.Forward(state); }); Tensor y = [|kept.Forward(z)|];",
            ["layers.*.weight belongs to the repeated layers layers", "use foreach over layers, or one layer such as layers[0]"], members: Layers),
        DiagnosticRow.OfBody("MC1008", "no layers", "Tensor y = x;", ["a count of 0 makes no layers", "at least 1"],
            members: "readonly Linear[] none = [|Repeat(0, () => new Linear(6, 6))|];"),
        DiagnosticRow.OfBody("MC1009", "foreach", "Tensor y = x; foreach (Linear layer in layers) [|y = Concatenate(1, layer.Forward(x), y)|];",
            ["y enters the loop as [B, 6] and leaves an iteration as [B, 12]", "every iteration must keep its shape"], members: Layers),
        DiagnosticRow.OfBody("MC1009", "number", "int n = 0; Tensor y = x; foreach (Linear layer in layers) { y = layer.Forward(y); [|n++|]; }",
            ["n changes in a loop over layers but is 0", "use for with a counter"], members: Layers),
        DiagnosticRow.OfBody("MC1009", "element of an array", "Tensor[] s = [x, x]; foreach (Linear layer in layers) { [|s[0]|] = Tanh(layer.Forward(s[0])); } Tensor y = s[0];",
            ["an element of this array changes in a loop whose body is compiled once"], members: Layers),
        DiagnosticRow.OfBody("MC1009", "number changed by a local function", "int n = 0; void Count() { [|n|] = n + 1; } Tensor y = x; foreach (Linear layer in layers) { Count(); y = layer.Forward(y) * n; }",
            ["n changes in a loop whose body is compiled once"], members: Layers),
        DiagnosticRow.OfBody("MC1009", "number changed in Fold", "int n = 0; Tensor y = Fold(layers, x, (layer, state) => { [|n|] = n + 1; return layer.Forward(state) * n; });",
            ["n changes in a loop whose body is compiled once"], members: Layers),
        DiagnosticRow.OfBody("MC1007", "Fold in Fold over the same layers", "Tensor y = Fold(layers, x, (a, s) => Fold([|layers|], s, (b, t) => Tanh(b.Forward(t)) + a.Bias));",
            ["a loop around this one walks over the same layers", "foreach"], members: Layers),
        DiagnosticRow.OfBody("MC1009", "Fold", "Tensor y = Fold(layers, [|x|], (layer, state) => Slice(layer.Forward(state), 1, 0, 3));",
            ["the state enters as [B, 6] and leaves an iteration as [B, 3]"], members: Layers),
        DiagnosticRow.OfBody("MC1009", "Scan", "var (y, _) = Scan(x, [|x[0]|], (item, state) => Concatenate(0, item, state));", ["[6]", "[12]"]),
        DiagnosticRow.OfFile("MC1010", "loss", "[Model, Dim(\"B\", Max = 8)]\npublic sealed partial class Wrong\n{\n    readonly Linear final = new(6, 3);\n    "
            + "[Loss] public Tensor Loss([Shape(\"B\", \"6\")] Tensor x, [Shape(\"B\")] Tensor<int> ids)\n    {\n        Tensor y = final.Forward(x);\n        return [|Mean(y, 1)|];\n    }\n}",
            ["the loss is [B, 1]", "it must be one number", "Mean"]),
        DiagnosticRow.OfBody("MC1011", "slice", "Tensor y = Slice([|x|], 1, 4, 3);", ["3 from 4 leaves axis 1 of [B, 6], which has 6"]),
        DiagnosticRow.OfBody("MC1012", "concatenation", "Tensor y = [|Concatenate(1, x, final.Weight)|];", ["[6, 3] and [B, 6] differ in more than axis 1"]),
        DiagnosticRow.OfBody("MC1014", "another shape", "[|mean.Value|] = x; Tensor y = x + mean;", ["a state of [6] cannot become [B, 6]", "Reshape"], members: "readonly State mean = State.Zeros(6);"),
        DiagnosticRow.OfBody("MC1014", "in a loop over others", "Tensor y = x; foreach (Linear layer in layers) { y = layer.Forward(y); [|mean.Value|] = y[0]; } y = y + mean;",
            ["not over the layers it belongs to", "move the change out of the loop"], members: Layers + " readonly State mean = State.Zeros(6);"),
        DiagnosticRow.OfBody("MC1015", "dropout", "Tensor y = [|Dropout(x, 1)|];", ["a rate of 1 is no probability below 1"]),
        DiagnosticRow.OfBody("MC1101", "vector", "Tensor y = MatMul(x, [|x[0]|]);", ["a is [B, 6], b is [6]", "Add axes with Reshape"]),
        DiagnosticRow.OfBody("MC1102", "the same tensor twice", "Tensor y = MatMul(x, [|x|]);", ["the last axis of a is 6 but b has B rows", "(a: [B, 6], b: [B, 6])", "transpose with .T"]),
        DiagnosticRow.OfBody("MC1103", "leading axes", "Tensor y = MatMul(x.Reshape(x.Length(0), 1, 6), [|stack|]);", ["leading axes do not broadcast", "axis -3 is B and 5"],
            members: "readonly Tensor stack = Parameter.Ones(5, 6, 6);"),
        DiagnosticRow.OfBody("MC1104", "table", "Tensor y = Gather([|final.Bias|], ids);", ["the table is [3]", "it must be a matrix [rows, width]"]),
        DiagnosticRow.OfBody("MC1105", "rows", "Tensor y = ScatterAdd([|x[0]|], ids, 6);", ["rows are [B] but values are [6]", "one more axis"]),
        DiagnosticRow.OfBody("MC1105", "positions", "Tensor y = ScatterAdd(x, [|Range(x.Length(0))|], 6);", ["the result has 6 rows but positions go up to B, which can be 8", "Ask for 8 rows"]),
        DiagnosticRow.OfBody("MC1106", "layer", "Tensor y = norm.Forward([|x|]);", ["the last axis of x is not 5 (x: [B, 6])", "Construct the layer with that length, or change x", "(in norm)"],
            members: "readonly LayerNorm norm = new(5);"),
        DiagnosticRow.OfBody("MC1106", "operator", "Tensor y = LayerNorm(x, [|gain|], gain);", ["gain is [5] but the last axis of x is 6 (x: [B, 6])", "Give it the shape [6]"],
            members: "readonly Tensor gain = Parameter.Ones(5);"),
        DiagnosticRow.OfBody("MC1107", "targets", "Tensor y = CrossEntropy(x.Reshape(x.Length(0), 2, 3), [|ids|]);", ["targets are [B] but logits are [B, 2, 3]", "one more for the classes"]),
        DiagnosticRow.OfBody("MC1108", "causal", "Tensor y = Attention(x, [|x[0].Reshape(1, 6)|], x, causal: true);", ["as many keys as queries, these are 1 and B"]),
        DiagnosticRow.OfBody("MC1109", "layer", "Tensor y = narrow.Forward(x: [|x|]);", ["the last axis of x is not 5 (x: [B, 6])", "Construct the layer with that length, or change x", "(in narrow)"],
            members: "readonly Linear narrow = new(5, 6);"),
        DiagnosticRow.OfBody("MC1110", "heads", "Tensor y = attention.Forward(x.Reshape(1, x.Length(0), 6))[0];", ["width 6 does not divide into 4 heads", "Choose a number of heads that divides 6"],
            members: "readonly CausalSelfAttention attention = [|new(6, 4)|];"),
        DiagnosticRow.OfBody("MC1110", "axes", "Tensor y = attention.Forward([|x|]);", ["x is [B, 6]", "three axes, [B, T, C]"], members: "readonly MultiHeadAttention attention = new(6, 2);"),
        DiagnosticRow.OfBody("MC1111", "memory", "Tensor y = memory.Forward([|x|]);", ["x is [B, 6]", "it must be [B, T, 6]"], members: "readonly Lstm memory = new(6, 6);"),
    ];
}
