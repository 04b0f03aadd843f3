using System.Collections.Generic;

namespace ModelCompiler.Tests.Diagnostics;

/// <summary>MC0010: C# that a body cannot be written in, and what to write instead.</summary>
static class UnsupportedRows
{
    const string Layers = "readonly Linear[] layers = Repeat(3, () => new Linear(6, 6));";

    public static IEnumerable<DiagnosticRow> All =>
    [
        Row("while", "Tensor y = x; int n = 0; [|while (n < 3) { y = -y; n++; }|]", "use for or foreach with a count known at build"),
        Row("do", "Tensor y = x; int n = 0; [|do { y = -y; } while (++n < 3);|]", "use for or foreach with a count known at build"),
        Row("foreach that takes tuples apart", "Tensor y = x; [|foreach ((int a, int b) in new[] { (1, 2) }) y = y * a + b;|]", "one loop variable"),
        Row("try", "Tensor y = x; [|try { y = -y; } finally { }|]", "remove try"),
        Row("using", "Tensor y = x; [|using (var text = new System.IO.StringReader(\"\")) { }|]", "remove using"),
        Row("using declaration", "Tensor y = x; [|using var text = new System.IO.StringReader(\"\");|]", "remove using"),
        Row("lock", "Tensor y = x; [|lock (final) { y = -y; }|]", "remove lock"),
        Row("continue", "Tensor y = x; for (int i = 0; i < 3; i++) { if (i == 1) [|continue;|] y = y * (i + 1); }", "use if and else"),
        Row("goto", "Tensor y = x; [|goto end;|] [|end: y = -y;|]", "use if and else"),
        Row("iterator", "Tensor y = x; foreach (int n in Counts()) y *= n;", "return an array",
            members: "static System.Collections.Generic.IEnumerable<int> Counts() { [|yield return 2;|] }"),
        Row("asynchronous lambda", "Func<Tensor, System.Threading.Tasks.Task<Tensor>> f = [|async t => t|]; Tensor y = x; f(y);", "use locals"),
        Row("static field", "Tensor y = x * [|Shared.Scale|];", "make it const, or a local", others: "static class Shared { public static readonly double Scale = 2; }"),
        Row("static automatic property", "Tensor y = x * [|Shared.Scale|];", "use a const or a local", others: "static class Shared { public static double Scale { get; set; } = 2; }"),
        Row("format in text", "string name = $\"[|{x.Shape.Rank:d3}|]\"; Tensor y = name == \"002\" ? x : -x;", "put no format into it"),
        Row("index from the end", "Tensor y = x * new double[] { 1, 2 }[[|^1|]];", "axes may be negative: Shape[-1]"),
        Row("range", "double[] factors = [1, 2, 3]; Tensor y = x * factors[[|1..|]][0];", "use Slice(x, axis, start, length)"),
        Row("?.", "Linear? none = null; Tensor y = [|none?.Forward(x)|] ?? x;", "use ."),
        Row("??=", "Linear? none = null; [|none ??= final|]; Tensor y = x;", "use if"),
        Row("spread", "Tensor[] parts = [x, x]; Tensor y = Concatenate(0, [|[.. parts, x]|]);", "list the elements"),
        Row("list", "System.Collections.Generic.List<int> counts = [|[1, 2]|]; Tensor y = x * counts[0];", "list the elements"),
        Row("dynamic", "dynamic n = 2; Tensor y = x * (double)[|n.Length|];", "use static types"),
        Row("method as a delegate", "Func<Tensor, Tensor> f = [|Tanh|]; Tensor y = f(x);", "write a lambda: x => Method(x)"),
        Row("typeof", "Tensor y = x; if ([|typeof(Linear)|] == null) y = -y;", "decide by constants, not by types"),
        Row("type test", "object o = final; Tensor y = [|o is Linear|] ? x : -x;", "decide by constants, not by types"),
        Row("pattern that declares", "object o = 2; Tensor y = o is [|int n|] ? x * n : x;", "decide by constants, not by types"),
        Row("pointer", "Tensor y = x; unsafe { int n = 1; int* p = [|&n|]; y = y * [|*p|]; }", "use tensors"),
        Row("out", "Split(x, [|out Tensor low|], out Tensor high); Tensor y = low + high;", "return a tuple", second: "out Tensor high",
            others: "", members: "static void Split(Tensor x, out Tensor low, out Tensor high) => (low, high) = (x, x);"),
        Message("method of another library", "Tensor y = x * [|Environment.GetEnvironmentVariable(\"N\")|]!.Length;", "Environment.GetEnvironmentVariable cannot be called in a model", "not in this project"),
        Message("class that is no model", "Tensor y = x * [|new Plain()|].N;", "Plain cannot be created in a model", "neither a layer of the library nor a [Model]",
            others: "sealed class Plain { public int N = 2; }"),
        Message("field that changes", "[|count|] = 2; Tensor y = x * count;", "only locals change in a model's body", members: "int count = 1;"),
        Message("local of the method around a lambda", "Tensor seen = x; Func<Tensor, Tensor> f = t => { [|seen|] = t; return t; }; Tensor y = f(x) + seen;", "seen belongs to the method around this lambda"),
        Message("return from a loop over layers", "Tensor y = x; foreach (Linear layer in layers) [|{ y = layer.Forward(y); return Mean(Mean(y, 1), 0).Reshape(); }|]", "runs to its end", members: Layers),
        Message("index behind the end", "Tensor y = layers[[|3|]].Forward(x);", "element 3 of an array of 3", members: Layers),
        Message("element nobody assigned", "var parts = new Tensor[2]; parts[0] = x; Tensor y = [|parts[1]|];", "element 1 has not been assigned before"),
        Message("division by zero", "int n = x.Shape.Rank - 2; Tensor y = x * ([|6 / n|]);", "Divide of 6 and 0 is not known at build"),
        Message("endless loop", "Tensor y = x; [|for (int i = 0; i >= 0; ) y = -y;|]", "runs more than"),
        Message("foreach over text", "Tensor y = x; foreach (char c in [|\"ab\"|]) y = -y;", "arrays of layers or other arrays known at build"),
        Message("null given to a layer", "Tensor y = x + final.Forward([|null|]!)[0][0];", "this is null: the library's operators and layers need a value here"),
        Message("call on null", "Linear? none = null; Tensor y = [|none!.Forward(x)|];", "Linear is null here"),
    ];

    static DiagnosticRow Row(string name, string body, string advice, string members = "", string others = "", string second = "") =>
        DiagnosticRow.OfBody("MC0010", name, second.Length > 0 ? body.Replace(second, $"[|{second}|]", System.StringComparison.Ordinal) : body, ["cannot be compiled in a model: ", advice], members, others);

    static DiagnosticRow Message(string name, string body, string message, string more = "", string members = "", string others = "") =>
        DiagnosticRow.OfBody("MC0010", name, body, [message, more], members, others);
}
